/** `checkbox` and `toggle`: yes or no. */
import type { Kind } from "./control.js";
import type { Json } from "./host.js";
import type { ControlOptions } from "./types.js";

const value = {
  write(wanted: boolean): Json {
    if (typeof wanted === "boolean") return { value: wanted };
    throw new TypeError(`Expected true or false, received ${String(wanted)}.`);
  },
  read: ({ value }: Json) => (typeof value === "boolean" ? value : undefined),
};

/** What a checkbox's options mean. */
export function checkboxKind({ label = "", value: begins = false }: ControlOptions<boolean> = {}): Kind<boolean> {
  return { name: "Checkbox", styleName: "CheckboxStyle", label, state: { indent: false }, value: begins, ...value };
}

/** What a toggle's options mean: a button that stays down. */
export function toggleKind({ label = "", value: begins = false }: ControlOptions<boolean> = {}): Kind<boolean> {
  return { name: "ToggleButton", label, value: begins, ...value };
}
