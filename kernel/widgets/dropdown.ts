/** `dropdown`: one of some choices. */
import type { Kind } from "./control.js";
import type { Choice, DropdownOptions } from "./types.js";

/** What a dropdown's options mean. @throws RangeError where there is no choice; `where` begins the message. */
export function dropdownKind<Value extends Choice>(
  { choices, label = "", value }: DropdownOptions<Value>,
  where = "dropdown",
): Kind<Value> {
  const [first] = choices;
  if (first === undefined) throw new RangeError(`${where}: expected choices, received none.`);
  return {
    name: "Dropdown",
    styleName: "DescriptionStyle",
    label,
    state: { _options_labels: choices.map(String) },
    value: value ?? first,
    write(wanted) {
      const index = choices.indexOf(wanted);
      if (index >= 0) return { index };
      throw new RangeError(`${where}: expected one of ${choices.join(", ")}, received ${String(wanted)}.`);
    },
    read: ({ index }) => (typeof index === "number" ? choices[index] : undefined),
  };
}
