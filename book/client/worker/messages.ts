/** What a page and its worker say to each other. Plain data. */
import type { MimeBundle } from "gradbook-kernel/wire/message";
import type { Report, Task } from "../../../search/trial.js";
import type { CellCode } from "../../run/cell-code.js";
import type { KnobValue } from "../../run/knobs.js";
import type { Shown } from "./outputs.js";
import type { CommEvent } from "./widget-host.js";

/** To the worker. */
export type ToWorker =
  /** Runs a cell; `name` is what stack traces call it. */
  | { type: "run"; code: CellCode; name: string }
  /** Gives names other values, and asks for those of `wanted`. */
  | { type: "assign"; values: Record<string, KnobValue>; wanted: string[] }
  /** Asks for a file. */
  | { type: "file"; path: string }
  /** Stops the cell, where it next looks. */
  | { type: "stop" }
  /** The reader has moved a control that a cell shows. */
  | { type: "comm"; id: string; data: Record<string, unknown> }
  /** Runs a trial of a search, whose module is `code`. */
  | { type: "trial"; task: Task; code: CellCode }
  /** The search has given up on the trial. */
  | { type: "give-up" };

/** How a cell has failed. */
export interface Failure {
  name: string;
  message: string;
  /** The line of the cell, from 1, where it is known. */
  line?: number;
}

/** A file that a cell has written. */
export interface WrittenFile {
  path: string;
  size: number;
}

export type Ended =
  | { status: "ok"; result?: MimeBundle; files: WrittenFile[] }
  | { status: "error"; error: Failure }
  | { status: "stopped" };

/** From the worker. */
export type FromWorker =
  | { type: "ready"; engine: string }
  | { type: "output"; output: Shown }
  | { type: "ended"; ended: Ended }
  /** The running cell looks whether it is to stop. */
  | { type: "looks" }
  | ({ type: "comm" } & CommEvent)
  | { type: "values"; values: Record<string, KnobValue> }
  /** A file; without bytes where it is gone. */
  | { type: "content"; bytes: Uint8Array<ArrayBuffer> | undefined }
  | { type: "rung"; reports: Report[] }
  | { type: "outcome"; outcome: unknown };
