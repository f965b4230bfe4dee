/** The whole book as one PDF, printed by a browser from the same pages: `npm run book -- --pdf`. */
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { escapeHtml } from "./escape.js";
import type { Page } from "./page.js";

const names = ["chromium", "chromium-browser", "google-chrome", "microsoft-edge"];

/** GRADBOOK_BROWSER, or the first Chromium-like browser on the PATH. @throws Error where there is none */
function browserCommand(): string {
  const given = process.env.GRADBOOK_BROWSER;
  if (given) return given;
  for (const name of names) {
    const { status, stdout } = spawnSync(process.platform === "win32" ? "where" : "which", [name], {
      encoding: "utf8",
    });
    const [path = ""] = (stdout ?? "").split("\n");
    if (status === 0 && path !== "") return path.trim();
  }
  throw new Error(
    "Expected a browser that prints the PDF, received none: set GRADBOOK_BROWSER to a Chromium-like one.",
  );
}

/** All pages in one document: ids begin with the page's name, and links lead to the places in it. */
export function wholeBook(pages: readonly Page[]): string {
  const known = new Set(pages.map(({ name }) => name));
  const parts = pages.map(({ name, html }) => {
    const own = html
      .replace(/<script type="application\/json">.*?<\/script>/gs, "")
      .replace(/\sid="([^"]*)"/g, ` id="${name}--$1"`)
      .replace(/href="#([^"]*)"/g, `href="#${name}--$1"`)
      .replace(/href="([\w-]+)\.html(?:#([^"]*))?"/g, (all, page: string, id?: string) =>
        known.has(page) ? `href="#${page}${id ? `--${id}` : ""}"` : all,
      );
    return `<article id="${name}">${own}</article>`;
  });
  const list = pages.map(({ name, title }) => `<li><a href="#${name}">${escapeHtml(title)}</a></li>`);
  const styles = ["katex/katex.min", "style", "numbers", "print"];
  return `<!doctype html>
<html lang="en" data-theme="light">
<head>
<meta charset="utf-8">
<title>Gradbook</title>
${styles.map((style) => `<link rel="stylesheet" href="assets/${style}.css">`).join("\n")}
</head>
<body class="chapter whole">
<h1>Gradbook</h1>
<ul>${list.join("\n")}</ul>
${parts.join("\n")}
</body>
</html>
`;
}

/** What stands below each page: the browser puts its number into the `span`. */
const pageNumber =
  '<p style="width: 100%; text-align: center; font: 9px sans-serif"><span class="pageNumber"></span></p>';

/** Writes `book.pdf` into `folder`, where the site's assets and pictures are. */
export async function writePdf(pages: readonly Page[], folder: string): Promise<void> {
  const file = join(folder, "whole.html");
  writeFileSync(file, wholeBook(pages));
  const browser = await chromium.launch({ executablePath: browserCommand(), args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    await page.goto(pathToFileURL(file).href);
    // Pictures further down are loaded when they come into view, which on paper they never do.
    await page.evaluate(`Promise.all([...document.images].map((picture) => {
      picture.loading = "eager";
      return picture.decode().catch(() => {});
    }))`);
    const margin = { top: "18mm", bottom: "18mm", left: "16mm", right: "16mm" };
    const look = { format: "A4", margin, printBackground: true, displayHeaderFooter: true };
    const pdf = await page.pdf({
      ...look,
      headerTemplate: "<p></p>",
      footerTemplate: pageNumber,
      outline: true,
      tagged: true,
    });
    writeFileSync(join(folder, "book.pdf"), pdf);
  } finally {
    await browser.close();
    rmSync(file);
  }
}
