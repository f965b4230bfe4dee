/** The place where a cell's widgets run: they reach the front ends by comms, and what they show is an output of the cell. */
import { type Bundle, type Host, hostKey } from "../widgets/host.js";
import { allStates } from "../widgets/model.js";
import * as widgets from "../widgets/widgets.js";
import type { Comms } from "./comms.js";
import { showsItself } from "./display.js";
import { bundleOf } from "./formatters.js";
import type { Outputs } from "./outputs.js";
import { describeError } from "./traceback.js";

/** One per process. */
export class WidgetHost implements Host {
  readonly models: Host["models"] = new Map();
  readonly bundleOf = bundleOf;
  readonly showsItself = showsItself;
  readonly #comms: Comms;
  readonly #outputs: Outputs;
  readonly #onInterrupt = new Set<() => void>();

  constructor(comms: Comms, outputs: Outputs) {
    this.#comms = comms;
    this.#outputs = outputs;
  }

  /** Makes itself known, and defines the functions of `../widgets/widgets.ts`. */
  install(): void {
    Object.defineProperty(globalThis, hostKey, { value: this, configurable: true });
    for (const [name, value] of Object.entries(widgets)) {
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true, enumerable: false });
    }
    // A page that was opened anew asks for all of them.
    this.#comms.register("jupyter.widget.control", (comm) => {
      comm.onMessage = ({ method }) => {
        if (method !== "request_states") return;
        const { data, buffers } = allStates(this);
        comm.send(data, { buffers });
      };
    });
  }

  open(...model: Parameters<Host["open"]>) {
    return this.#comms.open(...model);
  }

  async show(bundle: Bundle | Promise<Bundle>, display_id: string, update: boolean): Promise<void> {
    const output = (data: Bundle) => ({ type: "display" as const, data, metadata: {}, display_id, update });
    const shown = bundle instanceof Promise ? bundle.then(output) : output(bundle);
    this.#outputs.show(shown);
    await shown;
  }

  describe(error: unknown): string {
    return describeError(error).traceback.join("\n");
  }

  onInterrupt(listener: () => void): () => void {
    this.#onInterrupt.add(listener);
    return () => this.#onInterrupt.delete(listener);
  }

  /** The user has interrupted what runs. */
  interrupt(): void {
    for (const listener of this.#onInterrupt) listener();
  }
}
