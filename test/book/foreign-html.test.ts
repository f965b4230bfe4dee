/** A notebook from elsewhere in a book: nothing that it brings along reaches the page, and a table is still a table. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { expect, it } from "vitest";
import { renderChapter } from "../../book/chapter.js";
import { renderPage } from "../../book/page.js";
import type { Cell, Output } from "../../kernel/runner/notebook-file.js";
import { browserPage } from "../helpers/browser.js";
import { needing, root } from "../helpers/needs.js";
import { code, markdown } from "../helpers/notebook.js";

/** What each of these would do: leave a mark on the page that shows it, or ask another host. */
const mark = "top.hacked = parent.hacked = window.hacked = document.title = 'hacked'";
const hostile = [
  `<script>${mark}</script>`,
  `<img src="x" onerror="${mark}">`,
  `<table onclick="${mark}"><tr><td style="position: fixed; inset: 0">over all</td></tr></table>`,
  `<b title="a" onmouseover='${mark}'>b</b>`,
  `<a href="javascript:${mark}">click</a>`,
  `<form action="https://elsewhere.test/"><input name="q"></form><script>document.forms[0].submit()</script>`,
  `<img src="https://elsewhere.test/pixel.png"><link rel="stylesheet" href="https://elsewhere.test/style.css">`,
  `<script>fetch("https://elsewhere.test/")</script><meta http-equiv="refresh" content="0; url=https://elsewhere.test/">`,
  `</div></main></body><main id="content">another page</main>`,
  `<svg onload="${mark}"></svg><math><mtext><script>${mark}</script></mtext></math>`,
  `<iframe srcdoc="<script>${mark}</script>"></iframe>`,
];
const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="${mark}"><script>${mark}</script></svg>`;
const table =
  '<table><thead><tr><th></th><th scope="col">area</th></tr></thead><tbody><tr><th>0</th><td>856</td></tr></tbody></table>';

const shown = (data: Record<string, string>): Output => ({ output_type: "display_data", data, metadata: {} });
const cell = (outputs: Output[], i: number): Cell =>
  ({ ...code("1", "x"), id: `c${i}`, outputs, execution_count: 1 }) as Cell;

/** The page of a notebook with these cells, and what is written beside it. */
function pageOf(cells: Cell[]) {
  const chapter = renderChapter({ name: "foreign", cells: [markdown("# Foreign"), ...cells] }, []);
  return { html: renderPage(chapter, new Map([["Course", [chapter]]])), pictures: chapter.pictures };
}

it("leaves a table in the page, with a corner that is no heading", () => {
  const { html } = pageOf([cell([shown({ "text/html": table })], 0)]);
  expect(html).toContain('<tr><td></td><th scope="col">area</th></tr>');
  expect(html).not.toContain("<iframe");
});

needing("a browser")("keeps hostile outputs and texts from the page and from other hosts", async () => {
  const outputs = hostile.map((html, i) => cell([shown({ "text/html": html })], i));
  const texts = hostile.map((html) => markdown(`A text.\n\n${html}\n\nwith ${html} inside`));
  const { html, pictures } = pageOf([...outputs, ...texts, cell([shown({ "image/svg+xml": svg })], 99)]);
  const entryPoints = [join(root, "book/client/book.ts")];
  const script = buildSync({ entryPoints, bundle: true, format: "iife", write: false }).outputFiles[0]!.text;
  const assets: Record<string, string | Buffer> = { "/foreign.html": html };
  for (const { path, bytes } of pictures) assets[`/${path}`] = Buffer.from(bytes);
  assets["/assets/book.js"] = script;
  for (const name of ["style.css", "numbers.css", "run.css"]) {
    assets[`/assets/${name}`] = readFileSync(join(root, "book/client", name));
  }
  const types: Record<string, string> = {
    html: "text/html",
    js: "text/javascript",
    css: "text/css",
    svg: "image/svg+xml",
  };
  await browserPage({ viewport: { width: 1000, height: 800 } }, async (page) => {
    const asked: string[] = [];
    await page.route("**/*", (route) => {
      const url = new URL(route.request().url());
      if (url.host !== "book.test") asked.push(url.href);
      const body = url.host === "book.test" ? assets[url.pathname] : undefined;
      const contentType = types[url.pathname.split(".").at(-1)!] ?? "application/octet-stream";
      return body === undefined ? route.fulfill({ status: 404 }) : route.fulfill({ body, contentType });
    });
    await page.goto("http://book.test/foreign.html");
    const frames = page.locator("iframe.output");
    expect(await frames.count()).toBe(hostile.length);
    for (const frame of await frames.all()) {
      await frame.scrollIntoViewIfNeeded();
      expect(await frame.getAttribute("sandbox")).toBe("allow-scripts");
    }
    await page.mouse.click(500, 400);
    await page.waitForLoadState("networkidle");
    expect(await page.evaluate(() => [document.title, "hacked" in window])).toEqual(["Foreign · Gradbook", false]);
    expect(page.url()).toBe("http://book.test/foreign.html");
    expect(await page.locator("main").count()).toBe(1);
    expect(
      await page.locator("main script, main [onclick], main [onerror], main [onload], main [onmouseover]").count(),
    ).toBe(0);
    expect(asked).toEqual([]);
  });
});
