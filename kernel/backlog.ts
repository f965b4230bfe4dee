/**
 * How much output is on its way from the main thread to the front ends. Code that prints faster than they take it waits here:
 * so memory stays bounded, and the protocol thread has time for other requests.
 */
import type { Output } from "./threads.js";

/** So many characters may be on their way. */
const limit = 2_000_000;

/** Both threads make one, on the same memory. */
export class Backlog {
  readonly #length: Int32Array;
  #taken = 0;
  #telling: NodeJS.Immediate | undefined;

  constructor(memory: SharedArrayBuffer) {
    this.#length = new Int32Array(memory);
  }

  /** `output` was sent: blocks the thread while there is too much. An interrupt ends the wait, as it ends a loop. */
  add(output: Output): void {
    Atomics.add(this.#length, 0, lengthOf(output));
    for (let length = this.length; length > limit; length = this.length) Atomics.wait(this.#length, 0, length);
  }

  /** `output` was taken. The other thread learns of it when this one has looked after everything else that waits here. */
  remove(output: Output): void {
    this.#taken += lengthOf(output);
    this.#telling ??= setImmediate(() => {
      Atomics.sub(this.#length, 0, this.#taken);
      Atomics.notify(this.#length, 0);
      this.#taken = 0;
      this.#telling = undefined;
    });
  }

  /** In characters. */
  get length(): number {
    return Atomics.load(this.#length, 0);
  }
}

function lengthOf(output: Output): number {
  if (output.type === "stream") return output.text.length;
  if (output.type === "clear") return 0;
  // What is no text is an object of JSON, mostly small.
  return Object.values(output.data).reduce<number>(
    (sum, part) => sum + (typeof part === "string" ? part.length : 0),
    0,
  );
}
