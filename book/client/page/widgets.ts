/**
 * Controls that a cell shows: sliders, boxes to tick, lists, texts, buttons, tabs. Each is drawn from the state of its model, which
 * lives in the worker, and tells it what the reader does, in the words of Jupyter's widget messages.
 */
import type { MimeBundle } from "gradbook-kernel/wire/message";
import type { CommEvent } from "../worker/widget-host.js";
import { element } from "./elements.js";

type State = Record<string, unknown>;

/** A model, and what is to be done when its state has changed. */
interface Model {
  state: State;
  views: (() => void)[];
}

/** The type by which an output names the model that it shows. */
export const viewType = "application/vnd.jupyter.widget-view+json";

export class Widgets {
  readonly #models = new Map<string, Model>();
  readonly #send: (id: string, data: State) => void;
  /** Shows the representations of a value in `place`. */
  readonly #fill: (place: HTMLElement, bundle: MimeBundle) => void;

  /** `send` says something to a model. */
  constructor(send: (id: string, data: State) => void, fill: (place: HTMLElement, bundle: MimeBundle) => void) {
    this.#send = send;
    this.#fill = fill;
  }

  receive({ event, id, data }: CommEvent): void {
    const model = this.#models.get(id);
    const state = Object(data.state) as State;
    if (event === "open") this.#models.set(id, { state, views: [] });
    else if (event === "close") {
      this.#models.delete(id);
    } else if (model && (data.method === "update" || data.method === "echo_update")) {
      Object.assign(model.state, state);
      for (const change of model.views) change();
    }
  }

  /** What shows the model `id`. */
  view(id: string): HTMLElement {
    const model = this.#models.get(id);
    if (!model) return element("p", { className: "note" }, "A control that is closed.");
    const { state } = model;
    const label = String(state.description ?? "");
    const kind = String(state._model_name).replace(/Model$/, "");
    const change = (changes: State) => this.#send(id, { method: "update", state: changes, buffer_paths: [] });
    const shown = this.#control(kind, id, state, change);
    if (!shown) return element("p", { className: "note" }, `${kind || "This control"} is drawn in Jupyter only.`);
    const [place, refresh] = shown;
    const all = () => {
      refresh();
      for (const input of place.querySelectorAll<HTMLInputElement>("input, select, button")) {
        input.disabled = state.disabled === true;
      }
    };
    model.views.push(all);
    all();
    const isGroup = kind === "VBox" || kind === "Tab" || kind === "Output";
    return isGroup ? place : element("label", { className: "control" }, label, " ", place);
  }

  /** The element of a control, and what follows its state; undefined for kinds that a page does not draw. */
  #control(
    kind: string,
    id: string,
    state: State,
    change: (changes: State) => void,
  ): [HTMLElement, () => void] | undefined {
    const place = element("span");
    const child = (reference: unknown) => this.view(String(reference).replace("IPY_MODEL_", ""));
    switch (kind) {
      case "IntSlider":
      case "FloatSlider":
      case "FloatLogSlider": {
        const { min, max, step } = state as Record<string, number>;
        const isLog = kind === "FloatLogSlider";
        const input = element("input", { type: "range", min: String(min), max: String(max), step: String(step) });
        const readout = element("output");
        place.append(input, " ", readout);
        input.addEventListener("input", () =>
          change({ value: isLog ? 10 ** Number(input.value) : Number(input.value) }),
        );
        return [
          place,
          () => {
            const value = Number(state.value);
            input.value = String(isLog ? Math.log10(value) : value);
            readout.textContent = String(Number(value.toPrecision(4)));
          },
        ];
      }
      case "Checkbox":
      case "ToggleButton": {
        const input = element("input", { type: "checkbox" });
        place.append(input);
        input.addEventListener("change", () => change({ value: input.checked }));
        return [place, () => Object.assign(input, { checked: state.value === true })];
      }
      case "Dropdown": {
        const options = (state._options_labels as string[]).map((text) => element("option", {}, text));
        const select = element("select", {}, ...options);
        place.append(select);
        select.addEventListener("change", () => change({ index: select.selectedIndex }));
        return [place, () => Object.assign(select, { selectedIndex: Number(state.index) })];
      }
      case "Text": {
        const input = element("input", { type: "text", placeholder: String(state.placeholder ?? "") });
        place.append(input);
        const when = state.continuous_update === true ? "input" : "change";
        input.addEventListener(when, () => change({ value: input.value }));
        return [place, () => Object.assign(input, { value: String(state.value) })];
      }
      case "Button": {
        const press = element("button", { type: "button" }, String(state.description ?? ""));
        place.append(press);
        press.addEventListener("click", () => this.#send(id, { method: "custom", content: { event: "click" } }));
        return [place, () => {}];
      }
      case "VBox": {
        const box = element("div", { className: "controls" }, ...(state.children as unknown[]).map(child));
        return [box, () => {}];
      }
      case "Tab": {
        const pages = (state.children as unknown[]).map(child);
        const heads = (state.titles as string[]).map((title, i) => {
          const head = element("button", { type: "button" }, title);
          head.addEventListener("click", () => change({ selected_index: i }));
          return head;
        });
        const follow = () => {
          for (const [i, page] of pages.entries()) page.hidden = i !== state.selected_index;
          for (const [i, head] of heads.entries())
            head.setAttribute("aria-pressed", String(i === state.selected_index));
        };
        return [element("div", { className: "controls" }, ...heads, ...pages), follow];
      }
      case "Output": {
        const box = element("div");
        const follow = () => {
          const bundles = (state.outputs as { data: MimeBundle }[]).map(({ data }) => data);
          box.replaceChildren(
            ...bundles.map((bundle) => {
              const part = element("div");
              this.#fill(part, bundle);
              return part;
            }),
          );
        };
        return [box, follow];
      }
      default:
        return undefined;
    }
  }
}
