/**
 * The bibliography: the sources that the chapters name below their headings "Sources", each with a number. Where the text of a chapter
 * cites one of its sources, as in "Li et al. 2020", and where it lists them, a link leads to the entry here, and from there back.
 */
import { escapeHtml } from "./escape.js";
import { renderMarkdown } from "./markdown.js";
import type { Page } from "./page.js";

/** An entry; it counts from 1 in the order of the list. */
export interface Source {
  number: number;
  /** `srivastava-2014-dropout`: the first author, the year, the first word of the title. */
  id: string;
  /** The first author's surname; undefined where none is named. */
  surname: string | undefined;
  year: string | undefined;
  /** As the chapters have it, the longest of them. */
  markdown: string;
  /** Names of the chapters with this source. */
  chapters: string[];
}

/** The list below the heading "Sources". */
const list = /(?<=^## Sources\n\n)(?:- .*\n?(?: {2}.*\n?)*)+/m;

/** Where one source ends and an author of the next begins: "…, 1989; M. Leshno et al., […](…)". */
const next = /;\s+(?=\p{Lu}[^[\];]*\[)/u;

/** An entry of a chapter's list; its number and chapters are not known yet. */
function readSource(markdown: string): Omit<Source, "number" | "chapters"> {
  const [, before = "", title = markdown] = /^(.*?)\[([^\]]*)\]/s.exec(markdown) ?? [];
  const surname = before
    .replace(/\b\d{4}\b/, "")
    .split(/,| and | et al/)[0]!
    .replace(/\p{Lu}\. ?/gu, "")
    .trim();
  const year = /\b(?:19|20)\d\d\b/.exec(markdown.replace(/\]\([^\s]*\)/g, "]"))?.[0];
  // A paper is printed in more than one place; a book without an author is named by its parts.
  const name = surname === "" ? title : `${surname} ${year ?? ""} ${/[\p{L}\d]+/u.exec(title)?.[0]}`;
  const id = name
    .toLowerCase()
    .replace(/[^\p{L}\d]+/gu, "-")
    .replace(/^-|-$/g, "");
  return { id, surname: surname || undefined, year, markdown };
}

/** The sources in a chapter's text, in its order. */
const sourcesIn = (text: string) =>
  (list.exec(text)?.[0] ?? "")
    .split(/^- /m)
    .flatMap((item) => item.split(next))
    .map((item) => item.trim())
    .filter((item) => item !== "")
    .map(readSource);

/** The sources of all chapters, by the first author or the title; `texts` are the chapters' Markdown, by their names. */
export function bibliography(texts: ReadonlyMap<string, string>): Source[] {
  const all = new Map<string, Omit<Source, "number">>();
  for (const [chapter, text] of texts) {
    for (const source of sourcesIn(text)) {
      const known = all.get(source.id);
      const markdown = [known?.markdown ?? "", source.markdown].reduce((a, b) => (b.length > a.length ? b : a));
      const chapters = [...new Set([...(known?.chapters ?? []), chapter])];
      all.set(source.id, { ...source, markdown, chapters });
    }
  }
  return [...all.values()]
    .sort((a, b) => a.id.localeCompare(b.id, "en", { numeric: true }))
    .map((source, i) => ({ ...source, number: i + 1 }));
}

/** `text`, a chapter's Markdown, with links to the bibliography where it names one of its `sources`. */
export function withCitations(text: string, sources: readonly Source[]): string {
  if (sources.length === 0) return text;
  const link = (words: string, { id }: Source) => `[${words}](bibliography.html#${id})`;
  const own = new Map(sourcesIn(text).map((source) => [source.id, sources.find(({ id }) => id === source.id)!]));
  const cite = (part: string) =>
    [...own.values()].reduce((cited, source) => {
      if (source.surname === undefined) return cited;
      const others = "(?:\\s+et\\s+al\\.|\\s+and\\s+others)";
      const dated = source.year && `(?:${others}|\\s+and\\s+\\p{Lu}\\p{L}+)?,?\\s+${source.year}`;
      const rest = [dated, others].filter((pattern) => pattern !== undefined).join("|");
      return cited.replace(new RegExp(`(?<![\\p{L}[])${source.surname}(?:${rest})`, "gu"), (words) =>
        link(words, source),
      );
    }, part);
  const [listed = ""] = list.exec(text) ?? [];
  const [before, after] = listed === "" ? [text, ""] : (text.split(listed) as [string, string]);
  const numbered = listed
    .split(/(?=^- )/m)
    .map((item) => {
      const numbers = sourcesIn(`## Sources\n\n${item}`).map(({ id }) => own.get(id)!);
      return `${item.trimEnd()} ${numbers.map((source) => link(`\\[${source.number}\\]`, source)).join(" ")}\n`;
    })
    .join("");
  return cite(before) + (listed && numbered) + cite(after);
}

/** The page of the bibliography; `chapters` are those that it leads to. */
export function bibliographyPage(sources: readonly Source[], chapters: readonly Page[]): Page {
  const entries = sources.map(({ id, markdown, chapters: names }) => {
    const links = chapters
      .filter(({ name }) => names.includes(name))
      .map(({ name, title }) => `<a href="${name}.html#sources">${escapeHtml(title)}</a>`);
    const entry = renderMarkdown(markdown).html.replace(/^<p>|<\/p>\s*$/g, "");
    return `<li id="${id}">${entry}<br><small>${links.join(", ")}</small></li>`;
  });
  const summary = "What the chapters cite, and the chapters that cite it.";
  // For the search, and too deep for the list of contents: each entry by its author and year, or by its title.
  const entriesToFind = sources.map(({ id, surname, year, markdown }) => {
    const text = renderMarkdown(markdown)
      .sections.map((section) => section.text)
      .join(" ");
    return {
      id,
      heading: surname === undefined ? (/\[([^\]]*)\]/.exec(markdown)?.[1] ?? id) : `${surname} ${year ?? ""}`,
      level: 4,
      text,
    };
  });
  const html = `<h1>Bibliography</h1>\n<p>${summary}</p>\n<ol class="bibliography">${entries.join("\n")}</ol>`;
  return {
    name: "bibliography",
    title: "Bibliography",
    html,
    sections: [{ id: "", heading: "", level: 1, text: summary }, ...entriesToFind],
  };
}
