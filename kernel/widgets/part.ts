/** What a control, a place, a box and a widget of one's own have in common: a model, and how it shows itself. */
import type { Bundle, Host, Json } from "./host.js";
import { type Listeners, Model } from "./model.js";
import { displaySymbol, nextId, StateLine } from "./state-line.js";
import type { Shown } from "./types.js";

/** The names of a model of @jupyter-widgets/controls with the view of the same name. */
export function controlsModel(name: string): Json {
  const module = { module: "@jupyter-widgets/controls", module_version: "2.0.0", name };
  return Object.fromEntries(
    ["model", "view"].flatMap((side) => [
      [`_${side}_module`, module.module],
      [`_${side}_module_version`, module.module_version],
      [`_${side}_name`, `${name}${side === "model" ? "Model" : "View"}`],
    ]),
  );
}

/** Something that can be shown below a cell, or inside of another. */
export abstract class Part implements Shown {
  readonly model: Model;
  readonly #host: Host;
  readonly #line: StateLine;
  readonly #around = new Set<Part>();

  /** `state` is the model's, without what marks its view. */
  constructor(host: Host, state: Json, listeners?: Listeners) {
    this.#host = host;
    const mark = `gradbook-${nextId()}`;
    this.model = new Model(host, { ...state, _dom_classes: [mark] }, listeners);
    this.#line = new StateLine(host, mark, () => this.words);
  }

  /** The present state in words. */
  abstract get words(): string;

  /** Shows it as the last value of a cell. */
  [displaySymbol](): Bundle {
    this.#line.show();
    return { ...this.model.view, "text/plain": "" };
  }

  /** Shows it now, below the running cell. */
  showNow(): void {
    void this.#host.show(this[displaySymbol](), nextId(), false);
  }

  /** This is inside of `part`, whose words change with it. */
  isIn(part: Part): void {
    this.#around.add(part);
  }

  close(): void {
    this.model.close();
  }

  /** To be called when its words have changed. */
  changed(): void {
    this.#line.changed();
    for (const part of this.#around) part.changed();
  }
}
