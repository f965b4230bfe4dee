/** The way of a cell's output to the page: in the order in which the cell made it, and all of it before the cell has ended. */
import type { Output } from "gradbook-kernel/threads";

/** An output without the number of a request: a page runs one cell at a time. */
export type Shown = Output extends infer Each ? (Each extends Output ? Omit<Each, "task"> : never) : never;

/** So long text is kept back, in ms, that a flood of lines goes in few messages. */
const batchMs = 30;

class PageOutputs {
  /** Where outputs go; the worker sets it. */
  send: (output: Shown) => void = () => {};
  #waiting = Promise.resolve();
  #pending = 0;
  #text: { name: "stdout" | "stderr"; text: string } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #since = 0;

  write(name: "stdout" | "stderr", text: string): void {
    if (this.#text && this.#text.name !== name) this.flush();
    this.#text = { name, text: (this.#text?.text ?? "") + text };
    // A loop that never waits lets no timer fire.
    if (performance.now() - this.#since > batchMs) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), batchMs);
  }

  /** Adds something to show; what follows waits for a promise. */
  show(output: Shown | Promise<Shown>): void {
    this.flush();
    this.#add(output);
  }

  /** Sends the text that is there. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#since = performance.now();
    if (this.#text) this.#add({ type: "stream", ...this.#text });
    this.#text = undefined;
  }

  /** Resolves when everything so far is sent. */
  async settled(): Promise<void> {
    this.flush();
    await this.#waiting;
  }

  #add(output: Shown | Promise<Shown>): void {
    if (this.#pending === 0 && !(output instanceof Promise)) {
      this.send(output);
      return;
    }
    this.#pending += 1;
    this.#waiting = this.#waiting.then(async () => {
      // Whoever asked for this output has the same promise, and with it the error.
      const ready = await Promise.resolve(output).catch(() => undefined);
      this.#pending -= 1;
      if (ready) this.send(ready);
    });
  }
}

export const outputs = new PageOutputs();
