/** The knobs of a chapter: a slider or a field for each value that its first cell declares. */
import type { KnobField, KnobValue } from "../../run/knobs.js";
import { button, element } from "./elements.js";

/** How far a slider goes around the stored value, where the chapter names no range. */
const factor = 4;

export class Knobs {
  readonly place = element("div", { className: "knobs", role: "group", ariaLabel: "Knobs" });
  /** The knobs that the reader has turned. */
  readonly turned = new Map<string, KnobValue>();
  readonly #notes = new Map<string, HTMLElement>();
  readonly #reset: (() => void)[] = [];
  readonly #fields: readonly KnobField[];

  /** `changed` is called when the reader has let go of a knob. */
  constructor(fields: readonly KnobField[], changed: () => void) {
    this.#fields = fields;
    const back = button("Stored values", () => {
      this.turned.clear();
      for (const reset of this.#reset) reset();
      back.hidden = true;
      changed();
    });
    back.hidden = true;
    const turn = (field: KnobField, value: KnobValue) => {
      if (JSON.stringify(value) === JSON.stringify(field.stored)) this.turned.delete(field.name);
      else this.turned.set(field.name, value);
      back.hidden = this.turned.size === 0;
      changed();
    };
    this.place.append(...fields.map((field) => this.#row(field, (value) => turn(field, value))), back);
  }

  get names(): string[] {
    return this.#fields.map(({ name }) => name);
  }

  /** Tells of knobs to which the chapter itself has given other values, as it does for WebAssembly. */
  tell(values: Readonly<Record<string, KnobValue>>): void {
    for (const { name, stored } of this.#fields) {
      const [wanted, used] = [this.turned.get(name) ?? stored, values[name]].map((value) => JSON.stringify(value));
      this.#notes.get(name)!.textContent = used === undefined || used === wanted ? "" : `runs with ${used} here`;
    }
  }

  #row(field: KnobField, turn: (value: KnobValue) => void): HTMLElement {
    const { name, note, stored } = field;
    const id = `knob-${name}`;
    const told = element("span", { className: "told" });
    this.#notes.set(name, told);
    const controls = controlsOf(field, id, turn);
    this.#reset.push(() => controls.set(stored));
    return element(
      "div",
      { className: "knob" },
      element("label", { htmlFor: id, title: note }, element("code", {}, name)),
      ...controls.elements,
      element("small", {}, note, " ", told),
    );
  }
}

interface Controls {
  elements: HTMLElement[];
  set(value: KnobValue): void;
}

function controlsOf(field: KnobField, id: string, turn: (value: KnobValue) => void): Controls {
  const { stored, choices } = field;
  if (typeof stored === "number") return numberControls(field, stored, id, turn);
  if (typeof stored === "boolean") {
    const box = element("input", { type: "checkbox", id, checked: stored });
    box.addEventListener("change", () => turn(box.checked));
    return { elements: [box], set: (value) => Object.assign(box, { checked: value === true }) };
  }
  if (choices) {
    const options = choices.map((choice) => element("option", {}, choice));
    const select = element("select", { id, value: String(stored) }, ...options);
    select.addEventListener("change", () => turn(select.value));
    return { elements: [select], set: (value) => Object.assign(select, { value: String(value) }) };
  }
  const isText = typeof stored === "string";
  const write = (value: KnobValue) => (isText ? String(value) : JSON.stringify(value));
  const input = element("input", { type: "text", id, value: write(stored) });
  input.addEventListener("change", () => {
    const value = isText ? input.value : parsed(input.value);
    input.setCustomValidity(value === undefined ? "Expected something such as [1, 2]" : "");
    if (input.reportValidity() && value !== undefined) turn(value);
  });
  return { elements: [input], set: (value) => Object.assign(input, { value: write(value) }) };
}

function parsed(text: string): KnobValue | undefined {
  try {
    return JSON.parse(text) as KnobValue;
  } catch {
    return undefined;
  }
}

function numberControls(field: KnobField, stored: number, id: string, turn: (value: number) => void): Controls {
  const isWhole = [stored, ...(field.range ?? [])].every(Number.isInteger);
  const [least, most] = sliderRange(field, stored, isWhole);
  const step = isWhole ? 1 : 10 ** Math.floor(Math.log10((most - least) / 100));
  const slider = element("input", { type: "range", min: String(least), max: String(most), step: String(step) });
  slider.setAttribute("aria-label", field.name);
  const input = element("input", { type: "number", id, step: "any" });
  const set = (value: KnobValue) => {
    slider.value = String(value);
    input.value = String(value);
  };
  set(stored);
  slider.addEventListener("input", () => {
    input.value = String(Number(Number(slider.value).toPrecision(6)));
  });
  slider.addEventListener("change", () => turn(Number(input.value)));
  input.addEventListener("change", () => {
    slider.value = input.value;
    if (input.value !== "") turn(Number(input.value));
  });
  return { elements: [slider, input], set };
}

/** From where to where a slider goes: not beyond what the chapter allows, and not so far that one step is a leap. */
function sliderRange({ name, range }: KnobField, stored: number, isWhole: boolean): [number, number] {
  const [low, high] = range ?? [
    name === "randomSeed" || stored === 0 ? 0 : isWhole ? 1 : stored / 50,
    Number.MAX_VALUE,
  ];
  const most = stored === 0 || name === "randomSeed" ? 10 : stored * factor;
  return [Math.max(low, Math.min(stored, low)), Math.min(high, most)];
}
