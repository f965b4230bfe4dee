/**
 * What widgets ask of the place where they run: a kernel with its front ends, a page, or nothing at all. The functions of
 * `widgets.ts` look for it when they are called, under `globalThis[Symbol.for("gradbook.widgets")]`: whoever can show widgets puts it
 * there. Where there is none, `interact` prints its first position.
 *
 * A widget is a model: a comm to the target "jupyter.widget", opened with `{ state, buffer_paths }`, the state as
 * @jupyter-widgets/controls has it (`_model_name: "FloatSliderModel"`, `value`, `min`, …; what is left out has the default there).
 * Both sides send `{ method: "update", state, buffer_paths }` with what has changed; the front end may send
 * `{ method: "request_state" }` and `{ method: "custom", content }`, and is told of its own updates by "echo_update".
 * Source: "Jupyter widget messaging protocol" version 2.1, packages/schema/messages.md of ipywidgets.
 */

/** JSON by its key; in a widget's state also bytes. */
export type Json = { [key: string]: unknown };

/** Representations by MIME type. */
export type Bundle = { [mime: string]: unknown };

/** What goes along with a comm's message. */
export interface CommExtras {
  metadata?: Json;
  /** Bytes behind the JSON. */
  buffers?: Uint8Array[];
}

/** One model's connection to the front ends: the kernel's `Comm` is one. */
export interface ModelComm {
  /** The model's id: other models name it as "IPY_MODEL_…", views by `model_id`. */
  readonly id: string;
  /** Called with what a front end sends. */
  onMessage: ((data: Json, more: { metadata: Json; buffers: Uint8Array[] }) => unknown) | undefined;
  /** Called when a front end has closed it. */
  onClose: ModelComm["onMessage"];
  send(data: Json, more?: CommExtras): void;
  close(): void;
}

/** A model that is open, as a front end gets it that comes later. */
export interface OpenModel {
  readonly state: Json;
}

/** The place where widgets run. */
export interface Host {
  /** The models that are open, by id: each enters and leaves by itself. */
  readonly models: Map<string, OpenModel>;
  /** Opens a comm. */
  open(target: string, data: Json, more?: CommExtras): ModelComm;
  /**
   * The representations of any value, as the last value of a cell has them. While controls move, `isMoving`, without those that only
   * readers of a stored notebook need, such as a figure's picture.
   */
  bundleOf(value: unknown, isMoving: boolean): Promise<Bundle>;
  /**
   * Shows a bundle below the running cell, or with `update` in place of the one of the same id; in the order of the calls. Rejects
   * with the error of `bundle`.
   */
  show(bundle: Bundle | Promise<Bundle>, id: string, update: boolean): Promise<void>;
  /** As the last value of a cell, `value` shows nothing more; it is awaited, so that its error is the cell's. */
  showsItself(value: Promise<unknown>): void;
  /** An error in the words of a cell's error. */
  describe(error: unknown): string;
  /**
   * Calls `listener` when the user has interrupted what runs: what was under way may never end. Gives a function that ends the
   * calling.
   */
  onInterrupt(listener: () => void): () => void;
}

/** The key under which the global object has the host. */
export const hostKey: unique symbol = Symbol.for("gradbook.widgets") as never;

/** The host; where there is none, one without a front end, which prints. */
export function findHost(): Host {
  return (Reflect.get(globalThis, hostKey) as Host | undefined) ?? printing;
}

let count = 0;

/** Without a front end: nothing moves, so the first position is all there is. */
const printing: Host = {
  models: new Map(),
  open() {
    count += 1;
    return { id: `model-${count}`, onMessage: undefined, onClose: undefined, send() {}, close() {} };
  },
  async bundleOf(value) {
    // Only the text is printed: the less besides, the better.
    const show = Reflect.get(Object(value), Symbol.for("Jupyter.display")) as
      | ((how: { isMoving: boolean }) => Bundle | Promise<Bundle>)
      | undefined;
    return typeof show === "function" ? show.call(value, { isMoving: true }) : { "text/plain": value };
  },
  async show(bundle) {
    const { "text/plain": text } = await bundle;
    if (text !== "" && text !== undefined) console.log(text);
  },
  showsItself() {},
  describe: (error) => String(error),
  onInterrupt: () => () => {},
};
