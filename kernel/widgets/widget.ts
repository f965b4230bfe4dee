/** `widget`: one of one's own, by an ES module in anywidget's form, which sees and changes the same state. */
import type { Host, Json } from "./host.js";
import { Part } from "./part.js";
import { nextId } from "./state-line.js";
import type { Widget, WidgetOptions } from "./types.js";

/** What a model has besides: not for a state's own names. */
const reserved = /^_|^(layout|tabbable|tooltip)$/;

/** How long a state in words may be. */
const wordsLength = 200;

type Listener = { event: string; call: (...args: never[]) => unknown };

/** Every `Widget` is one. */
export class WidgetPart<State extends object> extends Part implements Widget<State> {
  readonly state: State;
  readonly #listeners = new Set<Listener>();

  /** @throws TypeError for a module that is no text, and for names that a model has itself. */
  constructor(host: Host, { esm, css, state }: WidgetOptions<State>) {
    if (typeof esm !== "string")
      throw new TypeError(`widget: expected a module's text as esm, received ${typeof esm}.`);
    const taken = Object.keys(state).filter((name) => reserved.test(name));
    if (taken.length > 0) {
      throw new TypeError(
        `widget: expected a state without the names of a model, received ${taken}: name them otherwise.`,
      );
    }
    const own: Json = Object.fromEntries(Object.entries(state));
    const module = { module: "anywidget", module_version: "*" };
    const names = ["model", "view"].flatMap((side) =>
      Object.entries({ ...module, name: side === "model" ? "AnyModel" : "AnyView" }).map(([key, value]) => [
        `_${side}_${key}`,
        value,
      ]),
    );
    const code = { _esm: esm, ...(css !== undefined && { _css: css }), _anywidget_id: `gradbook-${nextId()}` };
    super(
      host,
      { ...Object.fromEntries(names), ...code, ...own },
      {
        update: (changes) => Object.fromEntries(Object.entries(changes).filter(([name]) => Object.hasOwn(own, name))),
        updated: (changes) => this.#take(changes),
        custom: (content, buffers) => this.#call("message", content, buffers),
      },
    );
    this.state = new Proxy(own, {
      set: (_, name, value) => {
        if (typeof name !== "string" || !Object.hasOwn(own, name)) {
          throw new TypeError(
            `widget: expected one of ${Object.keys(own)}, received ${String(name)}: name it when you make it.`,
          );
        }
        this.model.set({ [name]: value });
        void this.#take({ [name]: value });
        return true;
      },
    }) as State;
    this.#own = own;
  }

  readonly #own: Json;

  get words(): string {
    const text = JSON.stringify(this.#own, (_, value) =>
      ArrayBuffer.isView(value) ? `${value.byteLength} bytes` : value,
    );
    return text.length > wordsLength ? `${text.slice(0, wordsLength)} …` : text;
  }

  on(event: string, call: Listener["call"]): () => void {
    const listener = { event, call };
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  send(content: unknown, buffers?: Uint8Array[]): void {
    this.model.custom(content, buffers);
  }

  async #take(changes: Json): Promise<void> {
    Object.assign(this.#own, changes);
    this.changed();
    const calls = Object.entries(changes).map(([name, value]) => this.#call(`change:${name}`, value));
    await Promise.all([...calls, this.#call("change", this.state)]);
  }

  async #call(event: string, ...args: unknown[]): Promise<void> {
    const listeners = [...this.#listeners].filter((each) => each.event === event);
    await Promise.all(listeners.map(async ({ call }) => call(...(args as never[]))));
  }
}
