/** The landing page: in one screen what Gradbook is, with a cell of the course and what it showed. */
import { type CodeCell, hasTag } from "gradbook-kernel/runner/notebook-file";
import type { Chapter, readChapter } from "./chapter.js";
import { highlight } from "./code.js";
import { kernelTable, speedTable } from "./comparison.js";
import { escapeHtml } from "./markdown.js";
import { renderOutputs } from "./outputs.js";
import type { Page } from "./page.js";

/** The code of the cells tagged "landing", and what the last of them showed. */
function sample(notebooks: readonly ReturnType<typeof readChapter>[]): string {
  const tagged = notebooks.flatMap(({ name, cells }) =>
    cells
      .filter((cell): cell is CodeCell => cell.cell_type === "code" && hasTag(cell, "landing"))
      .map((cell) => ({ name, cell })),
  );
  const last = tagged.at(-1);
  if (!last) throw new Error('Expected cells tagged "landing" for the first page, received none.');
  const code = highlight(tagged.map(({ cell }) => cell.source).join("\n\n"), "typescript");
  return `<div class="code">${code}</div>\n${renderOutputs(last.cell.outputs, `${last.name}-${last.cell.id}`).html}`;
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
<div class="cell">${sample(notebooks)}</div>
</section>
<h2 id="chapters">The chapters</h2>
<ol class="chapters">${list.join("\n")}</ol>
<h2 id="speed">Measured: training</h2>
<p>The same network, the same numbers, beside PyTorch and numpy on one machine.</p>
${speedTable(root)}
<h2 id="kernel">Measured: the kernel</h2>
<p>The same cells in other kernels that run TypeScript, and in Python's.</p>
${kernelTable(root)}`;
  return { name: "index", title: "Gradbook: deep learning in TypeScript notebooks", html, sections: [] };
}
