/** The frame of every page: head, sidebar, search, and the ways to the neighbouring pages. All links are relative. */
import { escapeHtml } from "./escape.js";
import type { Section } from "./markdown.js";
import type { Site } from "./site.js";

export interface Page {
  /** The file's name without ".html". */
  name: string;
  title: string;
  html: string;
  sections: readonly Section[];
  /** A line at the end, such as the link to the notebook. */
  note?: string;
  /** What it is about, in a sentence. Default: its first text. */
  description?: string;
}

/** An entry of the sidebar. */
export type Entry = Pick<Page, "name" | "title" | "sections">;

/** The first sentences of a page, for those who have not opened it. */
function description({ sections }: Page): string {
  const text = sections.map((section) => section.text.replace(/\s+/g, " ").trim()).find((each) => each !== "") ?? "";
  return text.length <= 200 ? text : `${text.slice(0, text.lastIndexOf(" ", 200))} …`;
}

/** The tags of a page's head by which others show it. */
function about(page: Page, { address }: Site): string {
  const text = page.description ?? description(page);
  const [, picture] = /<img src="(pictures\/[^"]+\.png)"/.exec(page.html) ?? [];
  const tags: [kind: "name" | "property", name: string, content: string | undefined][] = [
    ["name", "description", text],
    ["property", "og:title", page.title],
    ["property", "og:description", text],
    ["property", "og:type", page.name === "index" ? "website" : "article"],
    ["property", "og:url", address && `${address}${page.name}.html`],
    ["property", "og:image", address && picture && `${address}${picture}`],
  ];
  return tags
    .flatMap(([kind, name, content]) => (content ? [`<meta ${kind}="${name}" content="${escapeHtml(content)}">`] : []))
    .join("\n");
}

const link = ({ name, title }: Entry, rel = "") =>
  `<a href="${name}.html"${rel && ` rel="${rel}"`}>${escapeHtml(title)}</a>`;

function sidebar(groups: ReadonlyMap<string, readonly Entry[]>, current: string): string {
  const item = (entry: Entry) => {
    if (entry.name !== current) return `<li>${link(entry)}</li>`;
    const parts = entry.sections
      .filter(({ id, level }) => id !== "" && level === 2)
      .map(({ id, heading }) => `<li><a href="#${id}">${escapeHtml(heading)}</a></li>`);
    const inner = parts.length > 0 ? `<ol>${parts.join("")}</ol>` : "";
    return `<li><a href="${entry.name}.html" aria-current="page">${escapeHtml(entry.title)}</a>${inner}</li>`;
  };
  return [...groups]
    .map(([title, entries]) => `<p>${escapeHtml(title)}</p>\n<ul>${entries.map(item).join("\n")}</ul>`)
    .join("\n");
}

/** The sections of a page, which stand beside it where there is room. */
function contents({ sections }: Page): string {
  const parts = sections.filter(({ id, level }) => id !== "" && (level === 2 || level === 3));
  if (parts.length < 2) return "";
  const items = parts.map(
    ({ id, level, heading }) => `<li class="level-${level}"><a href="#${id}">${escapeHtml(heading)}</a></li>`,
  );
  return `<nav class="contents" aria-label="On this page"><p>On this page</p>\n<ol>${items.join("\n")}</ol></nav>`;
}

/** `page` as a document; `groups` are the sidebar's entries in reading order. */
export function renderPage(page: Page, groups: ReadonlyMap<string, readonly Entry[]>, site: Site = {}): string {
  const entries = [...groups.values()].flat().filter(({ name }) => !name.includes("/"));
  const place = entries.findIndex(({ name }) => name === page.name);
  const [before, after] = place < 0 ? [undefined, undefined] : [entries[place - 1], entries[place + 1]];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="frame-src 'none'">
<title>${escapeHtml(page.name === "index" ? page.title : `${page.title} · Gradbook`)}</title>
${about(page, site)}
<link rel="icon" href="assets/logo.svg">
<link rel="stylesheet" href="assets/katex/katex.min.css">
${["style", "numbers", "run"].map((name) => `<link rel="stylesheet" href="assets/${name}.css">`).join("\n")}
<script src="assets/book.js" defer></script>
</head>
<body class="${page.name === "index" ? "landing" : "chapter"}" data-page="${page.name}">
<a class="skip" href="#content">Skip to the text</a>
<header>
<a class="brand" href="index.html"><img src="assets/logo.svg" alt="" width="28" height="28"> Gradbook</a>
<search><input id="search" type="search" placeholder="Search" aria-label="Search the book" autocomplete="off"><div id="results" aria-live="polite"></div></search>
<button id="theme" type="button" aria-label="Light or dark"></button>
</header>
<nav class="sidebar" aria-label="Chapters"><details open><summary>Chapters</summary>
${sidebar(groups, page.name)}
</details></nav>
${contents(page)}
<main id="content">
${page.html}
${page.note ?? ""}
<nav class="neighbours" aria-label="Previous and next">
<span>${before ? `Previous: ${link(before, "prev")}` : ""}</span>
<span>${after ? `Next: ${link(after, "next")}` : ""}</span>
</nav>
</main>
</body>
</html>
`;
}
