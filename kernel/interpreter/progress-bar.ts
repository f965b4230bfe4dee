/**
 * Progress bars below a cell: `for (const x of progress(xs))`, and `progressBar(total)` to be moved by hand. A bar is one
 * output that is replaced as it moves, at most ten times a second; where there is no HTML, it is a line of text.
 */
import { randomUUID } from "node:crypto";
import type { MimeBundle } from "../wire/message.js";
import { escapeHtml } from "./table.js";

interface ProgressOptions {
  label?: string;
  total?: number;
}

/** Shows a bundle, or replaces the one shown under the same id. */
type Show = (data: MimeBundle, display_id: string, update: boolean) => void;

const width = 24;
const betweenMs = 100;

/** One bar. `total` is undefined where nobody knows it: then steps are counted. */
class ProgressBar {
  readonly #show: Show;
  readonly #label: string;
  readonly #total: number | undefined;
  readonly #id = randomUUID();
  readonly #start = performance.now();
  #shown = Number.NEGATIVE_INFINITY;
  #done = 0;
  #detail = "";

  constructor(show: Show, total: number | undefined, label = "") {
    if (total !== undefined && !(total >= 0)) {
      throw new RangeError(`Expected a total of 0 or more steps for a progress bar, received ${total}.`);
    }
    this.#show = show;
    this.#total = total;
    this.#label = label;
    this.#draw();
  }

  update(done: number, detail = ""): void {
    this.#done = done;
    this.#detail = detail;
    if (done === this.#total || performance.now() - this.#shown >= betweenMs) this.#draw();
  }

  end(): void {
    this.#draw();
  }

  #draw(): void {
    const isFirst = this.#shown === Number.NEGATIVE_INFINITY;
    this.#shown = performance.now();
    const total = this.#total;
    const steps = total === undefined ? String(this.#done) : `${this.#done}/${total}`;
    const seconds = `${((this.#shown - this.#start) / 1000).toFixed(1)} s`;
    const behind = [steps, seconds, this.#detail].filter((text) => text !== "").join("  ");
    const share = total ? Math.min(1, Math.max(0, this.#done / total)) : total === 0 ? 1 : undefined;
    const filled = Math.round(width * (share ?? 0));
    const line = "━".repeat(filled) + "─".repeat(share === undefined ? 0 : width - filled);
    const value = share === undefined ? "" : ` value="${share}"`;
    const data = {
      "text/html": `${escapeHtml(this.#label)} <progress${value}></progress> ${escapeHtml(behind)}`.trim(),
      "text/plain": [this.#label, line, behind].filter((text) => text !== "").join(" "),
    };
    this.#show(data, this.#id, !isFirst);
  }
}

/** Throws when the cell is to stop; see `interrupt.ts`. */
export function checkInterrupt(): void {
  const { check } = Object(Reflect.get(globalThis, Symbol.for("gradbook.interrupt"))) as { check?: () => void };
  check?.();
}

/** Defines `progress` and `progressBar`. */
export function installProgress(show: Show): void {
  const totalOf = (items: object): number | undefined => {
    const { length, size } = items as { length?: unknown; size?: unknown };
    return [length, size].find((count) => typeof count === "number");
  };

  function* sync<Item>(items: Iterable<Item>, bar: ProgressBar): Generator<Item> {
    let done = 0;
    try {
      for (const item of items) {
        checkInterrupt();
        yield item;
        done += 1;
        bar.update(done);
      }
    } finally {
      bar.end();
    }
  }

  async function* async<Item>(items: AsyncIterable<Item>, bar: ProgressBar): AsyncGenerator<Item> {
    let done = 0;
    try {
      for await (const item of items) {
        checkInterrupt();
        yield item;
        done += 1;
        bar.update(done);
      }
    } finally {
      bar.end();
    }
  }

  const progress = <Item>(items: Iterable<Item> | AsyncIterable<Item>, options: ProgressOptions = {}) => {
    const make = () => new ProgressBar(show, options.total ?? totalOf(items), options.label);
    if (Symbol.iterator in Object(items)) return sync(items as Iterable<Item>, make());
    if (Symbol.asyncIterator in Object(items)) return async(items as AsyncIterable<Item>, make());
    throw new TypeError(`Expected something to iterate over in progress(…), received ${typeof items}.`);
  };
  const progressBar = (total: number, { label }: ProgressOptions = {}) => new ProgressBar(show, total, label);
  for (const [name, value] of Object.entries({ progress, progressBar })) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true, enumerable: false });
  }
}
