/**
 * `npm run book [-- FOLDER]`: builds the stored notebooks, the kernel's guide and the library's reference into a static site in
 * `out/book` or FOLDER; without the reference it takes half as long. The site needs no server of its own: all links are relative,
 * so it can lie in any folder.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { transformSync } from "esbuild";
import { zipSync } from "fflate";
import { logoFiles } from "gradbook-kernel/logo";
import { bibliography, bibliographyPage } from "./bibliography.js";
import { readChapter, renderChapter } from "./chapter.js";
import { glossaryPage } from "./glossary.js";
import { landingCode, landingPage } from "./landing.js";
import { renderMarkdown } from "./markdown.js";
import { moved, redirect } from "./moved.js";
import { type Entry, type Page, renderPage } from "./page.js";
import { writePdf } from "./pdf.js";
import { writePrograms } from "./programs.js";
import { libraryLinks, writeReference } from "./reference.js";
import { searchScript } from "./search-index.js";
import { editLink, readSite, sitemap } from "./site.js";
import { hoverTypes } from "./types.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const require = createRequire(import.meta.url);

/** Builds the book into `folder`; an earlier one there is replaced when all has gone well. */
async function buildBook(folder: string, { hasReference, hasPdf }: { hasReference: boolean; hasPdf: boolean }) {
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  const write = (path: string, content: string | Uint8Array) => {
    const file = join(unfinished, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  };

  const names = hasReference ? writeReference(root, join(unfinished, "reference")) : [];
  const files = readdirSync(join(root, "notebooks")).filter((file) => file.endsWith(".ipynb"));
  const notebooks = files.toSorted().map((file) => readChapter(join(root, "notebooks", file)));
  const types = hoverTypes(new Map(notebooks.map(({ name, sources }) => [name, sources])), join(root, "notebooks"));
  const cited = bibliography(new Map(notebooks.map(({ name, text }) => [name, text])));
  const chapters = notebooks.map((notebook) => renderChapter(notebook, types.get(notebook.name)!, cited));

  const site = readSite(root);
  const guideText = readFileSync(join(root, "docs/kernel.md"), "utf8");
  const guide = renderMarkdown(guideText);
  const kernel: Page = { name: "kernel", title: "The kernel", ...guide };
  const course: Page[] = chapters.map((chapter) => ({
    ...chapter,
    note: `<p class="source">This page is the notebook <a href="notebooks/${chapter.name}.ipynb" download>${chapter.name}.ipynb</a>, as it ran. Download it, and <code>npx gradbook lab ${chapter.name}.ipynb</code> opens it to run and change.${editLink(`notebooks/${chapter.name}.ipynb`, site)}</p>${libraryLinks(`${chapter.name}.html`, names)}`,
  }));
  const glossary = glossaryPage(chapters);
  const sources = bibliographyPage(cited, chapters);
  const groups = new Map<string, readonly Entry[]>([
    ["Course", course],
    ["Guides", [kernel, glossary, sources, { name: "reference/index", title: "Library reference", sections: [] }]],
  ]);
  const landing = landingPage(root, chapters, notebooks);

  for (const page of [landing, ...course, kernel, glossary, sources, missingPage])
    write(`${page.name}.html`, renderPage(page, groups, site));
  const map = sitemap([landing, ...course, kernel, glossary, sources], site);
  if (map !== undefined) write("sitemap.xml", map);
  write("assets/run/index.json", JSON.stringify(landingCode(notebooks)));
  for (const { name, pictures, code } of chapters) {
    write(`assets/run/${name}.json`, JSON.stringify(code));
    for (const { path, bytes } of pictures) write(path, bytes);
    cpSync(join(root, "notebooks", `${name}.ipynb`), join(unfinished, "notebooks", `${name}.ipynb`));
  }
  const bytes = files.map((file) => [file, readFileSync(join(root, "notebooks", file))] as const);
  // Of one time, so that the same notebooks make the same file.
  write("notebooks/gradbook-notebooks.zip", zipSync(Object.fromEntries(bytes), { mtime: "2026-01-01" }));
  for (const [name, target] of moved(chapters.map((chapter) => chapter.name))) write(`${name}.html`, redirect(target));
  write("assets/search-index.js", searchScript([...course, kernel, sources], names));
  for (const [, name] of guideText.matchAll(/\]\((\w+\.png)\)/g)) {
    cpSync(join(root, "docs", name!), join(unfinished, name!));
  }
  write("assets/logo.svg", logoFiles()["logo-svg.svg"]!);
  copyAssets(join(unfinished, "assets"));
  await writePrograms(root, join(unfinished, "assets"));
  if (hasPdf) await writePdf([...course, kernel, sources], unfinished);
  rmSync(folder, { recursive: true, force: true });
  renameSync(unfinished, folder);
  console.log(`${course.length} chapters, the kernel's guide and the reference: open ${join(folder, "index.html")}`);
}

/** What web servers show in the place of a page that is not there. */
const missingPage: Page = {
  name: "404",
  title: "This page is not here",
  html: '<h1>This page is not here</h1>\n<p>It may have been moved or renamed. The <a href="index.html">first page</a> lists all chapters, and the search finds words.</p>',
  sections: [],
};

/** The style, the script, and the libraries that pages load. */
function copyAssets(folder: string): void {
  const katex = dirname(require.resolve("katex"));
  const copies: [from: string, to: string][] = [
    ...["style.css", "numbers.css", "run.css", "print.css"].map((name): [string, string] => [
      join(root, "book/client", name),
      name,
    ]),
    [join(katex, "katex.min.css"), "katex/katex.min.css"],
    [require.resolve("plotly.js-cartesian-dist-min"), "plotly.js"],
  ];
  const search = readFileSync(join(dirname(require.resolve("minisearch")), "../umd/index.js"), "utf8");
  writeFileSync(join(folder, "minisearch.js"), transformSync(search, { minify: true }).code);
  for (const [from, to] of copies) cpSync(from, join(folder, to));
  // Every browser of today reads woff2.
  const woff2 = (path: string) => !/\.(ttf|woff)$/.test(path);
  cpSync(join(katex, "fonts"), join(folder, "katex/fonts"), { recursive: true, filter: woff2 });
}

const command = new Command("npm run book --")
  .description("Makes the book: the chapters, the kernel's guide and the reference, as pages.")
  .argument("[folder]", "where it goes; what stands there is replaced", join(root, "out/book"))
  .option("--no-reference", "leave the reference out")
  .option("--pdf", "one PDF of all chapters, too: needs a browser", false)
  .parse();
const { reference: hasReference, pdf: hasPdf } = command.opts<{ reference: boolean; pdf: boolean }>();
await buildBook(resolve(command.processedArgs[0] as string), { hasReference, hasPdf });
