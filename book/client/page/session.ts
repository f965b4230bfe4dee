/** A session: the worker of the page, from its first cell to the next reset. */
import type { CellCode } from "../../run/cell-code.js";
import type { KnobValue } from "../../run/knobs.js";
import type { Ended, FromWorker, ToWorker } from "../worker/messages.js";
import type { Shown } from "../worker/outputs.js";
import { fill } from "./computed.js";
import { asset } from "./load.js";
import { Widgets } from "./widgets.js";

/** How long a cell may take to notice that it is to stop, in ms; and one that is known to look for it, whose steps may be long. */
const patienceMs = 1500;
const longPatienceMs = 30_000;

/** What a page says that lies in a folder, where browsers start no workers. */
export const fromFolder =
  "This browser starts no programs for a page that was opened from a folder. Serve the folder, such as by " +
  "`npx http-server FOLDER`, and open the address that it tells; the stored outputs are here in any case.";

export class Session {
  readonly #worker: Worker;
  /** Resolves when the library is there; rejects where it cannot be. */
  readonly ready: Promise<string>;
  /** Takes what the running cell shows. */
  onOutput: (output: Shown) => void = () => {};
  /** The controls that cells have made. */
  readonly widgets = new Widgets((id, data) => this.move(id, data), fill);
  #ended: ((ended: Ended) => void) | undefined;
  #values: ((values: Record<string, KnobValue>) => void) | undefined;
  #content: ((bytes?: Uint8Array<ArrayBuffer>) => void) | undefined;
  #looks = false;
  #isOver = false;
  #isBroken = false;
  #giveUp: (reason: Error) => void = () => {};

  /** @throws Error with advice where the browser starts no worker */
  constructor() {
    try {
      this.#worker = new Worker(asset("run/worker.js"), { type: "module" });
    } catch (error) {
      throw new Error(location.protocol === "file:" ? fromFolder : (error as Error).message, { cause: error });
    }
    this.ready = new Promise((resolve, reject) => {
      this.#giveUp = reject;
      this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
        if (data.type === "ready") resolve(data.engine);
        else if (data.type === "output") this.onOutput(data.output);
        else if (data.type === "ended") this.#end(data.ended);
        else if (data.type === "looks") this.#looks = true;
        else if (data.type === "values") this.#values?.(data.values);
        else if (data.type === "comm") this.widgets.receive(data);
        else if (data.type === "content") this.#content?.(data.bytes);
      };
      this.#worker.onerror = ({ message }) => {
        const said = location.protocol === "file:" ? fromFolder : (message ?? "The worker could not be loaded.");
        this.#isBroken = true;
        reject(new Error(said));
        this.#end({ status: "error", error: { name: "Error", message: said } });
      };
    });
    this.ready.catch(() => {});
  }

  /** Whether its names are gone. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether its worker could not be loaded, or broke. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Runs a cell to its end. One at a time. */
  run(code: CellCode, name: string): Promise<Ended> {
    return new Promise((resolve) => {
      this.#ended = resolve;
      this.#looks = false;
      this.#tell({ type: "run", code, name });
    });
  }

  /** Gives names other values; resolves to the values that those of `wanted` have then. */
  assign(values: Record<string, KnobValue>, wanted: string[]): Promise<Record<string, KnobValue>> {
    return new Promise((resolve) => {
      this.#values = resolve;
      this.#tell({ type: "assign", values, wanted });
    });
  }

  /** The bytes of a file that a cell has written. @throws Error where it is gone */
  file(path: string): Promise<Uint8Array<ArrayBuffer>> {
    return new Promise((resolve, reject) => {
      this.#content = (bytes) => (bytes ? resolve(bytes) : reject(new Error(`${path} is gone: run its cell again.`)));
      if (this.#isOver) this.#content();
      this.#tell({ type: "file", path });
    });
  }

  /** The reader has moved a control. */
  move(id: string, data: Record<string, unknown>): void {
    this.#tell({ type: "comm", id, data });
  }

  /** Stops the running cell: where it next looks, or, where it does not look, with all that was computed. */
  stop(): void {
    this.#tell({ type: "stop" });
    const stopped = this.#ended;
    const giveUp = () => {
      // Another cell that was begun meanwhile is not meant.
      if (stopped && this.#ended === stopped) this.end();
    };
    setTimeout(giveUp, this.#looks ? longPatienceMs : patienceMs);
  }

  /** Ends the worker: its names are gone. */
  end(): void {
    this.#isOver = true;
    this.#worker.terminate();
    this.#giveUp(new Error("The session has ended."));
    this.#values?.({});
    this.#content?.();
    this.#end({ status: "stopped" });
  }

  #tell(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #end(ended: Ended): void {
    const settle = this.#ended;
    this.#ended = undefined;
    settle?.(ended);
  }
}
