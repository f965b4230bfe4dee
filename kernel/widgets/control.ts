/** A control with a value: what `slider`, `checkbox`, `dropdown`, `text`, `button`, `toggle` and `tabs` make. */
import type { Host, Json } from "./host.js";
import { Model } from "./model.js";
import { controlsModel, Part } from "./part.js";
import type { Control } from "./types.js";

/** What one kind of control is: how its value stands in the model's state. */
export interface Kind<Value> {
  /** Of @jupyter-widgets/controls, such as "FloatSlider". */
  name: string;
  /** Stands before the control. */
  label: string;
  /** Of the model that says how wide the label is. Default: the control has none. */
  styleName?: string;
  /** What does not change. */
  state?: Json;
  /** Where it begins. */
  value: Value;
  /** The state that means `value`. @throws RangeError or TypeError for one that the control cannot have. */
  write(value: Value): Json;
  /** The value that a front end means by `changes` of the state; undefined for none that the control can have. */
  read(changes: Json): Value | undefined;
  /** The value after what a view has sent, such as a click. Default: the same. */
  custom?(content: unknown, value: Value): Value | undefined;
}

/** The model of a style with a label as wide as `width`; by default a long one is cut. */
function styleModel(host: Host, name: string, width: string): Model {
  const view = { _view_module: "@jupyter-widgets/base", _view_name: "StyleView" };
  return new Model(host, { ...controlsModel(name), ...view, description_width: width });
}

/** Every `Control` is one. */
export class ControlPart<Value> extends Part implements Control<Value> {
  readonly #kind: Kind<Value>;
  readonly #style: Model | undefined;
  readonly #listeners = new Set<(value: Value) => unknown>();
  #value: Value;
  #enabled = true;

  /** The label gets as much room as `labelWidth` says, in CSS's terms. Default: what it needs. */
  constructor(host: Host, kind: Kind<Value>, labelWidth = "initial") {
    const { name, label, styleName, state = {}, value } = kind;
    // First: a value that is refused leaves nothing open.
    const begins = kind.write(value);
    const style = styleName === undefined ? undefined : styleModel(host, styleName, labelWidth);
    const look = { ...(label !== "" && { description: label }), ...(style && { style: style.reference }) };
    super(
      host,
      { ...controlsModel(name), ...look, ...state, ...begins },
      {
        update: (changes) => {
          const read = kind.read(changes);
          return read === undefined ? {} : kind.write(read);
        },
        updated: (changes) => this.#take(kind.read(changes)),
        custom: (content) => this.#take(kind.custom?.(content, this.#value)),
      },
    );
    this.#kind = kind;
    this.#style = style;
    this.#value = value;
  }

  get value(): Value {
    return this.#value;
  }

  set value(value: Value) {
    this.model.set(this.#kind.write(value));
    void this.#take(value);
  }

  get enabled(): boolean {
    return this.#enabled;
  }

  set enabled(enabled: boolean) {
    this.#enabled = enabled;
    this.model.set({ disabled: !enabled });
  }

  get words(): string {
    const { label } = this.#kind;
    return label === "" ? String(this.#value) : `${label}: ${this.#value}`;
  }

  on(_event: "change" | "click", listener: (value: Value) => unknown): () => void {
    // A function of its own, so that the same listener can be there twice.
    const call = (value: Value) => listener(value);
    this.#listeners.add(call);
    return () => this.#listeners.delete(call);
  }

  next(): Promise<Value> {
    return new Promise((resolve) => {
      const end = this.on("change", (value) => {
        end();
        resolve(value);
      });
    });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Value, never> {
    let newest: { value: Value } | undefined;
    let wake = () => {};
    const end = this.on("change", (value) => {
      newest = { value };
      wake();
    });
    try {
      for (;;) {
        if (newest) {
          const { value } = newest;
          newest = undefined;
          yield value;
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      end();
    }
  }

  override close(): void {
    super.close();
    this.#style?.close();
  }

  /** Resolves when all listeners are done; with the first one's error, when each has been called. */
  async #take(value: Value | undefined): Promise<void> {
    if (value === undefined || Object.is(value, this.#value)) return;
    this.#value = value;
    this.changed();
    await Promise.all([...this.#listeners].map(async (listener) => listener(value)));
  }
}
