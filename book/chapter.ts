/** A chapter: one executed notebook as the content of a page. The notebook is the only source; nothing is added to it. */
import { basename } from "node:path";
import { type CodeCell, hasTag, readNotebook } from "gradbook-kernel/runner/notebook-file";
import { type Source, withCitations } from "./bibliography.js";
import { highlight } from "./code.js";
import { escapeHtml } from "./escape.js";
import { type RenderedMarkdown, renderMarkdown } from "./markdown.js";
import { type Picture, renderOutputs } from "./outputs.js";
import { type ChapterCode, cellFacts, chapterCode } from "./run/chapter-code.js";
import type { HoverType } from "./run/hover-type.js";

export interface Chapter extends RenderedMarkdown {
  /** `07-dropout`, the name of its notebook and of its page. */
  name: string;
  /** The first heading of the notebook. */
  title: string;
  pictures: Picture[];
  /** What the page runs. */
  code: ChapterCode;
}

/** A notebook read from `file`, the sources of its code cells, and its text. */
export function readChapter(file: string) {
  const { cells } = readNotebook(file);
  const code = cells.filter((cell): cell is CodeCell => cell.cell_type === "code");
  const idle = code.find(({ execution_count, source }) => execution_count === null && source.trim() !== "");
  if (idle)
    throw new Error(`${file}: expected every cell executed, received ${idle.id}, which is not: npm run course.`);
  const texts = cells.filter(({ cell_type }) => cell_type === "markdown").map(({ source }) => source);
  return {
    name: basename(file, ".ipynb"),
    cells,
    code,
    sources: code.map(({ source }) => source),
    text: texts.join("\n\n"),
  };
}

/** An equation that stands by itself has a number, by which others can name it. */
const numbered = (equation: string, number: string) =>
  `<p class="equation" id="equation-${number}">${equation}<a class="number" href="#equation-${number}" aria-label="Equation ${number}">(${number})</a></p>`;

/** Renders a notebook; `types` are the hover types of its code cells, `bibliography` what it may cite. */
export function renderChapter(
  { name, cells }: Pick<ReturnType<typeof readChapter>, "name" | "cells">,
  types: readonly HoverType[][],
  bibliography: readonly Source[] = [],
): Chapter {
  const pictures: Picture[] = [];
  const codeCells = cells.filter((cell): cell is CodeCell => cell.cell_type === "code");
  const facts = cellFacts(codeCells);
  let index = 0;
  let figures = 0;
  const chapter = Number.parseInt(name, 10) || name;
  const blocks: string[] = [];
  // One document, so that the ids of its headings differ; the code cells are put in afterwards.
  const source = cells.map((cell) => {
    if (cell.cell_type !== "code") return cell.source;
    const shown = renderOutputs(cell.outputs, `${name}-${cell.id}`, () => `${chapter}.${++figures}`);
    pictures.push(...shown.pictures);
    const kind = hasTag(cell, "exercise") ? " exercise" : "";
    const code = highlight(cell.source, "typescript", types[index]);
    const known = escapeHtml(JSON.stringify(facts[index]));
    index += 1;
    blocks.push(
      `<div class="cell${kind}" id="cell-${cell.id}" data-facts="${known}">\n<div class="code">${code}</div>\n<div class="stored">${shown.html}</div>\n</div>`,
    );
    return `<div data-cell="${blocks.length - 1}"></div>`;
  });
  const { html, sections } = renderMarkdown(withCitations(source.join("\n\n"), bibliography));
  const title = sections.find(({ level, heading }) => level === 1 && heading !== "")?.heading;
  if (title === undefined) throw new Error(`${name}: expected a heading of the first level, received none.`);
  let equations = 0;
  const filled = html
    .replace(/<p class='katex-block'>(.*?)<\/p>/gs, (_, equation) => numbered(equation, `${chapter}.${++equations}`))
    .replace(/<div data-cell="(\d+)"><\/div>/g, (_, i) => blocks[Number(i)]!);
  return { name, title, html: filled, sections, pictures, code: chapterCode(name, codeCells) };
}
