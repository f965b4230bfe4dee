/** Searches with real trials, in this process and in others; `trials` is a module as users write it. */
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inProcess, type SearchOptions, type SearchResults, search, workers } from "gradbook";
import { describe, expect, it } from "vitest";
import { installLoader } from "../../kernel/dist/interpreter/loader.js";
import { temporaryFolder } from "../helpers/folder.js";
import { turn } from "../helpers/long.js";
import { needing, root } from "../helpers/needs.js";

const module = join(root, "test/helpers/trials.ts");
installLoader(root); // As in a notebook: this process, too, knows TypeScript.

const rate = { low: 1e-5, high: 1, log: true };
const valley: SearchOptions = {
  ...{ module, export: "valley", space: { rate, width: [16, 32, 64, 128] } },
  ...{ trials: 24, seed: 1, progress: false },
};
const house: SearchOptions = { ...valley, export: "house", space: { rate: { ...rate, low: 1e-3 } }, trials: 12 };

/** One trial for each way to end. */
const accidents = (how: string[], options: Partial<SearchOptions> = {}, marker = "") => {
  const space = { how, marker: [marker] };
  return search({ ...valley, export: "accident", space, trials: "grid", executor: workers({ count: 2 }), ...options });
};
const reasons = ({ trials }: SearchResults) => trials.map(({ status, reason }) => `${status} ${reason}`.trim());

const tables: [string, SearchOptions][] = [
  ["a toy with pruning", { ...valley, pruning: { rungs: [1, 3] } }],
  ["the house prices, all trials to their end", house],
  ["the house prices with pruning", { ...house, pruning: { rungs: [1, 2], reduction: 2 } }],
];

describe("the same seed gives the same table", () => {
  const now = turn(tables, ([name]) => name.startsWith("a toy"));
  it.each(now)("with every executor and number of workers: %s", { tags: "long" }, async (_, options) => {
    const tables = [];
    for (const executor of [inProcess(), workers({ count: 1 }), workers({ count: 3 })]) {
      tables.push((await search({ ...options, executor })).table);
    }
    expect(tables[1]).toEqual(tables[0]);
    expect(tables[2]).toEqual(tables[0]);
    expect(new Set(tables[0]!.map(({ loss }) => loss)).size).toBe(options.trials);
    const statuses = new Set(tables[0]!.map(({ status }) => status));
    expect([...statuses].sort()).toEqual("pruning" in options ? ["done", "pruned"] : ["done"]);
  });

  it("and more trials leave the first ones as they are, another seed does not", async () => {
    const executor = inProcess();
    const [few, more, other] = [
      await search({ ...valley, executor, trials: 4 }),
      await search({ ...valley, executor, trials: 6 }),
      await search({ ...valley, executor, trials: 4, seed: 2 }),
    ];
    expect(more.table.slice(0, 4)).toEqual(few.table);
    expect(other.table[0]).not.toEqual(few.table[0]);
  });
});

describe("every trial ends once, as a result or as a failure with its reason", () => {
  it("that throws, returns no number, or reports none", { tags: "all" }, async () => {
    const found = await accidents(["fine", "throws", "NaN", "nothing", "reports NaN", "forgets to await"]);
    expect(reasons(found)).toEqual([
      "done",
      "failed the data are gone",
      "failed Trial: expected a finite loss, received NaN.",
      "failed Trial: expected a loss, or an object with one, to be returned, received undefined.",
      "failed report: expected a finite loss, received NaN at step 1.",
      "failed report: expected a finite loss, received Infinity at step 1.",
    ]);
    expect(found.summary).toBe("6 trials: 1 done, 5 failed");
  });

  it("that never ends, whether it waits or blocks", { tags: "all" }, async () => {
    const found = await accidents(["blocks", "fine", "waits", "fine"], { timeLimit: 2 });
    const late = "failed it had not ended after 2 s, the time limit";
    expect(reasons(found)).toEqual([late, "done", late, "done"]);
  });

  it("whose process is killed again and again, or only once", { tags: "all" }, async () => {
    const marker = join(temporaryFolder().path, "marker");
    const found = await accidents(["killed", "exits", "killed once"], {}, marker);
    expect(reasons(found)).toEqual([
      "failed its process was lost 3 times, the last time because it was ended by SIGKILL",
      "failed its process was lost 3 times, the last time because it ended with exit code 3",
      "done",
    ]);
  });

  it("tries a failed trial again when asked to", { tags: "all" }, async () => {
    const marker = () => join(temporaryFolder().path, "marker");
    expect(reasons(await accidents(["throws once"], {}, marker()))).toEqual(["failed only once"]);
    expect(reasons(await accidents(["throws once"], { retries: 1 }, marker()))).toEqual(["done"]);
  });
});

