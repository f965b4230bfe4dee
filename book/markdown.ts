/** Markdown as HTML: formulas by KaTeX, code by Shiki, an anchor at every heading; and the sections, for the search. */
import { katex } from "@mdit/plugin-katex";
import MarkdownIt from "markdown-it";
import anchor from "markdown-it-anchor";
import { highlight } from "./code.js";
import { inText } from "./foreign-html.js";
import { sideRemarks } from "./side-remarks.js";

/** A heading and the text below it, up to the next heading. */
export interface Section {
  /** The heading's id on its page; "" before the first heading. */
  id: string;
  heading: string;
  level: number;
  text: string;
}

export interface RenderedMarkdown {
  html: string;
  sections: Section[];
}

const markdown = new MarkdownIt({
  html: true,
  linkify: true,
  highlight: (code, language) => highlight(code.trimEnd(), language),
})
  .use(anchor, { permalink: anchor.permalink.headerLink({ safariReaderFix: true }), slugify })
  .use(katex, { output: "htmlAndMathml", strict: "error", throwOnError: true })
  .use(sideRemarks);

// What may be wider than a phone scrolls by itself, by keyboard too.
markdown.renderer.rules.table_open = () => '<div class="output table" tabindex="0"><table>';
markdown.renderer.rules.table_close = () => "</table></div>";

for (const rule of ["html_block", "html_inline"]) {
  markdown.renderer.rules[rule] = (tokens, i) => inText(tokens[i]!.content);
}

function slugify(text: string): string {
  const slug = text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-");
  return slug.replace(/^-|-$/g, "");
}

/** Renders `source`; links to notebooks become links to their pages. */
export function renderMarkdown(source: string): RenderedMarkdown {
  const tokens = markdown.parse(source, {});
  const sections: Section[] = [{ id: "", heading: "", level: 1, text: "" }];
  for (const [i, token] of tokens.entries()) {
    if (token.type === "heading_open") {
      const level = Number(token.tag.slice(1));
      sections.push({ id: token.attrGet("id") ?? "", heading: plain(tokens[i + 1]!), level, text: "" });
    } else if (token.type === "inline" && tokens[i - 1]?.type !== "heading_open") {
      sections.at(-1)!.text += `${plain(token)}\n`;
    }
    for (const child of token.children ?? []) {
      const target = child.type === "link_open" ? child.attrGet("href") : null;
      if (target && !/^[a-z]+:/.test(target)) child.attrSet("href", target.replace(/\.ipynb(?=#|$)/, ".html"));
    }
  }
  const html = markdown.renderer.render(tokens, markdown.options, {});
  return { html: html.replaceAll('class="katex-display"', 'class="katex-display" tabindex="0"'), sections };
}

/** The text of an inline token, its marks left out. */
function plain(token: { children: { content: string }[] | null; content: string }): string {
  return (token.children ?? [token])
    .map(({ content }) => content)
    .join(" ")
    .replace(/\s+/g, " ")
    .trim();
}
