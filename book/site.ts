/**
 * What others are told of a page: a description, a picture, its address. The addresses of the site and of the repository are
 * `homepage` and `repository` in package.json; what needs one that is not there is left out.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { escapeHtml } from "./escape.js";
import type { Page } from "./page.js";

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

/** The first sentences of a page, for those who have not opened it. */
function description({ sections }: Page): string {
  const text = sections.map((section) => section.text.replace(/\s+/g, " ").trim()).find((each) => each !== "") ?? "";
  return text.length <= 200 ? text : `${text.slice(0, text.lastIndexOf(" ", 200))} …`;
}

/** The tags of a page's head by which others show it. */
export function about(page: Page, { address }: Site): string {
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

/** The list of pages for search engines; undefined where the site has no address. */
export function sitemap(pages: readonly Pick<Page, "name">[], { address }: Site): string | undefined {
  if (address === undefined) return undefined;
  const urls = pages.map(({ name }) => `<url><loc>${escapeHtml(`${address}${name}.html`)}</loc></url>`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${urls.join("\n")}\n</urlset>\n`;
}

/** The link to the source of a page, a `file` of the repository; "" where that has no address. */
export const editLink = (file: string, { repository }: Site): string =>
  repository === undefined ? "" : ` <a href="${escapeHtml(repository)}/edit/main/${file}">Edit this page</a>.`;
