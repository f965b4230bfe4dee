/**
 * The stack of a stopped program as the reader sees it: cells and local files by their own lines, frames of libraries dimmed, none
 * of the kernel's; behind an `await`, those that wait for it.
 */
import type { Debugger, Runtime } from "node:inspector";
import { basename } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { Library } from "../library.js";
import { catchesAt } from "./catches.js";
import { literally } from "./literally.js";
import type { Sources } from "./sources.js";

/** The kernel's own code. */
const kernel = new URL("..", import.meta.url).href;

/** Scripts of Node's and the kernel's, in regular expressions for V8. */
export const systemPatterns: readonly string[] = ["^node:", `^${literally(kernel)}`];

/** Those of packages, and of `library`, whose own files lie in no `node_modules` in a clone. */
export function packagePatterns(library: Library | undefined): string[] {
  const own = library ? [`^${literally(pathToFileURL(library.folder).href)}/.*\\bdist/`] : [];
  return ["/node_modules/", ...own];
}

/** A frame, and what V8 knows of it; those that wait have no scopes any more. */
interface Frame {
  shown: DebugProtocol.StackFrame;
  call: Debugger.CallFrame | undefined;
}

/** One per stop. */
export class Stack {
  readonly frames: readonly Frame[];

  /** `nameOf` gives the name of a script of V8's; `firstId` the number of the first frame. */
  constructor(
    { callFrames, asyncStackTrace }: Debugger.PausedEventDataType,
    nameOf: (scriptId: string) => string,
    sources: Sources,
    firstId: number,
  ) {
    const frames: Frame[] = [];
    const add = (shown: Omit<DebugProtocol.StackFrame, "id">, call?: Debugger.CallFrame) => {
      frames.push({ shown: { id: firstId + frames.length, ...shown }, call });
    };
    const show = ({ functionName, scriptId, line, column }: Position): Omit<DebugProtocol.StackFrame, "id"> => {
      const name = nameOf(scriptId);
      const script = sources.script(name.replace(/&run=\d+$/, ""));
      if (!script) return libraryFrame({ functionName, scriptId, line, column }, name);
      const at = script.positions.toText({ line, column });
      const source = { name: script.shownAs, path: script.path };
      // Behind the text is the end of what runs.
      const shownLine = Math.min(at.line + 1, script.text.split("\n").length);
      return { name: functionName || script.shownAs, source, line: shownLine, column: at.column + 1 };
    };
    const isKernels = (scriptId: string) => nameOf(scriptId).startsWith(kernel);
    // Below the inspector's call is only the kernel's way to it.
    const end = callFrames.findIndex(({ location }) => nameOf(location.scriptId) === "node:inspector");
    for (const call of end < 0 ? callFrames : callFrames.slice(0, end)) {
      const { scriptId, lineNumber: line, columnNumber: column = 0 } = call.location;
      if (!isKernels(scriptId)) add(show({ functionName: call.functionName, scriptId, line, column }), call);
    }
    for (let above: Runtime.StackTrace | undefined = asyncStackTrace; above; above = above.parent) {
      const end = above.callFrames.findIndex(({ scriptId }) => nameOf(scriptId) === "node:inspector");
      const calls = (end < 0 ? above.callFrames : above.callFrames.slice(0, end))
        .filter(({ scriptId }) => !isKernels(scriptId) && !nameOf(scriptId).startsWith("node:"))
        .map(({ lineNumber, columnNumber, ...rest }) => show({ ...rest, line: lineNumber, column: columnNumber }));
      // Where nothing of the reader's own waits, the way is Node's.
      if (!calls.some(({ presentationHint }) => presentationHint === undefined)) continue;
      add({ name: above.description ?? "async", line: 0, column: 0, presentationHint: "label" });
      for (const shown of calls) add(shown);
    }
    this.frames = frames;
  }

  /** Whether anything of the reader's own runs, or waits for what runs. */
  get isUsers(): boolean {
    return this.frames.some(({ shown }) => shown.presentationHint === undefined);
  }

  /** Whether the code that runs is the reader's own. */
  get isOnTop(): boolean {
    return this.frames[0]?.shown.presentationHint === undefined && this.frames.length > 0;
  }

  /** Whether the reader's own code catches what is thrown here. */
  catches(sources: Sources): boolean {
    return this.frames.some(({ shown: { presentationHint, source, line, column } }) => {
      const text = presentationHint === undefined ? sources.text(source?.path ?? "") : undefined;
      return text !== undefined && catchesAt(text, { line: line - 1, column: column - 1 });
    });
  }

  /** The frame of this number. @throws Error where there is none, or it only waits. */
  call(id: number | undefined): Debugger.CallFrame {
    const frame = id === undefined ? this.frames[0] : this.frames.find(({ shown }) => shown.id === id);
    if (!frame?.call)
      throw new Error(`Expected a frame of this stop that runs, received ${id}: ask for the stack again.`);
    return frame.call;
  }
}

interface Position {
  functionName: string;
  scriptId: string;
  line: number;
  column: number;
}

/** A frame of a package, or of Node, whose text is to be had by the script's number. */
function libraryFrame(
  { functionName, scriptId, line, column }: Position,
  name: string,
): Omit<DebugProtocol.StackFrame, "id"> {
  const path = name.startsWith("file:") ? fileURLToPath(name) : name;
  const source: DebugProtocol.Source = {
    name: basename(path) || "(native)",
    path,
    sourceReference: Number(scriptId),
    presentationHint: "deemphasize",
  };
  return {
    name: functionName || "(anonymous)",
    source,
    line: line + 1,
    column: column + 1,
    presentationHint: "subtle",
  };
}
