/** `output`: a place that shows anything, also inside of `tabs`. */
import type { Host, Json } from "./host.js";
import { Part } from "./part.js";
import type { OutputPlace } from "./types.js";

/** What one call has shown. */
interface Output {
  /** The call's number. */
  turn: number;
  data: Json;
}

/** Every `OutputPlace` is one. */
export class OutputPart extends Part implements OutputPlace {
  readonly #host: Host;
  /** In the order of the calls, whichever was ready first. */
  #outputs: Output[] = [];
  #turn = 0;
  /** The call that has replaced what those before it show, or will. */
  #first = 0;

  constructor(host: Host) {
    const module = {
      _model_module: "@jupyter-widgets/output",
      _model_module_version: "1.0.0",
      _model_name: "OutputModel",
    };
    const view = { _view_module: "@jupyter-widgets/output", _view_module_version: "1.0.0", _view_name: "OutputView" };
    super(host, { ...module, ...view, outputs: [] });
    this.#host = host;
  }

  get words(): string {
    return this.#outputs.map(({ data }) => String(data["text/plain"] ?? "")).join("\n");
  }

  async show(value: unknown): Promise<void> {
    const turn = this.#next();
    const data = await this.#host.bundleOf(value, false);
    if (turn > this.#first) this.#put(turn, { turn, data });
  }

  async append(value: unknown): Promise<void> {
    const turn = this.#next();
    const data = await this.#host.bundleOf(value, false);
    if (turn > this.#first) this.#put(this.#first, { turn, data });
  }

  clear(): void {
    this.#put(this.#next());
  }

  #next(): number {
    this.#turn += 1;
    return this.#turn;
  }

  /** Shows what the calls from number `first` on have given, `more` too. */
  #put(first: number, ...more: Output[]): void {
    this.#first = first;
    const kept = [...this.#outputs, ...more].filter(({ turn }) => turn >= first);
    this.#outputs = kept.sort((a, b) => a.turn - b.turn);
    // As a notebook keeps a cell's.
    this.model.set({ outputs: this.#outputs.map(({ data }) => ({ output_type: "display_data", data, metadata: {} })) });
    this.changed();
  }
}
