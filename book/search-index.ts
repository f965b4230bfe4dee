/** The search: an index over the sections of all pages, made here and read by `client/book.ts`. */
import MiniSearch from "minisearch";
import type { Page } from "./page.js";

/** How the index is made and read: the same on both sides. */
export const searchOptions = { fields: ["heading", "text"], storeFields: ["page", "heading", "address"] };

/** A script that hands the index to the page (a script, so that it can be read from a folder too). */
export function searchScript(pages: readonly Page[]): string {
  const index = new MiniSearch(searchOptions);
  const sections = pages.flatMap(({ name, title, sections }) =>
    sections.map(({ id, heading, text }) => ({
      page: title,
      heading: heading || title,
      address: `${name}.html${id && `#${id}`}`,
      text,
    })),
  );
  index.addAll(sections.filter(({ text }) => text !== "").map((section, id) => ({ id, ...section })));
  return `window.searchIndex = MiniSearch.loadJS(${JSON.stringify(index)}, ${JSON.stringify(searchOptions)});\n`;
}
