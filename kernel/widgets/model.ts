/** A widget's state on both sides: what is set here is sent to the front ends, what they send is set here. Messages: see `host.ts`. */
import { type Packed, type Path, pack, unpack } from "./buffers.js";
import type { Bundle, Host, Json, ModelComm } from "./host.js";

/** The version of the protocol that front ends expect. */
const metadata = { version: "2.1.0" };

/** What is told to whoever made the model. */
export interface Listeners {
  /** The front end wants to change this much of the state. Gives what is taken of it; the rest is set back there. Default: nothing. */
  update?(changes: Json): Json;
  /** The state is as the front end wanted it: `changes` of it. */
  updated?(changes: Json): unknown;
  /** What a view has sent besides, such as a click. */
  custom?(content: unknown, buffers: Uint8Array[]): unknown;
}

/** One model, open until `close`, here or in a front end. */
export class Model {
  readonly state: Json;
  readonly #host: Host;
  readonly #comm: ModelComm;
  readonly #listeners: Listeners;
  #isOpen = true;

  constructor(host: Host, state: Json, listeners: Listeners = {}) {
    this.#host = host;
    this.state = state;
    this.#listeners = listeners;
    const { buffers, ...data } = pack(state);
    this.#comm = host.open("jupyter.widget", data, { metadata, buffers });
    this.#comm.onMessage = (message, more) => this.#receive(message, more.buffers);
    this.#comm.onClose = () => this.#leave();
    host.models.set(this.id, this);
  }

  get id(): string {
    return this.#comm.id;
  }

  /** How other models name it. */
  get reference(): string {
    return `IPY_MODEL_${this.id}`;
  }

  /** What shows it where there are widgets. */
  get view(): Bundle {
    return { "application/vnd.jupyter.widget-view+json": { version_major: 2, version_minor: 0, model_id: this.id } };
  }

  /** Changes this much of the state, here and in the front ends. */
  set(changes: Json): void {
    Object.assign(this.state, changes);
    this.#send("update", changes);
  }

  /** Sends `content` to the views. */
  custom(content: unknown, buffers: Uint8Array[] = []): void {
    if (this.#isOpen) this.#comm.send({ method: "custom", content }, { buffers });
  }

  /** Takes it away from the front ends. */
  close(): void {
    if (!this.#isOpen) return;
    this.#leave();
    this.#comm.close();
  }

  #leave(): void {
    this.#isOpen = false;
    this.#host.models.delete(this.id);
  }

  #send(method: string, changes: Json): void {
    if (!this.#isOpen) return;
    const { buffers, ...data } = pack(changes);
    this.#comm.send({ method, ...data }, { buffers });
  }

  #receive(message: Json, buffers: Uint8Array[]): unknown {
    const { method, state, buffer_paths, content } = message;
    if (method === "request_state") return this.#send("update", this.state);
    if (method === "custom") return this.#listeners.custom?.(content, buffers);
    if (method !== "update") return undefined;
    const wanted = unpack(Object(state) as Json, Array.isArray(buffer_paths) ? (buffer_paths as Path[]) : [], buffers);
    const taken = this.#listeners.update?.(wanted) ?? {};
    Object.assign(this.state, taken);
    // Before listeners, which may take long: other pages follow, and the one that has asked knows that it was heard.
    this.#send("echo_update", wanted);
    const refused = Object.keys(wanted).filter(
      (name) => name in this.state && !Object.is(this.state[name], wanted[name]),
    );
    if (refused.length > 0) this.#send("update", Object.fromEntries(refused.map((name) => [name, this.state[name]])));
    return this.#listeners.updated?.(taken);
  }
}

/** What `jupyter.widget.control` answers to "request_states": all models, for a page that has just been opened. */
export function allStates({ models }: Host): { data: Json; buffers: Uint8Array[] } {
  const packed = [...models].map(([id, { state }]): [string, Packed] => [id, pack(state)]);
  const states = packed.map(([id, { state }]) => {
    const { _model_name: model_name, _model_module: model_module, _model_module_version: model_module_version } = state;
    return [id, { model_name, model_module, model_module_version, state }];
  });
  const buffer_paths = packed.flatMap(([id, { buffer_paths }]) => buffer_paths.map((path) => [id, ...path]));
  return {
    data: { method: "update_states", states: Object.fromEntries(states), buffer_paths },
    buffers: packed.flatMap(([, { buffers }]) => buffers),
  };
}
