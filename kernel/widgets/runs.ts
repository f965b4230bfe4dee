/**
 * The runs of one `interact`: never two at once. What moves while one is under way waits, and only the last position is run. Each
 * result is shown in place of the one before.
 */
import type { Bundle, Host } from "./host.js";
import { nextId } from "./state-line.js";

/** When nothing has moved for so long, the last result is shown once more, with all that a stored notebook needs. */
const restMs = 400;

/** One per `interact`. */
export class Runs {
  readonly #host: Host;
  readonly #run: () => unknown;
  readonly #id = nextId();
  #isShown = false;
  #isDue = false;
  /** What is under way; an interrupt puts another in its place. */
  #work: Promise<void> | undefined;
  #rest: ReturnType<typeof setTimeout> | undefined;
  /** Shows the last result once more, while that is still to be done. */
  #showAtRest: (() => void) | undefined;
  #isClosed = false;
  readonly #endListening: () => void;

  /** `run` computes a result for the present position. */
  constructor(host: Host, run: () => unknown) {
    this.#host = host;
    this.#run = run;
    this.#endListening = host.onInterrupt(() => {
      if (!this.#work) return;
      this.#work = undefined;
      this.#isDue = false;
      void this.#put({ "text/plain": "Interrupted. The controls can be moved on." });
    });
  }

  /** The first run, at once; resolves when its result is shown. @throws what it throws; what it rejects with, this rejects with. */
  first(): Promise<void> {
    const result = this.#run();
    // What is there at once keeps its place before all that the cell shows later; what is not would hold that back.
    const shown =
      result instanceof Promise
        ? result.then(async (value) => this.#put(await this.#bundle(value, false)))
        : this.#put(this.#bundle(result, false));
    this.#begin(shown.catch(() => {}));
    return shown;
  }

  /** Something has moved; resolves when it is shown. */
  moved(): Promise<void> {
    this.#isDue = true;
    this.#endRest();
    return this.#work ?? this.#begin(Promise.resolve());
  }

  /** Resolves when no run is under way. */
  async settled(): Promise<void> {
    await this.#work;
  }

  /** Nothing will move any more: the last result is shown as it is to stay. */
  close(): void {
    this.#isClosed = true;
    this.#endListening();
    this.#showAtRest?.();
  }

  /** Runs what is due, behind `before`. */
  #begin(before: Promise<void>): Promise<void> {
    const isOn = () => this.#work === work;
    const work: Promise<void> = before.then(async () => {
      while (isOn() && this.#isDue) await this.#next(isOn);
      if (isOn()) this.#work = undefined;
    });
    this.#work = work;
    return work;
  }

  async #next(isOn: () => boolean): Promise<void> {
    // What it would show once more is older than what comes now.
    this.#endRest();
    // All that has moved until now comes first: a slider sends more positions than anybody can draw.
    await new Promise((resolve) => setTimeout(resolve));
    this.#isDue = false;
    try {
      const result = await this.#run();
      if (!isOn()) return;
      await this.#put(this.#bundle(result, true));
      this.#showAtRest = () => {
        this.#endRest();
        void this.#put(this.#bundle(result, false));
      };
      if (this.#isClosed) this.#showAtRest();
      else this.#rest = setTimeout(this.#showAtRest, restMs);
    } catch (error) {
      const text = this.#host.describe(error);
      if (isOn()) await this.#put({ "application/vnd.jupyter.stderr": text, "text/plain": text });
    }
  }

  #endRest(): void {
    clearTimeout(this.#rest);
    this.#showAtRest = undefined;
  }

  /** Nothing to show is shown as nothing. */
  async #bundle(result: unknown, isMoving: boolean): Promise<Bundle> {
    return result === undefined ? { "text/plain": "" } : this.#host.bundleOf(result, isMoving);
  }

  async #put(bundle: Bundle | Promise<Bundle>): Promise<void> {
    await this.#host.show(bundle, this.#id, this.#isShown);
    this.#isShown = true;
  }
}
