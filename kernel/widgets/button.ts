/** `button`: its value is how often it was pressed. */
import type { Kind } from "./control.js";
import type { ButtonOptions } from "./types.js";

/** What a button's options mean. */
export function buttonKind({ label = "" }: ButtonOptions = {}): Kind<number> {
  return {
    name: "Button",
    label,
    value: 0,
    // The front ends do not count.
    write: () => ({}),
    read: () => undefined,
    custom: (content, count) => (Object(content).event === "click" ? count + 1 : undefined),
  };
}
