/** What `npm run claims` has counted over seeds: it is about the claims that the chapters make, and the texts say the same numbers. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hasTag } from "../../kernel/runner/notebook-file.js";
import { chapters, codeCells, printed, storedChapter } from "../helpers/course.js";
import { root } from "../helpers/needs.js";

/** For each chapter the seeds that ran, and for each claim those with which it did not hold. */
type Counts = Record<string, { computed: string; seeds: number[]; notSo: Record<string, number[]> }>;
const counts = JSON.parse(readFileSync(join(root, "test/goldens/claims.json"), "utf8")) as Counts;

it("counts for chapters that there are", () => {
  expect(chapters).toEqual(expect.arrayContaining(Object.keys(counts)));
});

describe.each(chapters)("%s", (name) => {
  const notebook = storedChapter(name);
  const texts = notebook.cells.filter(({ cell_type }) => cell_type === "markdown").map(({ source }) => source);
  const { seeds = [], notSo = {} } = counts[name] ?? {};

  it("counts the claims of the chapter", () => {
    if (seeds.length === 0) return expect(notSo).toEqual({});
    const cell = codeCells(notebook).find((one) => hasTag(one, "claims"))!;
    const claims = Array.from(printed(cell).matchAll(/^holds: (.*)$/gm), ([, claim]) => claim);
    expect(Object.keys(notSo)).toEqual(claims);
    for (const failed of Object.values(notSo)) expect(seeds).toEqual(expect.arrayContaining(failed));
  });

  it("makes no claim that holds in fewer than three of four seeds, where twenty have run", () => {
    const weak = Object.keys(notSo).filter((claim) => seeds.length >= 20 && 4 * notSo[claim]!.length > seeds.length);
    expect(weak).toEqual([]);
  });

  it("says the numbers that were counted", () => {
    const text = texts.join("\n");
    const some = Object.entries(notSo).filter(([, failed]) => failed.length > 0);
    const lines = some.map(([claim, { length }]) => `- ${claim}: in ${seeds.length - length} of ${seeds.length} seeds`);
    expect(text.match(/^- .*: in \d+ of \d+ seeds$/gm) ?? []).toEqual(lines);
    expect(text.match(/in \d+ of \d+ seeds/g) ?? []).toHaveLength(lines.length);
    expect(text.match(/Counted over \d+ seeds/g) ?? []).toEqual(
      seeds.length > 0 ? [`Counted over ${seeds.length} seeds`] : [],
    );
  });
});
