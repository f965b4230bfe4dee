/** Every chapter of the course: what is stored reads well where nothing runs, and a run from scratch says the same. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatNotebook, hasTag } from "../../kernel/runner/notebook-file.js";
import {
  chapters,
  codeCells,
  expectKeyNumbers,
  figures,
  printed,
  runChapter,
  solutionOf,
  storedChapter,
} from "../helpers/course.js";
import { temporaryFolder } from "../helpers/folder.js";
import { root } from "../helpers/needs.js";

describe.each(chapters)("%s", { timeout: 0 }, (name) => {
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
    for (const index of exercises) expect(solutionOf(notebook, index)).toMatch(/checkAnswer[<(]/);
  });

  it("says in bold what each cell is about, before its code", () => {
    const silent = cells.filter(({ cell_type, source }, index) => {
      const before = cells[index - 1];
      const isSilent = before?.cell_type !== "markdown" || !/\*\*[^*]+\*\*/.test(before.source);
      return cell_type === "code" && source.trim() !== "" && isSilent;
    });
    expect(silent.map(({ source }) => source)).toEqual([]);
  });

  it("is stored executed, in order, without errors, small, with a picture of every figure", () => {
    expect(notebook.metadata.kernelspec).toMatchObject({ name: "gradbook", language: "typescript" });
    const code = codeCells(notebook);
    expect(code.map(({ execution_count }) => execution_count)).toEqual(code.map((_, i) => i + 1));
    expect(code.flatMap(({ outputs }) => outputs).filter(({ output_type }) => output_type === "error")).toEqual([]);
    for (const figure of figures(notebook)) expect(figure["image/png"]).toMatch(/^iVBOR/);
    const text = readFileSync(join(root, "notebooks", name), "utf8");
    expect(text.length).toBeLessThanOrEqual(1_000_000);
    expect(text === formatNotebook(notebook), "as `npm run course` writes it").toBe(true);
    // plotly.js is some megabytes of script with this name in it.
    expect(text).not.toContain("Plotly.js v");
  });

  it("runs from scratch with the same key numbers and pictures; its solutions are right", () => {
    const { notebook: fresh, seconds } = runChapter(name, temporaryFolder().path);
    console.log(`${name}: ${seconds.toFixed(1)} s`);
    expect(figures(fresh).map((figure) => typeof figure["image/png"])).toEqual(figures(notebook).map(() => "string"));
    expectKeyNumbers(name, fresh);
    const answers = (tag: string) => codeCells(fresh).filter((cell) => hasTag(cell, tag));
    for (const cell of answers("exercise")) expect(printed(cell)).toBe("Not answered yet.\n");
    for (const cell of answers("solution")) expect(printed(cell), cell.source).toBe("Right.\n");
    expect(answers("solution")).toHaveLength(3);
  });
});
