/** `output`: a place that shows anything, also inside of `tabs`. */
import type { Host, Json } from "./host.js";
import { Part } from "./part.js";
import type { OutputPlace } from "./types.js";

/** Every `OutputPlace` is one. */
export class OutputPart extends Part implements OutputPlace {
  readonly #host: Host;
  /** As a notebook keeps a cell's. */
  #outputs: { data: Json }[] = [];

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
    this.#set([await this.#output(value)]);
  }

  async append(value: unknown): Promise<void> {
    const output = await this.#output(value);
    this.#set([...this.#outputs, output]);
  }

  clear(): void {
    this.#set([]);
  }

  async #output(value: unknown) {
    return { output_type: "display_data", data: await this.#host.bundleOf(value, false), metadata: {} };
  }

  #set(outputs: { data: Json }[]): void {
    this.#outputs = outputs;
    this.model.set({ outputs });
    this.changed();
  }
}
