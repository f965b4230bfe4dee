/** `text`: a line to type. */
import type { Kind } from "./control.js";
import type { TextOptions } from "./types.js";

/** What a text's options mean. */
export function textKind({
  label = "",
  value = "",
  placeholder = "",
  everyLetter = false,
}: TextOptions = {}): Kind<string> {
  return {
    name: "Text",
    styleName: "TextStyle",
    label,
    state: { placeholder, continuous_update: everyLetter },
    value,
    write(wanted) {
      if (typeof wanted === "string") return { value: wanted };
      throw new TypeError(`text: expected a string, received ${String(wanted)}.`);
    },
    read: ({ value: typed }) => (typeof typed === "string" ? typed : undefined),
  };
}
