/**
 * A front end's side of widgets, as JupyterLab and VS Code keep it: the models that a kernel has opened, what is shown, and the messages
 * that a hand on a control sends. Every state is checked against the specification of the models, @jupyter-widgets/schema.
 */
import { createRequire } from "node:module";
import type { KernelProcess } from "../../kernel/client/kernel-process.js";
import type { DisplayContent, JsonObject, Message, MimeBundle } from "../../kernel/wire/message.js";

interface Specification {
  model: { module: string; name: string };
  view: { name: string };
  attributes: { name: string; type: unknown; enum?: string[] }[];
}

const specifications: Specification[] = createRequire(import.meta.url)(
  "@jupyter-widgets/schema/jupyterwidgetmodels.latest.json",
);

/** One model as the page has it. */
export interface PageModel {
  id: string;
  state: JsonObject;
}

/** One per kernel; it listens from the beginning. */
export class WidgetPage {
  readonly models = new Map<string, PageModel>();
  /** What is shown by `display_id`, in the order in which it came. */
  readonly shown = new Map<string, MimeBundle>();
  /** Every comm message of the kernel, and what it was an answer to. */
  readonly messages: { type: string; id: string; data: JsonObject; parent: string; buffers: Buffer[] }[] = [];
  readonly #kernel: KernelProcess;

  constructor(kernel: KernelProcess) {
    this.#kernel = kernel;
    kernel.client.on("message", (message, channel) => {
      try {
        if (channel === "iopub") this.#take(message);
      } catch (error) {
        kernel.client.fail(error as Error);
      }
    });
  }

  /** The only model of this name; @throws where there is none, or more. */
  only(name: string): PageModel {
    const found = [...this.models.values()].filter(({ state }) => state._model_name === name);
    if (found.length !== 1) throw new Error(`Expected one ${name}, received ${found.length}.`);
    return found[0]!;
  }

  /** The text of everything that is shown, controls aside. */
  get texts(): string[] {
    return [...this.shown.values()].map((bundle) => String(bundle["text/plain"])).filter((text) => text !== "");
  }

  /** What a view sends when somebody has moved its control; gives the id of the message. */
  async move({ id, state }: PageModel, changes: JsonObject): Promise<string> {
    Object.assign(state, changes);
    return this.send(id, { method: "update", state: changes, buffer_paths: [] });
  }

  async send(comm_id: string, data: JsonObject, buffers: Buffer[] = []): Promise<string> {
    const { header } = await this.#kernel.client.send("shell", "comm_msg", { comm_id, data }, buffers);
    return header.msg_id;
  }

  #take({ header, content, parent_header, buffers }: Message): void {
    const { comm_id, data } = content as { comm_id: string; data: JsonObject };
    const { msg_type: type } = header;
    if (/^comm_/.test(type)) {
      this.messages.push({ type, id: comm_id, data, parent: parent_header.msg_id ?? "", buffers });
    }
    if (type === "comm_open") {
      const model = { id: comm_id, state: data.state as JsonObject };
      this.models.set(comm_id, model);
      check(model.state);
    } else if (type === "comm_close") this.models.delete(comm_id);
    else if (type === "comm_msg" && data.method === "update") {
      const model = this.models.get(comm_id);
      if (!model) return;
      Object.assign(model.state, data.state);
      check(model.state);
    } else if (type === "display_data" || type === "update_display_data") {
      const { data, transient } = content as unknown as DisplayContent;
      const id = transient?.display_id ?? header.msg_id;
      if (type === "display_data" || this.shown.has(id)) this.shown.set(id, data);
    }
  }
}

/** Whether `value` is of one of the types as the specification writes them. */
function isOf(type: unknown, value: unknown): boolean {
  if (Array.isArray(type)) return type.some((each) => isOf(each, value));
  if (type === "reference") return value === null || /^IPY_MODEL_[-\w]+$/.test(String(value));
  if (type === "array") return Array.isArray(value);
  if (type === "int") return Number.isInteger(value);
  if (type === "float") return typeof value === "number";
  if (type === "bool") return typeof value === "boolean";
  if (type === null || type === "null") return value === null;
  return typeof value === type;
}

/** @throws Error for a state of a model that the specification does not know, or not so. */
function check(state: JsonObject): void {
  if (state._model_module === "anywidget") return; // A module of one's own has the state that it has.
  const found = specifications.find(
    ({ model }) => model.name === state._model_name && model.module === state._model_module,
  );
  if (!found) throw new Error(`Expected a known model, received ${state._model_module}, ${state._model_name}.`);
  for (const [name, value] of Object.entries(state)) {
    const attribute = found.attributes.find((each) => each.name === name);
    const fits = attribute && isOf(attribute.type, value);
    if (!fits) throw new Error(`Expected ${JSON.stringify(attribute)}, received ${name}: ${JSON.stringify(value)}.`);
  }
}
