/**
 * Chapters on WebAssembly, where they announce that they use smaller settings: three here, all of them in `npm run test:all`. Where
 * WebAssembly is the engine, course.test.ts runs all of them.
 */
import { describe, expect, it } from "vitest";
import { hasTag } from "../../kernel/runner/notebook-file.js";
import {
  announcements,
  chapters,
  codeCells,
  expectKeyNumbers,
  figures,
  printed,
  runChapter,
  storedChapter,
} from "../helpers/course.js";
import { temporaryFolder } from "../helpers/folder.js";

const some = ["01", "04", "07"];
const chosen = process.env.GRADBOOK_TEST_ALL ? chapters : chapters.filter((name) => some.includes(name.slice(0, 2)));

describe.each(chosen)("%s on WebAssembly", { timeout: 0 }, (name) => {
  it("says so, runs to its end with its key numbers and every picture, and its solutions are right", () => {
    const { notebook, seconds } = runChapter(name, temporaryFolder().path, { GRADBOOK_ENGINE: "wasm" });
    console.log(`${name} on WebAssembly: ${seconds.toFixed(1)} s`);
    const cells = codeCells(notebook);
    expect(announcements(notebook)).toHaveLength(1);
    expectKeyNumbers(name, notebook);
    const stored = figures(storedChapter(name));
    expect(figures(notebook).map((figure) => typeof figure["image/png"])).toEqual(stored.map(() => "string"));
    const answers = (tag: string) => cells.filter((cell) => hasTag(cell, tag)).map(printed);
    expect(answers("exercise")).toEqual(Array(3).fill("Not answered yet.\n"));
    expect(answers("solution")).toEqual(Array(3).fill("Right.\n"));
  });
});
