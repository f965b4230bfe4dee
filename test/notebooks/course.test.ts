/**
 * Every chapter of the course: what is stored reads well where nothing runs, and a run from scratch says the same. `npm test` runs
 * chapter 1 with native TensorFlow and 2 on WebAssembly. `npm run test:all` runs them all in JupyterLab (`jupyterlab.test.ts`) and,
 * on WebAssembly, in their pages (`book/run.test.ts`): here, where there is no browser.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatNotebook, hasTag } from "../../kernel/runner/notebook-file.js";
import type { PlainFigure } from "../../plot/style.js";
import {
  announcements,
  chapters,
  codeCells,
  expectWholeRun,
  figures,
  printed,
  runChapter,
  solutionOf,
  storedChapter,
} from "../helpers/course.js";
import { temporaryFolder } from "../helpers/folder.js";
import { turn } from "../helpers/long.js";
import { has, root } from "../helpers/needs.js";

describe.each(chapters)("%s", (name) => {
  const notebook = storedChapter(name);
  const { cells } = notebook;
  const texts = cells.filter(({ cell_type }) => cell_type === "markdown").map(({ source }) => source);
  const exercises = cells.flatMap((cell, index) => (hasTag(cell, "exercise") ? [index] : []));

  it("asks a question, sums up, sets three exercises with solutions, and names its sources", () => {
    expect(texts[0]).toMatch(new RegExp(`^# ${Number(name.slice(0, 2))}\\. \\S.*\\n[^#]*\\?`));
    const sections = texts.flatMap((text) => text.match(/^## .*/gm) ?? []);
    expect(sections.slice(-3)).toEqual(["## Summary", "## Exercises", "## Sources"]);
    const summary = texts.find((text) => text.startsWith("## Summary"))!;
    expect(summary.match(/^- /gm)?.length).toBeGreaterThanOrEqual(3);
    expect(texts.at(-1)).toMatch(/\]\(https:\/\//);
    expect(exercises).toHaveLength(3);
    for (const [i, index] of exercises.entries()) {
      const call = `checkAnswer("${Number(name.slice(0, 2))}.${i + 1}", answer${i + 1});`;
      expect(cells[index]!.source).toContain(call);
      expect(solutionOf(notebook, index)).toContain(call);
    }
    expect(texts.filter((text) => /^\*\*.*experiment/m.test(text)).length).toBeGreaterThan(0);
  });

  it("says in bold what each cell is about, before its code", () => {
    const silent = cells.filter(({ cell_type, source }, index) => {
      const before = cells[index - 1];
      const isSilent = before?.cell_type !== "markdown" || !/\*\*[^*]+\*\*/.test(before.source);
      return cell_type === "code" && source.trim() !== "" && isSilent;
    });
    expect(silent.map(({ source }) => source)).toEqual([]);
  });

  it("names its knobs once more as they are stored, and all its claims hold", () => {
    const knobs = cells.find((cell) => hasTag(cell, "parameters"))!.source;
    const imports = cells.find(({ id }) => id === "imports")!.source;
    const written = Array.from(
      knobs.matchAll(/^let (\w+)(?::.*?)? = (.*?);/gm),
      ([, knob, value]) => `${knob}: ${value}`,
    );
    const stored = /checkKnobs\(\n {2}\{.*?\},\n {2}\{ (.*?) \},\n/s.exec(imports)?.[1]?.replace(/\s+/g, " ");
    expect(stored).toBe(written.join(", "));
    const [claims] = codeCells(notebook).filter((cell) => hasTag(cell, "claims"));
    expect(printed(claims!)).toMatch(/^(holds: .*\n)+$/);
  });

  it("is stored executed, in order, without errors, small, with a picture of every figure", () => {
    expect(notebook.metadata.kernelspec).toMatchObject({ name: "gradbook", language: "typescript" });
    const code = codeCells(notebook);
    expect(code.map(({ execution_count }) => execution_count)).toEqual(code.map((_, i) => i + 1));
    expect(code.flatMap(({ outputs }) => outputs).filter(({ output_type }) => output_type === "error")).toEqual([]);
    for (const figure of figures(notebook)) {
      expect(figure["image/png"]).toMatch(/^iVBOR/);
      expect(figure["text/plain"], "a sentence").toMatch(/^Figure ".+": .+\.$/s);
    }
    const text = readFileSync(join(root, "notebooks", name), "utf8");
    expect(text.length).toBeLessThanOrEqual(1_000_000);
    expect(text === formatNotebook(notebook), "as `npm run course` writes it").toBe(true);
    // plotly.js is some megabytes of script with this name in it.
    expect(text).not.toContain("Plotly.js v");
  });
});

it("one thing has one colour in the whole course", () => {
  const found = new Map<string, Set<unknown>>();
  for (const figure of chapters.flatMap((name) => figures(storedChapter(name)))) {
    const { data } = figure["application/vnd.plotly.v1+json"] as { data: PlainFigure["data"] };
    for (const trace of data as { name?: string; line?: { color?: string }; marker?: { color?: string } }[]) {
      const color = trace.line?.color ?? trace.marker?.color;
      if (trace.name && color) found.set(trace.name, (found.get(trace.name) ?? new Set()).add(color));
    }
  }
  const things = ["train", "training", "training loss", "training points", "validation", "test", "test loss"];
  const kinds = ["without dropout", "with dropout", "with BatchNorm", "SGD", "Adam", "sigmoid", "ReLU", "L1", "none"];
  for (const name of [...things, ...kinds]) expect([...(found.get(name) ?? [])], name).toHaveLength(1);
});

const starts =
  (...numbers: string[]) =>
  (name: string) =>
    numbers.includes(name.slice(0, 2));
const onWasm = starts("02");
const isShort = starts("01");

const native = chapters.filter((name) => isShort(name) || !has("Python and a browser"));
describe.each(turn(native, isShort))("%s from scratch", { tags: "long" }, (name) => {
  it("has the same key numbers and pictures; its solutions are right", () => {
    const { notebook, seconds } = runChapter(name, temporaryFolder().path);
    console.log(`${name}: ${seconds.toFixed(1)} s`);
    expectWholeRun(name, notebook);
  });
});

const wasm = chapters.filter((name) => onWasm(name) || !has("a browser"));
describe.each(turn(wasm, onWasm))("%s on WebAssembly", { tags: "long" }, (name) => {
  it("says that it takes smaller settings, has the key numbers stored for it and every picture; its solutions are right", () => {
    const { notebook, seconds } = runChapter(name, temporaryFolder().path, { GRADBOOK_ENGINE: "wasm" });
    console.log(`${name} on WebAssembly: ${seconds.toFixed(1)} s`);
    expect(announcements(notebook)).toHaveLength(1);
    expectWholeRun(name, notebook);
  });
});
