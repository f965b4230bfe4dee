/** The notebooks of the course as tests see them: their chapters, what is stored in them, and how they run. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import {
  type CodeCell,
  hasTag,
  type Notebook,
  readNotebook,
  writeNotebook,
} from "../../kernel/runner/notebook-file.js";
import { root } from "./needs.js";
import { code, gradbook } from "./notebook.js";

/** The chapters' files, in order. */
export const chapters: readonly string[] = readdirSync(join(root, "notebooks"))
  .filter((name) => /^\d\d-.*\.ipynb$/.test(name))
  .sort();

/** A chapter as it is stored. */
export const storedChapter = (name: string): Notebook => readNotebook(join(root, "notebooks", name));

export const codeCells = ({ cells }: Notebook): CodeCell[] =>
  cells.filter((cell): cell is CodeCell => cell.cell_type === "code");

/** What a cell has written to stdout. */
export const printed = ({ outputs }: CodeCell): string =>
  outputs.map((output) => (output.output_type === "stream" && output.name === "stdout" ? output.text : "")).join("");

/** The Plotly figures of a notebook with the pictures that stand beside them. */
export const figures = (notebook: Notebook) =>
  codeCells(notebook).flatMap(({ outputs }) =>
    outputs.flatMap((output) =>
      "data" in output && "application/vnd.plotly.v1+json" in output.data ? [output.data] : [],
    ),
  );

/** The code in the solution, folded behind the exercises, of the exercise in cell `index`; undefined where there is none. */
export function solutionOf({ cells }: Notebook, index: number): string | undefined {
  const number = cells.slice(0, index + 1).filter((cell) => hasTag(cell, "exercise")).length;
  const solution = cells.find(({ source }) => source.startsWith(`<details><summary>Solution of exercise ${number}<`));
  return /```ts\n(.*?)```/s.exec(solution?.source ?? "")?.[1]?.trim();
}

/**
 * Writes a chapter to `file`, not executed, with the solution of every exercise as a cell of its own, tagged `solution`, right behind
 * it. Behind the parameters goes a cell with `settings`, code that gives some of them other values.
 */
export function writeSolvedChapter(name: string, file: string, settings = ""): void {
  const notebook = storedChapter(name);
  const cells = notebook.cells.flatMap((cell, index) => {
    if (settings !== "" && hasTag(cell, "parameters")) return [cell, { ...code(settings), id: "settings" }];
    const solution = hasTag(cell, "exercise") ? solutionOf(notebook, index) : undefined;
    return solution === undefined ? [cell] : [cell, { ...code(solution, "solution"), id: `solution-of-${cell.id}` }];
  });
  const bare = cells.map((cell) =>
    cell.cell_type === "code" ? { ...cell, outputs: [], execution_count: null } : cell,
  );
  writeNotebook(file, { ...notebook, cells: bare });
}

/**
 * A chapter executed from scratch by `gradbook run`, with its solutions, in `folder`; `seconds` is what the runner says it took.
 * `settings` are those of `writeSolvedChapter`, `words` go to `gradbook run`.
 */
export function runChapter(
  name: string,
  folder: string,
  env: NodeJS.ProcessEnv = {},
  { settings, words = [] }: { settings?: string; words?: readonly string[] } = {},
) {
  const [input, output] = [join(folder, name), join(folder, `executed-${name}`)];
  writeSolvedChapter(name, input, settings);
  const { status, stdout, stderr } = gradbook(["run", input, output, ...words], { env });
  if (status !== 0) throw new Error(`Expected ${name} to run, received:\n${stderr}`);
  return { notebook: readNotebook(output), stdout, seconds: Number(/written after ([\d.]+) s/.exec(stdout)![1]) };
}

/** A number that a chapter stands for, and how far another machine may be off it. */
export interface KeyNumber {
  value: number;
  tolerance: number;
}

/** The numbers that the cell tagged `key-numbers` prints, `name: value ± tolerance` on each line, by name. */
export function keyNumbers(notebook: Notebook): Map<string, KeyNumber> {
  const cells = codeCells(notebook).filter((cell) => hasTag(cell, "key-numbers"));
  return parseKeyNumbers(cells.flatMap((cell) => printed(cell).trim().split("\n")));
}

/** What a chapter says where WebAssembly computes and it uses smaller settings. */
export const announcements = (notebook: Notebook): string[] =>
  codeCells(notebook).flatMap((cell) => printed(cell).match(/^WebAssembly engine: .*/gm) ?? []);

/** The key numbers of a chapter with WebAssembly, which `npm run course` stores apart. */
function wasmKeyNumbers(name: string): Map<string, KeyNumber> {
  const golden = readFileSync(join(root, "test/goldens/wasm-key-numbers.json"), "utf8");
  return parseKeyNumbers((JSON.parse(golden) as Record<string, string[]>)[name] ?? []);
}

/** Expects a chapter that has run to have the key numbers that are stored for its engine, within their tolerances. */
function expectKeyNumbers(name: string, executed: Notebook): void {
  const stored = announcements(executed).length > 0 ? wasmKeyNumbers(name) : keyNumbers(storedChapter(name));
  const now = keyNumbers(executed);
  expect(stored.size).toBeGreaterThan(0);
  expect([...now.keys()]).toEqual([...stored.keys()]);
  for (const [key, { value, tolerance }] of stored) {
    expect(Math.abs(now.get(key)!.value - value), `${key}: ${now.get(key)!.value}`).toBeLessThanOrEqual(tolerance);
  }
}

/** Expects of a chapter that has run, with its solutions: its key numbers, a picture of each figure, and that it answers right. */
export function expectWholeRun(name: string, executed: Notebook): void {
  expectKeyNumbers(name, executed);
  const pictures = figures(executed).map((figure) => typeof figure["image/png"]);
  expect(pictures).toEqual(figures(storedChapter(name)).map(() => "string"));
  const answers = (tag: string) => codeCells(executed).filter((cell) => hasTag(cell, tag));
  for (const cell of answers("exercise")) expect(printed(cell)).toBe("Not answered yet.\n");
  for (const cell of answers("solution")) expect(printed(cell), cell.source).toBe("Right.\n");
  expect(answers("solution")).toHaveLength(3);
}

function parseKeyNumbers(lines: readonly string[]): Map<string, KeyNumber> {
  return new Map(
    lines.map((line) => {
      const [, name, value, tolerance] = /^(.+): (\S+) ± (\S+)$/.exec(line) ?? [];
      const number = { value: Number(value), tolerance: Number(tolerance) };
      if (name === undefined || !Number.isFinite(number.value) || !(number.tolerance >= 0)) {
        throw new Error(`Expected "name: value ± tolerance" from the cell of key numbers, received "${line}".`);
      }
      return [name, number];
    }),
  );
}
