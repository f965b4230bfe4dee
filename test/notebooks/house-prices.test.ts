/**
 * The main job, driven as a user drives it: `gradbook run notebooks/14-house-prices.ipynb` in a process of its own. The error path
 * comes first: one clear message, an exit code, and an earlier submission untouched. `npm test` makes one mistake of each kind,
 * `npm run test:all` the others.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { expectWholeRun, figures, runChapter } from "../helpers/course.js";
import { kaggleFolder, needing, root } from "../helpers/needs.js";
import { gradbook } from "../helpers/notebook.js";

const folder = mkdtempSync(join(tmpdir(), "gradbook-houses-"));
const ames = join(root, "data/ames");
const submission = join(folder, "submission.csv");
const improved = join(folder, "better.csv");
const earlier = "Id,SalePrice\n1461,1\n";
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...parameters: string[]) =>
  gradbook(["run", join(root, "notebooks/14-house-prices.ipynb"), join(folder, "executed.ipynb"), ...parameters], {
    cwd: folder,
  });
const small = { epochs: 1, folds: 2, linearEpochs: 1, networkEpochs: 1, networks: 1 };
const quick = Object.entries(small).flatMap(([name, value]) => ["-p", name, `${value}`]);

/** The shipped training table with its lines changed, in a file of its own. */
function changedTrain(change: (lines: string[]) => string[]): string {
  const file = join(folder, "changed.csv");
  const lines = readFileSync(join(ames, "train.csv"), "utf8").trimEnd().split("\n");
  writeFileSync(file, `${change(lines).join("\n")}\n`);
  return file;
}

/** `line` with the cell of column `name` replaced. */
function withCell(header: string, line: string, name: string, cell: string): string {
  const at = header.split(",").indexOf(name);
  return line
    .split(",")
    .map((old, i) => (i === at ? cell : old))
    .join(",");
}

describe("bad input", () => {
  beforeEach(() => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(submission, earlier);
  });

  const cases: [string, () => string[], RegExp[]][] = [
    ["a missing file", () => ["-p", "train", "nowhere.csv"], [/nowhere\.csv/]],
    [
      "a missing column",
      () => ["-p", "train", changedTrain((lines) => lines.map((line) => line.split(",").slice(0, -1).join(",")))],
      [/changed\.csv/, /"SalePrice"/],
    ],
    [
      "a doubled column",
      () => ["-p", "train", changedTrain(([header, ...rows]) => [header!.replace("LotArea", "Street"), ...rows])],
      [/changed\.csv/, /"Street"/],
    ],
    [
      "a ragged row",
      () => ["-p", "train", changedTrain((lines) => lines.with(7, `${lines[7]},extra`))],
      [/changed\.csv/, /line 8/],
    ],
    [
      "text in a numeric column",
      () => ["-p", "train", changedTrain((lines) => lines.with(7, withCell(lines[0]!, lines[7]!, "LotArea", "large")))],
      [/changed\.csv/, /line 8/, /"LotArea"/, /"large"/],
    ],
    ["an empty table", () => ["-p", "train", changedTrain(([header]) => [header!])], [/changed\.csv/]],
    ["an unknown category", () => ["-p", "handleUnknown", "error"], [/row \d+, column "\w+"/]],
    ["a non-finite prediction", () => ["-p", "learningRate", "1e38"], [/row \d+ \(Id \d+\), column "SalePrice"/]],
    [
      "an output path below a regular file",
      () => ["-p", "submission", join(submission, "below", "submission.csv")],
      [/submission\.csv/],
    ],
  ];
  it.each(cases)("%s ends with one message and loses nothing", { tags: "all" }, (_name, parameters, messages) => {
    const words = ["-p", "submission", submission, ...quick, ...parameters()];
    const { status, stderr, stdout } = run(...words);
    expect(status).toBe(1);
    for (const message of messages) expect(stderr).toMatch(message);
    expect(stdout).not.toContain("submission");
    expect(readFileSync(submission, "utf8")).toBe(earlier);
    expect(readdirSync(folder).filter((name) => name.startsWith("submission"))).toEqual(["submission.csv"]);
  });

  it("an unknown parameter is named with the known ones", () => {
    const { status, stderr } = run("-p", "epoch", "3");
    expect(status).toBe(1);
    expect(stderr).toMatch(/epochs.*received epoch/);
  });
});

/** The mean errors that the chapter's summary names. */
function errorsIn(stdout: string): { train: number; validation: number; improved: number } {
  const error = (begin: string) => Number(new RegExp(`^${begin} logRmse +([\\d.]+)`, "m").exec(stdout)?.[1]);
  return { train: error("train"), validation: error("validation"), improved: error("improved +validation") };
}

const outputs = ["-p", "submission", submission, "-p", "improved", improved];

/** The Ids in a submission, in their order. */
function idsOf(file: string): number[] {
  const [header, ...rows] = readFileSync(file, "utf8").trimEnd().split("\n");
  expect(header).toBe("Id,SalePrice");
  return rows.map((row) => Number(row.split(",")[0]));
}

/** The error that `gradbook score` prints. */
function scoreOf(file: string): number {
  const { status, stdout } = gradbook(["score", file]);
  expect(status).toBe(0);
  return Number(/[\d.]+$/.exec(stdout.trim())?.[0]);
}

describe("the original pipeline, and the improved one", () => {
  it("on the shipped tables give the published errors and better ones, submissions and pictures", {
    tags: "all",
  }, () => {
    const name = "14-house-prices.ipynb";
    const { notebook, stdout } = runChapter(name, folder, {}, { words: outputs });
    expectWholeRun(name, notebook);
    const errors = errorsIn(stdout);
    expect(Math.abs(errors.train - 0.1675)).toBeLessThanOrEqual(0.002);
    expect(Math.abs(errors.validation - 0.1727)).toBeLessThanOrEqual(0.002);
    // WebAssembly has one small network for the ensemble.
    expect(errors.improved).toBeLessThanOrEqual(0.13);
    expect(Math.abs(scoreOf(submission) - 0.162)).toBeLessThanOrEqual(0.003);
    expect(scoreOf(improved)).toBeLessThanOrEqual(0.122);
    const testIds = Array.from({ length: 1459 }, (_, i) => 1461 + i);
    for (const file of [submission, improved]) expect(idsOf(file)).toEqual(testIds);

    expect(figures(notebook)).toHaveLength(7);
    const executed = readFileSync(join(folder, `executed-${name}`), "utf8");
    expect(executed.length).toBeLessThan(1_000_000);
    // plotly.js is some megabytes of script with this name in it.
    expect(executed).not.toContain("Plotly.js v");
  });

  it("takes a folder with train.csv and test.csv", { tags: "all" }, () => {
    const data = join(folder, "tables");
    mkdirSync(data, { recursive: true });
    for (const name of ["train.csv", "test.csv"]) copyFileSync(join(ames, name), join(data, name));
    const { status, stderr } = run(...outputs, "-p", "data", "tables", ...quick);
    expect(status, stderr).toBe(0);
    expect(idsOf(submission)).toHaveLength(1459);
  });

  needing("the Kaggle files", "all")("on the real Kaggle files gives the published errors", () => {
    const { status, stdout, stderr } = run(...outputs, "-p", "data", kaggleFolder);
    expect(status, stderr).toBe(0);
    const { train, validation } = errorsIn(stdout);
    expect(Math.abs(train - 0.1652)).toBeLessThanOrEqual(0.002);
    expect(Math.abs(validation - 0.1702)).toBeLessThanOrEqual(0.002);
  });
});
