/** The search: an index over the sections of all pages, made here and read by `client/book.ts`. */
import MiniSearch from "minisearch";
import type { Page } from "./page.js";
import type { ReferenceName } from "./reference.js";

/** How the index is made and read: the same on both sides. */
export const searchOptions = { fields: ["heading", "text"], storeFields: ["page", "heading", "address"] };

/** A script that hands the index to the page (a script, so that it can be read from a folder too). */
export function searchScript(pages: readonly Page[], names: readonly ReferenceName[]): string {
  const index = new MiniSearch(searchOptions);
  const sections = pages.flatMap(({ name, title, sections }) =>
    sections.map(({ id, heading, text }) => ({
      page: title,
      heading: heading || title,
      address: `${name}.html${id && `#${id}`}`,
      text,
    })),
  );
  // Types of options are found from what takes them.
  const values = names.filter(({ address }) => /^(classes|functions|variables)\//.test(address));
  const api = values.map(({ name, category, address }) => ({
    page: `Reference: ${category}`,
    heading: name,
    address: `reference/${address}`,
    text: "",
  }));
  const found = [...sections.filter(({ text }) => text !== ""), ...api];
  index.addAll(found.map((section, id) => ({ id, ...section })));
  return `window.searchIndex = MiniSearch.loadJS(${JSON.stringify(index)}, ${JSON.stringify(searchOptions)});\n`;
}
