/** The landing page: in one screen what Gradbook is, with a cell of the course and what it showed. */
import { type CodeCell, hasTag } from "gradbook-kernel/runner/notebook-file";
import type { Chapter, readChapter } from "./chapter.js";
import { highlight } from "./code.js";
import { kernelTable, speedTable } from "./comparison.js";
import { escapeHtml } from "./escape.js";
import { renderOutputs } from "./outputs.js";
import type { Page } from "./page.js";
import { translateCell } from "./run/cell-code.js";
import type { CellFacts, ChapterCode } from "./run/chapter-code.js";

type Notebook = ReturnType<typeof readChapter>;

/** The cells tagged "landing", and the name of their notebook. */
function sampleCells(notebooks: readonly Notebook[]): { name: string; cells: CodeCell[]; above: CodeCell[] } {
  for (const { name, code } of notebooks) {
    const cells = code.filter((cell) => hasTag(cell, "landing"));
    // What they need: the knobs, and the imports.
    if (cells.length > 0) return { name, cells, above: code.slice(0, 2) };
  }
  throw new Error('Expected cells tagged "landing" for the first page, received none.');
}

/** The code of these cells, and what the last of them showed; the page can run it. */
function sample(notebooks: readonly Notebook[]): string {
  const { name, cells } = sampleCells(notebooks);
  const last = cells.at(-1)!;
  const facts: CellFacts = { id: "landing", isAlone: true };
  const code = highlight(cells.map(({ source }) => source).join("\n\n"), "typescript");
  return `<div class="cell" id="cell-landing" data-facts="${escapeHtml(JSON.stringify(facts))}">
<div class="code">${code}</div>
<div class="stored">${renderOutputs(last.outputs, `${name}-${last.id}`).html}</div>
</div>`;
}

/** What the first page runs. */
export function landingCode(notebooks: readonly Notebook[]): ChapterCode {
  const { name, cells, above } = sampleCells(notebooks);
  const code = translateCell([...above, ...cells].map(({ source }) => source).join("\n"), "landing.ts");
  if ("faults" in code) throw new Error(`${name}: ${code.faults.map(({ message }) => message).join("; ")}`);
  return { landing: code };
}

export function landingPage(
  root: string,
  chapters: readonly Chapter[],
  notebooks: readonly ReturnType<typeof readChapter>[],
): Page {
  const list = chapters.map(({ name, title }) => `<li><a href="${name}.html">${escapeHtml(title)}</a></li>`);
  const html = `<section class="hero">
<div>
<h1>Deep learning in TypeScript notebooks</h1>
<p>Gradbook is a Jupyter kernel for TypeScript that checks types before a cell runs, a small deep-learning library with
<code>forward</code> and <code>backward</code> written out in every layer, and this course, built on both: read it here, or run
it on your machine.</p>
<p>With <a href="https://nodejs.org">Node</a> 20.19 or newer, two commands after a clone:</p>
${highlight("npm start   # sets everything up, runs the house-price chapter\nnpm test    # sets everything up, runs the tests", "bash")}
<p><a class="button" href="${chapters[0]!.name}.html">Start reading</a> <a class="more" href="kernel.html">The kernel</a> <a class="more" href="reference/index.html">The library</a></p>
</div>
${sample(notebooks)}
</section>
<h2 id="chapters">The chapters</h2>
<ol class="chapters">${list.join("\n")}</ol>
<p><a href="notebooks/gradbook-notebooks.zip" download>All notebooks as one file</a></p>
<h2 id="speed">Measured: training</h2>
<p>The same network, the same numbers, beside PyTorch and numpy on one machine.</p>
${speedTable(root)}
<h2 id="kernel">Measured: the kernel</h2>
<p>The same cells in other kernels that run TypeScript, and in Python's.</p>
${kernelTable(root)}`;
  return { name: "index", title: "Gradbook: deep learning in TypeScript notebooks", html, sections: [] };
}
