/** Code as HTML: highlighted by Shiki for light and dark pages, with the types of its names for hovering. */
import { createHighlighter } from "shiki";
import type { HoverType } from "./run/hover-type.js";

const themes = { light: "github-light-high-contrast", dark: "github-dark-high-contrast" };

const highlighter = await createHighlighter({
  themes: Object.values(themes),
  langs: ["typescript", "bash", "json", "python"],
});

const aliases: Record<string, string> = { ts: "typescript", sh: "bash", py: "python" };

/** The ground has the page's colours, not the theme's. */
function withoutStyle({ properties }: { properties: Record<string, unknown> }): void {
  delete properties.style;
}

/** Both colours stand in `light-dark()`; as variables they would stand there once more. */
function withoutVariables({ properties }: { properties: Record<string, unknown> }): void {
  if (typeof properties.style === "string") properties.style = properties.style.replace(/;--shiki-[a-z]+:[^;]*/g, "");
}

/** `code` as a `<pre>` element; a language that is not known here stays plain. */
export function highlight(code: string, language: string, types: readonly HoverType[] = []): string {
  const name = aliases[language] ?? language;
  const lang = highlighter.getLoadedLanguages().includes(name) ? name : "text";
  return highlighter.codeToHtml(code, {
    lang,
    themes,
    defaultColor: "light-dark()",
    transformers: [{ pre: withoutStyle, span: withoutVariables }],
    decorations: types.map(({ start, end, text }) => ({ start, end, properties: { "data-type": text } })),
  });
}
