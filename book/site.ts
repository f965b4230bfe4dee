/**
 * Where the book stands: the addresses of the site and of the repository are `homepage` and `repository` in package.json; what needs
 * one that is not there is left out.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { escapeHtml } from "./escape.js";

export interface Site {
  /** The address of the book, with `/` at its end. */
  address?: string;
  /** The address of the repository. */
  repository?: string;
}

export function readSite(root: string): Site {
  const { homepage, repository } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    homepage?: string;
    repository?: string | { url: string };
  };
  const url = typeof repository === "string" ? repository : repository?.url;
  return {
    ...(homepage && { address: homepage.replace(/\/?$/, "/") }),
    ...(url && { repository: url.replace(/^git\+/, "").replace(/\.git$/, "") }),
  };
}

/** The list of pages for search engines; undefined where the site has no address. */
export function sitemap(pages: readonly { name: string }[], { address }: Site): string | undefined {
  if (address === undefined) return undefined;
  const urls = pages.map(({ name }) => `<url><loc>${escapeHtml(`${address}${name}.html`)}</loc></url>`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${urls.join("\n")}\n</urlset>\n`;
}

/** The link to the source of a page, a `file` of the repository; "" where that has no address. */
export const editLink = (file: string, { repository }: Site): string =>
  repository === undefined ? "" : ` <a href="${escapeHtml(repository)}/edit/main/${file}">Edit this page</a>.`;
