/** The value of a cell as its page shows it: by the kernel's own rules, figures as data. */
import { Figure } from "gradbook";
import { isHandle } from "gradbook-kernel/interpreter/display";
import { bundleOf, displaySymbol } from "gradbook-kernel/interpreter/formatters";
import type { MimeBundle } from "gradbook-kernel/wire/message";
import { figureBundle } from "./plain-figure.js";
import { isSelfShowing } from "./widget-host.js";

// In Node a figure brings its picture along; a page draws it.
Object.defineProperty(Figure.prototype, displaySymbol, {
  value(this: Figure) {
    return figureBundle(this.toJSON() as Parameters<typeof figureBundle>[0]);
  },
});

/** The representations of `value`; undefined where there is nothing to show. @throws what its own display method throws */
export async function show(value: unknown): Promise<MimeBundle | undefined> {
  if (isSelfShowing(value)) await value;
  return value === undefined || isSelfShowing(value) || isHandle(value) ? undefined : bundleOf(value);
}
