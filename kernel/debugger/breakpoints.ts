/**
 * Breakpoints: lines of texts, for which V8 is given places in every script that runs such a text, before it runs.
 */
import type { Debugger } from "node:inspector";
import type { Session } from "node:inspector/promises";
import type { DebugProtocol } from "@vscode/debugprotocol";
import { conditionOf } from "./expression.js";
import { literally } from "./literally.js";
import type { Sources } from "./sources.js";

interface Kept {
  id: number;
  wanted: DebugProtocol.SourceBreakpoint;
  /** What V8 asks before it stops. */
  condition: string;
  /** Where it is, once V8 has said so. */
  line: number | undefined;
  /** What is wrong with it; and with its file, or its line there, as that is now. */
  problem: string | undefined;
  missing: string | undefined;
  /** V8's own, by the name of the script. */
  bound: Map<string, string>;
}

/** How many there were, in all attachments: hits are counted by a breakpoint's number, which no other has. */
let count = 0;

/** One per attachment. */
export class Breakpoints {
  readonly #session: Session;
  readonly #sources: Sources;
  /** By the path of the text. */
  readonly #kept = new Map<string, Kept[]>();

  constructor(session: Session, sources: Sources) {
    this.#session = session;
    this.#sources = sources;
  }

  /** Those of each text, as the front end has set them. */
  list(): { source: string; breakpoints: DebugProtocol.SourceBreakpoint[] }[] {
    return [...this.#kept].map(([source, kept]) => ({ source, breakpoints: kept.map(({ wanted }) => wanted) }));
  }

  /** Puts these in the place of all others of the text at `path`. */
  async set(path: string, wanted: readonly DebugProtocol.SourceBreakpoint[]): Promise<DebugProtocol.Breakpoint[]> {
    for (const { bound } of this.#kept.get(path) ?? []) {
      for (const breakpointId of bound.values())
        await this.#session.post("Debugger.removeBreakpoint", { breakpointId });
    }
    const kept = wanted.map((each) => this.#keep(each));
    if (kept.length > 0) this.#kept.set(path, kept);
    else this.#kept.delete(path);
    await this.bind(path);
    return kept.map((each) => shown(each, path));
  }

  /** Gives V8 the places of all breakpoints in the text at `path` that it has not got yet. */
  async bind(path: string): Promise<void> {
    const kept = this.#kept.get(path);
    if (!kept) return;
    let names: string[] = [];
    let missing: string | undefined;
    try {
      names = this.#sources.namesOf(path);
    } catch (error) {
      // A file that is not there, or no TypeScript: it may be another time.
      missing = (error as Error).message;
    }
    for (const each of kept) {
      each.missing = missing;
      // What runs the present text is the last.
      for (const name of names) each.missing = each.bound.has(name) ? undefined : await this.#bindOne(each, name);
    }
  }

  /** The script called `name` is to run another text than before: what was set for that one goes. */
  async unbind(name: string): Promise<void> {
    for (const { bound } of [...this.#kept.values()].flat()) {
      const breakpointId = bound.get(name);
      bound.delete(name);
      if (breakpointId !== undefined) await this.#session.post("Debugger.removeBreakpoint", { breakpointId });
    }
  }

  /** V8 has found a place for one of them; gives the breakpoint where that is another line than before. */
  resolved(breakpointId: string, location: Debugger.Location): DebugProtocol.Breakpoint | undefined {
    for (const [path, kept] of this.#kept) {
      for (const each of kept) {
        const name = [...each.bound].find(([, id]) => id === breakpointId)?.[0];
        if (name !== undefined) return this.#place(each, name, location) ? shown(each, path) : undefined;
      }
    }
    return undefined;
  }

  /** The numbers of those that V8 calls so. */
  idsOf(breakpointIds: readonly string[]): number[] {
    return [...this.#kept.values()]
      .flat()
      .filter(({ bound }) => [...bound.values()].some((id) => breakpointIds.includes(id)))
      .map(({ id }) => id);
  }

  /** The paths of local files that have any: each may have been edited since. */
  get paths(): string[] {
    return [...this.#kept.keys()];
  }

  #keep(wanted: DebugProtocol.SourceBreakpoint): Kept {
    count += 1;
    const nothing = { line: undefined, problem: undefined, missing: undefined };
    const kept = { id: count, wanted, condition: "", ...nothing, bound: new Map() };
    try {
      return { ...kept, condition: conditionOf(wanted, count) };
    } catch (error) {
      return { ...kept, problem: (error as Error).message };
    }
  }

  /** Gives what went wrong, if anything. */
  async #bindOne(kept: Kept, name: string): Promise<string | undefined> {
    const { wanted, condition, problem } = kept;
    if (problem !== undefined) return undefined;
    const place = this.#sources.script(name)!.positions.toScript(wanted.line - 1);
    if (!place) return `Expected a line with code in it or below it, received line ${wanted.line}.`;
    try {
      const { breakpointId, locations } = await this.#session.post("Debugger.setBreakpointByUrl", {
        urlRegex: `^${literally(name)}(&run=\\d+)?$`,
        lineNumber: place.line,
        columnNumber: place.column,
        condition,
      });
      kept.bound.set(name, breakpointId);
      for (const location of locations) this.#place(kept, name, location);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }

  #place(kept: Kept, name: string, { lineNumber, columnNumber = 0 }: Debugger.Location): boolean {
    const { line } = this.#sources.script(name)!.positions.toText({ line: lineNumber, column: columnNumber });
    const isNew = kept.line !== line + 1;
    kept.line = line + 1;
    return isNew;
  }
}

/** One of them as the protocol has it: a cell that has not run yet counts as verified, since it will stop there. */
function shown({ id, wanted, line, problem, missing }: Kept, path: string): DebugProtocol.Breakpoint {
  const message = problem ?? missing;
  return {
    id,
    verified: message === undefined,
    line: line ?? wanted.line,
    source: { path },
    ...(message !== undefined && { message }),
  };
}
