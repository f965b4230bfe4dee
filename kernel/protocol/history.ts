/**
 * What was executed, in this session and in earlier ones: one line of JSON per cell in the file `history.jsonl` of the
 * user's data folder. `GRADBOOK_HISTORY` names another file; empty, it keeps nothing on disk.
 * Source: "History", jupyter-client.readthedocs.io/en/stable/messaging.html#history.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import envPaths from "env-paths";
import type { JsonObject } from "../wire/message.js";
import { log } from "./log.js";

const require = createRequire(import.meta.url);

/** A longer file is cut to its newest half. */
const cellsKept = 10_000;

/** One executed cell: `line` is its execution count. */
interface Executed {
  session: number;
  line: number;
  code: string;
  output?: string;
}

/** `[session, line, code]`, or `[session, line, [code, output]]` where output was asked for. */
type Entry = [number, number, string | [string, string | null]];

/** Where cells are kept by default; undefined for nowhere. */
export function historyFile(): string | undefined {
  const file = process.env.GRADBOOK_HISTORY ?? join(envPaths("gradbook", { suffix: "" }).data, "history.jsonl");
  return file || undefined;
}

/** One per kernel. The file is read when it is first needed. */
export class History {
  readonly #file: string | undefined;
  #cells: Executed[] | undefined;
  #session = 1;

  constructor(file = historyFile()) {
    this.#file = file;
  }

  /** Notes that a cell has run; `output` is its value as text. */
  add(line: number, code: string, output?: string): void {
    const cells = this.#load();
    const cell: Executed = { session: this.#session, line, code, ...(output !== undefined && { output }) };
    cells.push(cell);
    if (cells.length > cellsKept) cells.splice(0, cells.length - cellsKept);
    this.#onDisk((file) => appendFileSync(file, `${JSON.stringify(cell)}\n`, { mode: 0o600 }));
  }

  /** The answer to a `history_request`: the cells it asks for, oldest first. @throws TypeError for another access type. */
  find({ hist_access_type, output, n, session, start, stop, pattern, unique }: JsonObject): Entry[] {
    const all = this.#load();
    let found: Executed[];
    if (hist_access_type === "tail") found = all;
    else if (hist_access_type === "range") {
      // 0 is this session, -1 the one before, as in IPython.
      const number = Number(session ?? 0) > 0 ? Number(session) : this.#session + Number(session ?? 0);
      const inRange = ({ line }: Executed) => line >= Number(start ?? 1) && line < Number(stop ?? Infinity);
      found = all.filter((cell) => cell.session === number && inRange(cell));
    } else if (hist_access_type === "search") {
      const wanted = globPattern(String(pattern ?? "*"));
      found = all.filter(({ code }) => wanted.test(code));
      // Of equal cells the newest stays.
      if (unique === true) found = found.filter(({ code }, i) => found.findLastIndex((c) => c.code === code) === i);
    } else {
      const received = JSON.stringify(hist_access_type) ?? "nothing";
      throw new TypeError(`Expected hist_access_type "range", "tail" or "search", received ${received}.`);
    }
    const isLimited = hist_access_type !== "range" && Number.isInteger(n);
    return (isLimited ? found.slice(-Number(n) || found.length) : found).map(({ session, line, code, ...rest }) => [
      session,
      line,
      output === true ? [code, rest.output ?? null] : code,
    ]);
  }

  #load(): Executed[] {
    this.#cells ??= this.#onDisk((file) => this.#read(file)) ?? [];
    return this.#cells;
  }

  #read(file: string): Executed[] {
    mkdirSync(dirname(file), { recursive: true });
    const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
    // A line may be cut short, where a machine went down.
    const cells = lines.flatMap((line) => parseLine(line) ?? []);
    if (lines.length > cellsKept) {
      // Seldom needed, and longer in loading than the rest of this folder.
      const { sync: writeFileAtomic } = require("write-file-atomic") as typeof import("write-file-atomic");
      const newest = cells.slice(-cellsKept / 2);
      writeFileAtomic(file, newest.map((cell) => `${JSON.stringify(cell)}\n`).join(""), { mode: 0o600 });
    }
    this.#session = Math.max(0, ...cells.slice(-cellsKept / 2).map(({ session }) => session)) + 1;
    return cells.slice(-cellsKept);
  }

  /** A disk that cannot be written, or a file that cannot be read, costs the history and not the cell. */
  #onDisk<Result>(work: (file: string) => Result): Result | undefined {
    if (this.#file === undefined) return undefined;
    try {
      return work(this.#file);
    } catch (error) {
      log(`The history in ${this.#file} could not be used. ${(error as Error).message}`);
      return undefined;
    }
  }
}

function parseLine(line: string): Executed | undefined {
  try {
    const cell = JSON.parse(line) as Executed;
    return Number.isInteger(cell.session) && typeof cell.code === "string" ? cell : undefined;
  } catch {
    return undefined;
  }
}

/** `*` stands for any text, `?` for one character. */
function globPattern(pattern: string): RegExp {
  const parts = pattern.split(/([*?])/).map((part) => {
    if (part === "*") return ".*";
    return part === "?" ? "." : part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  });
  return new RegExp(`^${parts.join("")}$`, "su");
}
