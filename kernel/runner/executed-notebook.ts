/**
 * The notebook of a run on its way to its file. It takes the kernel's broadcasts, and what ran so far can be saved at any time:
 * a run that is killed leaves all but its last cell.
 */
import { accessSync, closeSync, constants, mkdirSync, openSync, realpathSync, rmSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Message } from "../wire/message.js";
import { CellOutputs, type Displays } from "./cell-outputs.js";
import { type Cell, type CodeCell, type Notebook, writeNotebook } from "./notebook-file.js";

/** One per run. */
export class ExecutedNotebook {
  readonly #notebook: Notebook;
  readonly #file: string;
  readonly #displays: Displays = new Map();
  /** By the id of their request, all through the run: a timer may print under its cell when later cells run. */
  readonly #ran = new Map<string, { cell: CodeCell; outputs: CellOutputs; saved: number }>();
  /** The text of each cell as it was saved: only of those that have changed it is made anew. */
  readonly #texts = new Map<Cell, string>();
  #isSaved = false;

  /**
   * `notebook` will be saved to `file`, whose folder is made.
   * @throws Error where `file` could not be written. Until the first `save` it stays as it is.
   */
  constructor(notebook: Notebook, file: string) {
    this.#notebook = notebook;
    this.#file = file;
    checkWritable(file);
  }

  /** Whether a cell has begun. */
  get hasRun(): boolean {
    return this.#ran.size > 0;
  }

  /** Broadcasts of the request with the id `request` belong to `cell` from now on. */
  begin(cell: CodeCell, request: string): CellOutputs {
    const outputs = new CellOutputs(this.#displays);
    this.#ran.set(request, { cell, outputs, saved: -1 });
    return outputs;
  }

  /** Takes one broadcast. */
  receive(message: Message): void {
    this.#ran.get(message.parent_header.msg_id ?? "")?.outputs.add(message);
  }

  /** Writes the notebook with the outputs that are there, unless the file has them already. @throws Error where it cannot. */
  save(): void {
    const changed = [...this.#ran.values()].filter(({ outputs, saved }) => outputs.revision !== saved);
    if (this.#isSaved && changed.length === 0) return;
    for (const ran of changed) {
      ran.cell.outputs = ran.outputs.outputs;
      ran.saved = ran.outputs.revision;
      this.#texts.delete(ran.cell);
    }
    writeNotebook(this.#file, this.#notebook, this.#texts);
    this.#isSaved = true;
  }
}

/** @throws Error where `file` is something else than a file, is protected, or no file can be written beside it. */
function checkWritable(file: string): void {
  try {
    mkdirSync(dirname(resolve(file)), { recursive: true });
  } catch (error) {
    throw new Error(`Expected a folder for ${file}, received: ${(error as Error).message}. Name another output.`, {
      cause: error,
    });
  }
  const there = statSync(file, { throwIfNoEntry: false });
  if (there && !there.isFile()) {
    const received = there.isDirectory() ? `the folder ${file}` : `${file}, which is none`;
    throw new Error(`Expected the name of a file for the executed notebook, received ${received}.`);
  }
  try {
    if (there) accessSync(file, constants.W_OK);
    const beside = `${there ? realpathSync(file) : resolve(file)}.${process.pid}`;
    closeSync(openSync(beside, "wx"));
    rmSync(beside);
  } catch (error) {
    throw new Error(
      `Expected a file that can be written as ${file}, received: ${(error as Error).message}. Name another output.`,
      { cause: error },
    );
  }
}
