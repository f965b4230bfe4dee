/**
 * The texts that the reader sees: cells, each by the path that a front end computes of its code, and local files. Each leads to
 * what runs of it, by the names of V8's scripts: `cell-3.ts`, or a file's URL with its version.
 */
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { KnownSource } from "../interpreter/traceback.js";
import { versionOf } from "../language/local-files.js";
import type { Emitted } from "../language/strip.js";
import { cellPaths, pathOf } from "./cell-path.js";
import { Positions } from "./positions.js";

/** A script of V8's that runs one of these texts. */
export interface Script {
  path: string;
  /** How the reader calls it: `cell-3.ts`, or the file relative to the notebook. */
  shownAs: string;
  text: string;
  positions: Positions;
}

/** One per attachment. */
export class Sources {
  readonly #folder: string;
  readonly #emitFile: (file: string, text: string) => Emitted;
  /** By the script's name. */
  readonly #scripts = new Map<string, Script>();
  /** Cells that were named before they have run, by path. */
  readonly #dumped = new Map<string, string>();

  /** `emitFile` makes JavaScript of a local file, as the loader does. */
  constructor(folder: string, emitFile: (file: string, text: string) => Emitted) {
    this.#folder = folder;
    this.#emitFile = emitFile;
  }

  /** Remembers a cell that may run later; gives its path. */
  dump(code: string): string {
    const path = pathOf(code);
    this.#dumped.set(path, code);
    return path;
  }

  /** Learns of a script that runs, or is about to. */
  add(name: string, { shownAs, source, maps, shift }: KnownSource): Script {
    const path = name.startsWith("file:") ? fileURLToPath(name) : pathOf(source);
    const script = { path, shownAs, text: source, positions: new Positions(maps, shift) };
    this.#scripts.set(name, script);
    return script;
  }

  /** The script of this name. */
  script(name: string): Script | undefined {
    return this.#scripts.get(name);
  }

  /** The names of the scripts that run, or will run, the text at `path`, that of the present text last: a local file is read, and no other. */
  namesOf(path: string): string[] {
    const names = [...this.#scripts].filter(([, script]) => script.path === path).map(([name]) => name);
    if (!/\.m?tsx?$/.test(path) || path.startsWith(cellPaths.tmpFilePrefix)) return names;
    const name = `${pathToFileURL(path)}?version=${versionOf(path)}`;
    if (names.includes(name)) return [...names.filter((each) => each !== name), name];
    const source = readFileSync(path, "utf8");
    const { maps } = this.#emitFile(path, source);
    this.add(name, { shownAs: relative(this.#folder, path), source, maps, shift: 0 });
    return [...names, name];
  }

  /** The text at `path`, where it is known. */
  text(path: string): string | undefined {
    return this.#dumped.get(path) ?? [...this.#scripts.values()].findLast((script) => script.path === path)?.text;
  }

  /** All of them, each once. */
  all(): Script[] {
    return [...new Map([...this.#scripts.values()].map((script) => [script.path, script])).values()];
  }
}
