/** `tabs`: parts behind titles, of which one is in front. */
import { ControlPart } from "./control.js";
import type { Host } from "./host.js";
import type { Part } from "./part.js";
import type { Tabs } from "./types.js";

/** Every `Tabs` is one. */
export class TabsPart<Title extends string> extends ControlPart<Title> implements Tabs<Title> {
  readonly #pages: readonly (readonly [Title, Part])[];

  /** @throws RangeError where there is no page. */
  constructor(host: Host, pages: readonly (readonly [Title, Part])[]) {
    const titles = pages.map(([title]) => title);
    const [first] = titles;
    if (first === undefined) throw new RangeError("tabs: expected a page, received none.");
    super(host, {
      name: "Tab",
      label: "",
      state: { titles, children: pages.map(([, { model }]) => model.reference) },
      value: first,
      write(wanted) {
        const selected_index = titles.indexOf(wanted);
        if (selected_index >= 0) return { selected_index };
        throw new RangeError(`tabs: expected one of ${titles.join(", ")}, received ${String(wanted)}.`);
      },
      read: ({ selected_index }) => (typeof selected_index === "number" ? titles[selected_index] : undefined),
    });
    this.#pages = pages;
    for (const [, part] of pages) part.isIn(this);
  }

  override get words(): string {
    return this.#pages.map(([title, { words }]) => `[${title}] ${words}`).join("\n");
  }
}
