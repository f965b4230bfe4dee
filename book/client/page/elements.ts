/** Elements of a page, made in one line. */

/** An element with these properties and children. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Partial<Omit<HTMLElementTagNameMap[Tag], "children">> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** A button that does something. */
export function button(text: string, act: () => unknown, className = ""): HTMLButtonElement {
  const made = element("button", { type: "button", textContent: text, className });
  made.addEventListener("click", () => void act());
  return made;
}
