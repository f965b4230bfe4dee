/**
 * The functions that a cell calls, on top of the host that is there when one is called. Kernel and cells see them as globals
 * (`../language/globals.ts`); a program imports them.
 */
import { buttonKind } from "./button.js";
import { checkboxKind, toggleKind } from "./checkbox.js";
import { ControlPart } from "./control.js";
import { dropdownKind } from "./dropdown.js";
import { findHost } from "./host.js";
import { interact as interactOn } from "./interact.js";
import { OutputPart } from "./output.js";
import type { Part } from "./part.js";
import { sliderKind } from "./slider.js";
import { TabsPart } from "./tabs.js";
import { textKind } from "./text.js";
import type {
  Button,
  ButtonOptions,
  Choice,
  Control,
  ControlOptions,
  ControlSpace,
  DropdownOptions,
  Interaction,
  OutputPlace,
  Shown,
  SliderOptions,
  Tabs,
  TextOptions,
  ValuesOf,
  Widget,
  WidgetOptions,
} from "./types.js";
import { WidgetPart } from "./widget.js";

/**
 * A slider for numbers: `const rate = slider({ low: 0, high: 0.9, step: 0.05 })`, and `rate.value` is a number.
 * @throws RangeError for a range without two positions, and for a value outside of it
 */
export function slider(options: SliderOptions): Control<number> {
  return new ControlPart(findHost(), sliderKind(options));
}

/** A box to tick: its value is true or false. */
export function checkbox(options?: ControlOptions<boolean>): Control<boolean> {
  return new ControlPart(findHost(), checkboxKind(options));
}

/** A list of choices of which one is taken: `dropdown({ choices: ["SGD", "Adam"] })`. @throws RangeError where there is none */
export function dropdown<const Value extends Choice>(options: DropdownOptions<Value>): Control<Value> {
  return new ControlPart(findHost(), dropdownKind(options));
}

/** A line to type: its value is what was typed when Enter was pressed, or the field was left. */
export function text(options?: TextOptions): Control<string> {
  return new ControlPart(findHost(), textKind(options));
}

/** A button: `button({ label: "Stop" }).on("click", () => …)`; its value is how often it was pressed. */
export function button(options?: ButtonOptions): Button {
  return new ControlPart(findHost(), buttonKind(options)) as Button;
}

/** A button that stays down: its value is true or false. */
export function toggle(options?: ControlOptions<boolean>): Control<boolean> {
  return new ControlPart(findHost(), toggleKind(options));
}

/** Controls, outputs and widgets behind titles: `tabs({ Data: rate, Figure: place })`; its value is the title in front. */
export function tabs<Title extends string>(pages: { readonly [Each in Title]: Shown }): Tabs<Title> {
  const parts = Object.entries<Shown>(pages).map(([title, page]) => [title as Title, partOf(title, page)] as const);
  return new TabsPart(findHost(), parts);
}

/** A place that shows anything, also inside of `tabs`: `await output().show(figure)`. */
export function output(): OutputPlace {
  return new OutputPart(findHost());
}

/**
 * Shows a control for each entry of `space`, in the words of `search`'s: `{ rate: { low: 0, high: 0.9 }, layers: [1, 2, 3] }`, and below
 * them what `show` gives for their values, anew whenever one of them moves. Never two runs at once; the last position wins. An error of
 * a later run is shown below the controls, that of the first is the cell's.
 * @throws RangeError for a space that nothing can be chosen from, and whatever `show` throws for the first position
 */
export function interact<const Space extends ControlSpace>(
  space: Space,
  show: (values: ValuesOf<Space>) => unknown,
): Interaction<ValuesOf<Space>> {
  return interactOn(findHost(), space, show);
}

/**
 * A widget of one's own: a module in anywidget's form draws `state`, and both sides change it.
 * @throws TypeError for a state with names that a model has itself (`layout`, `_view_name`)
 */
export function widget<State extends object>(options: WidgetOptions<State>): Widget<State> {
  return new WidgetPart(findHost(), options);
}

function partOf(title: string, page: Shown): Part {
  // By its shape: it may come from another copy of this package.
  if ("model" in Object(page) && "isIn" in Object(page)) return page as Part;
  throw new TypeError(`tabs: expected a control, an output or a widget behind ${title}, received ${typeof page}.`);
}