describe("a search refuses", () => {
  it.each<[string, Partial<SearchOptions>, string]>([
    ["a module that is not there", { module: "nowhere.ts" }, "expected a module at"],
    [
      "an export that is not there",
      { export: "hill" },
      "test/helpers/trials.ts: expected an exported function hill, received",
    ],
    ["no trials", { trials: 0 }, "expected trials to be a positive integer, received 0"],
    [
      "a time limit in this process",
      { timeLimit: 1, executor: inProcess() },
      "inProcess: expected no timeLimit, received 1",
    ],
    ["a name that no queue takes", { name: "a:b" }, 'received "a:b"'],
    [
      "a bad range",
      { space: { rate: { low: 1, high: 0 } } },
      "expected low ≤ high in the range of rate, received 1 and 0",
    ],
  ])("%s", async (_, options, message) => {
    await expect(search({ ...valley, ...options })).rejects.toThrow(message);
  });

  it("workers by halves", () => {
    expect(() => workers({ count: 1.5 })).toThrow("expected count to be a positive integer, received 1.5");
  });
});

describe("a search with a file", () => {
  const pruning = { rungs: [1, 3] };

  it("goes on after its process was killed, and ends as if nothing had happened", { tags: "all" }, async () => {
    const folder = temporaryFolder();
    const file = join(folder.path, "valley.jsonl");
    const options = { ...house, pruning: { rungs: [1, 2], reduction: 2 }, trials: 24 };
    const program = folder.write(
      "search.mjs",
      `import { readFileSync } from "node:fs";
      import { search, workers } from ${JSON.stringify(new URL(`file://${join(root, "dist/entry/ready.js")}`).href)};
      const { parallel, open } = workers({ count: 2 });
      const lines = () => readFileSync(${JSON.stringify(file)}, "utf8").split("\\n").length - 1;
      // By itself: another process might be late.
      const die = () => process.kill(process.pid, "SIGKILL");
      const dying = ({ run, close }) => ({ run: (...words) => (lines() < 8 ? run(...words) : die()), close });
      await search({ ...${JSON.stringify({ ...options, file })}, executor: { parallel, open: () => dying(open()) } });`,
    );
    expect(spawnSync(process.execPath, [program], { stdio: "inherit" }).signal).toBe("SIGKILL");
    const lines = () => readFileSync(file, "utf8").split("\n").length - 1;
    const before = lines();
    appendFileSync(file, '[39,{"reports":[[1,');
    const resumed = await search({ ...options, file, executor: workers({ count: 2 }) });
    const fresh = await search({ ...options, executor: workers({ count: 1 }) });
    expect(before).toBeGreaterThan(7);
    expect(before).toBeLessThan(25);
    expect(resumed.table).toEqual(fresh.table);
    expect(lines()).toBe(25);
  });

  it("takes what is there, and runs only what is new", async () => {
    const file = join(temporaryFolder().path, "below/valley.jsonl");
    const first = await search({ ...valley, pruning, file, executor: inProcess(), trials: 5 });
    const run = () => Promise.reject(new Error("not again"));
    const refusing = { parallel: 1, open: () => ({ run, close: async () => {} }) };
    expect((await search({ ...valley, pruning, file, executor: refusing, trials: 5 })).table).toEqual(first.table);
    await expect(search({ ...valley, pruning, file, executor: refusing, trials: 6 })).rejects.toThrow("not again");
    const more = await search({ ...valley, pruning, file, executor: inProcess(), trials: 6 });
    expect(more.table.slice(0, 5)).toEqual(first.table);
  });

  it("refuses the file of another search, and one that is none", async () => {
    const folder = temporaryFolder();
    const file = join(folder.path, "valley.jsonl");
    await search({ ...valley, file, executor: inProcess(), trials: 2 });
    await expect(search({ ...valley, file, seed: 7, name: "other" })).rejects.toThrow(
      "expected the file of this search, received one with a different name, seed: name another file",
    );
    const text = folder.write("text", "Dear reader\n");
    await expect(search({ ...valley, file: text })).rejects.toThrow(
      "line 1: expected JSON, received Dear reader: name another file",
    );
  });

  it("keeps the first of two outcomes of a trial", async () => {
    const file = join(temporaryFolder().path, "valley.jsonl");
    const first = await search({ ...valley, file, executor: inProcess(), trials: 2 });
    const other = { status: "done", loss: -1, metrics: { twice: -2 }, reports: [], seconds: 1 };
    appendFileSync(file, `${JSON.stringify([1, other])}\n`);
    expect((await search({ ...valley, file, executor: inProcess(), trials: 2 })).table).toEqual(first.table);
  });

  it("refuses a line that is no outcome, with its number, and leaves the file as it is", async () => {
    const file = join(temporaryFolder().path, "valley.jsonl");
    await search({ ...valley, file, executor: inProcess(), trials: 2 });
    const whole = readFileSync(file, "utf8");
    for (const [line, message] of [
      ["7", "line 4: expected [number, outcome] of a trial, received 7: name another file"],
      ["null", "line 4: expected [number, outcome] of a trial, received null"],
      ['[-1, {"status":"stopped","reports":[],"seconds":1}]', "line 4: expected [number, outcome] of a trial"],
      ['[5, {"status":"done"}]', "line 4: expected the seconds of a trial, received undefined"],
      ['[5, {"status":"done","reports":[],"seconds":1,"metrics":{}}]', "line 4: expected a finite loss"],
      ['[5, {"status":"failed","reports":null,"seconds":1}]', "line 4: expected reports [step, loss]"],
      ["[5,", "line 4: expected JSON, received [5,"],
    ]) {
      writeFileSync(file, `${whole}${line}\n`);
      await expect(search({ ...valley, file, executor: inProcess(), trials: 2 })).rejects.toThrow(message);
      expect(readFileSync(file, "utf8")).toBe(`${whole}${line}\n`);
    }
    writeFileSync(file, whole.replaceAll("\n", "\r\n"));
    expect((await search({ ...valley, file, executor: inProcess(), trials: 2 })).ranked).toHaveLength(2);
  });

  needing("Linux")("a line for which there is no room leaves the file whole", () => {
    const { path } = temporaryFolder();
    const program = `
      import { readFileSync, writeFileSync } from "node:fs";
      import { ResultsFile } from ${JSON.stringify(pathToFileURL(join(root, "dist/search/results-file.js")).href)};
      const file = new ResultsFile(process.argv.at(-1), { name: "trial" });
      const outcome = { status: "done", loss: 1, metrics: {}, reports: Array(400).fill([1, 0.5]), seconds: 1 };
      try {
        for (let i = 0; ; i++) file.append(i, outcome);
      } catch (error) {
        console.log(error.code, file.outcomes.size, readFileSync(process.argv.at(-1), "utf8").split("\\n").at(-1) === "");
      }`;
    const mount = `mount -t tmpfs -o size=100k tmpfs "$2" && exec "$0" --input-type=module -e "$1" "$2/trials.jsonl"`;
    const words = ["-rm", "sh", "-c", mount, process.execPath, program, path];
    const child = spawnSync("unshare", words, { encoding: "utf8" });
    expect(child.stdout + child.stderr).toMatch(/^ENOSPC \d+ true\n$/);
  });

  it("can be left and taken up", async () => {
    const file = join(temporaryFolder().path, "valley.jsonl");
    const leave = new AbortController();
    const space = { how: ["fine", "waits"], marker: [""] };
    const options = { ...valley, export: "accident", space, trials: "grid" as const, file };
    const left = search({ ...options, executor: workers({ count: 1 }), signal: leave.signal });
    const lines = () => readFileSync(file, "utf8").split("\n").length - 1;
    const reason = expect(left).rejects.toThrow("enough for today");
    while (!existsSync(file) || lines() < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    leave.abort(new Error("enough for today"));
    await reason;
    expect(lines()).toBe(2);
  });
});

describe("code that was edited", () => {
  const at = (x: number) => ({ space: { x: [x] }, trials: "grid" as const });

  it("is another search, and runs in new processes: what it imports, too", async () => {
    const folder = temporaryFolder();
    folder.write("package.json", '{ "name": "own", "type": "module" }');
    const file = join(folder.path, "trials.jsonl");
    const trial = folder.write(
      "trial.ts",
      'import { factor } from "./factor.mjs";\nexport const trial = ({ x }: { x: number }) => factor * x;\n',
    );
    const own = { ...valley, module: trial, export: "trial", executor: workers({ count: 1 }), ...at(3) };
    folder.write("factor.mjs", "export const factor = 2;\n");
    expect((await search({ ...own, file })).best.loss).toBe(6);
    folder.write("factor.mjs", "export const factor = 5;\n");
    await expect(search({ ...own, file })).rejects.toThrow("received one with a different code");
    expect((await search(own)).best.loss).toBe(15);
    expect((await search({ ...own, executor: inProcess() })).best.loss).toBe(15);
    folder.write("factor.mjs", "export const factor = 7;\n");
    await expect(search({ ...own, executor: inProcess() })).rejects.toThrow(
      "received factor.mjs, edited after this process has loaded it: start it anew, or run the trials in processes",
    );
    folder.write("factor.mjs", "export const factor = 5;\n");
    expect((await search({ ...own, executor: inProcess() })).best.loss).toBe(15);
  });

  it("in CommonJS, too", async () => {
    const folder = temporaryFolder();
    const write = (factor: number) => folder.write("trial.cjs", `exports.trial = ({ x }) => ${factor} * x;\n`);
    const own = { ...valley, module: write(2), export: "trial", executor: inProcess(), ...at(3) };
    expect((await search(own)).best.loss).toBe(6);
    write(5);
    await expect(search(own)).rejects.toThrow("received trial.cjs, edited after this process has loaded it");
  });
});

it("two searches at once, of the same executor, do not disturb each other", { tags: "all" }, async () => {
  const executor = workers({ count: 2 });
  const [short, long] = [
    search({ ...valley, executor, trials: 2 }),
    search({ ...valley, executor, trials: 40, seed: 2 }),
  ];
  expect((await short).ranked).toHaveLength(2);
  expect((await long).ranked).toHaveLength(40);
});

describe("what a search gives", () => {
  it("k-fold cross-validation, the folds as a hyperparameter", { tags: "all" }, async () => {
    const space = { rate: [0.05], fold: [0, 1, 2, 3, 4] };
    const folds = await search({ ...house, space, trials: "grid", executor: workers({ count: 2 }) });
    expect(folds.trials.map(({ parameters }) => parameters.fold)).toEqual([0, 1, 2, 3, 4]);
    for (const { loss } of folds.trials) expect(loss).toBeLessThan(0.5);
    const alone = await search({ ...house, space, trials: "grid", executor: inProcess() });
    expect(alone.table).toEqual(folds.table);
  });

  it("a table, a DataFrame, a figure and what a notebook shows", async () => {
    const found = await search({ ...valley, pruning: { rungs: [1] }, executor: inProcess(), trials: 8 });
    expect(Object.keys(found.table[0]!)).toEqual([
      ...["number", "rate", "width", "status", "loss", "twice", "steps", "reason"],
    ]);
    const frame = found.toFrame();
    expect(frame.shape).toEqual([8, 8]);
    expect(frame.column("loss").values).toEqual(found.table.map(({ loss }) => loss));
    expect(found.figure().data.length).toBeGreaterThan(2);
    const bundle = found[Symbol.for("Jupyter.display") as never] as () => Record<string, string>;
    const shown = bundle.call(found);
    expect(shown["text/plain"]).toContain(found.summary);
    expect(shown["text/plain"]!.split("\n")[1]).toContain(found.best.loss.toPrecision(4));
    expect(shown["text/html"]).toContain("<th>rate</th>");
  });

  it("an error in place of a best trial where all failed", async () => {
    const found = await accidents(["throws", "NaN"], { executor: inProcess() });
    expect(() => found.best).toThrow("received none of 2; the first failed because the data are gone");
    expect(() => found.figure()).toThrow("expected a trial with a loss to draw, received none");
  });
});
