/**
 * `npm run claims`: runs the chapters with other seeds, several at once, and counts in `test/goldens/claims.json` how often each of
 * their claims holds. `npm run claims -- 06 dropout` takes only those whose names contain one of the words, `--seeds 5` the seeds
 * 0 to 4 (default 20), `--processes 3` so many at once (default: one for each core). A seed that is stored is not run again, as long
 * as the chapter computes the same: what was broken off goes on. The whole takes an hour and more. In the end the chapters' texts
 * say what was counted.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { InvalidArgumentError, program } from "commander";
import { prepare, root, runNode } from "./prepare.mjs";

const store = join("test", "goldens", "claims.json");

/**
 * What a chapter computes: its claims as they are written, and every number that it prints with the stored seed. Other code that
 * prints the same (another figure, another wording) leaves the stored seeds as they are.
 */
function fingerprint(name, { cells }) {
  const stale = cells.some(
    ({ cell_type, source, execution_count }) => cell_type === "code" && source && !execution_count,
  );
  if (stale)
    throw new Error(`${name}: expected a chapter that ran as it stands, received new code: npm run course first`);
  const steady = cells.filter(({ metadata }) => !metadata.tags?.includes("varies"));
  const prints = steady.flatMap(({ outputs = [] }) => outputs.map(({ text = "" }) => text)).join("\n");
  const numbers = prints.match(/\d+(\.\d+)?/g) ?? [];
  const claims = cells.find(({ metadata }) => metadata.tags?.includes("claims"));
  return createHash("sha256")
    .update([claims.source, ...numbers.map(Number)].join("\0"))
    .digest("hex")
    .slice(0, 12);
}

/** Which claims hold, by their sentences, in a chapter that has run. */
function readClaims({ cells }) {
  const cell = cells.find(({ metadata }) => metadata.tags?.includes("claims"));
  const lines = cell.outputs.flatMap(({ text = "" }) => text.split("\n"));
  const found = lines.flatMap((line) => {
    const [, verdict, claim] = /^(holds|not so with these knobs): (.+)$/.exec(line) ?? [];
    return verdict ? [[claim, verdict === "holds"]] : [];
  });
  if (found.length === 0) throw new Error("expected claims in the cell tagged claims, received none");
  return Object.fromEntries(found);
}

/** Runs a chapter with a seed in a process of its own; gives the notebook that ran. */
async function run(name, seed) {
  const output = join("out", "claims", `${seed}-${name}`);
  const words = ["dist/cli/main.js", "run", join("notebooks", name), output, "-p", "randomSeed", String(seed)];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (chunk) => (stderr += chunk));
  const status = await new Promise((done, fail) => child.once("error", fail).once("close", done));
  if (status !== 0) throw new Error(stderr.trim().split("\n").slice(-3).join("\n"));
  const { readNotebook } = await import("../kernel/dist/runner/notebook-file.js");
  return readNotebook(output);
}

/** The store with the outcome of one more seed, written whole. */
function keep(name, computed, seed, claims) {
  const all = JSON.parse(readFileSync(store, "utf8"));
  const earlier = all[name]?.computed === computed ? all[name] : { computed, seeds: [], notSo: {} };
  const notSo = { ...earlier.notSo };
  for (const [claim, holds] of Object.entries(claims)) {
    const seeds = [...(notSo[claim] ?? []), ...(holds ? [] : [seed])];
    notSo[claim] = seeds.sort((a, b) => a - b);
  }
  all[name] = { computed, seeds: [...earlier.seeds, seed].sort((a, b) => a - b), notSo };
  const sorted = Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(`${store}.new`, `${JSON.stringify(sorted, null, 1)}\n`);
  renameSync(`${store}.new`, store);
}

/** Writes into each chapter, behind what it says of its claims, in how many seeds they hold. */
async function tell() {
  const { readNotebook, writeNotebook } = await import("../kernel/dist/runner/notebook-file.js");
  for (const [name, { seeds, notSo }] of Object.entries(JSON.parse(readFileSync(store, "utf8")))) {
    const notebook = readNotebook(join("notebooks", name));
    const text = notebook.cells.find(({ id }) => id === "claims-text");
    const some = Object.entries(notSo).filter(([, failed]) => failed.length > 0);
    const lines = some.map(
      ([claim, failed]) => `- ${claim}: in ${seeds.length - failed.length} of ${seeds.length} seeds`,
    );
    const counted = `Counted over ${seeds.length} seeds (\`npm run claims\`), `;
    const all =
      some.length === 0 ? "every one of them holds in each." : `they hold in each, but for\n\n${lines.join("\n")}`;
    const source = `${text.source.split("\n\nCounted over ")[0]}\n\n${counted}${all}`;
    if (source === text.source) continue;
    text.source = source;
    writeNotebook(join("notebooks", name), notebook);
  }
}

process.chdir(root);
const whole = (text) => {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Expected a whole number above 0.");
};
program
  .name("npm run claims --")
  .description("Counts over seeds how often the chapters' claims hold. Without words: of every chapter.")
  .argument("[words...]", "parts of the chapters' names")
  .option("--seeds <n>", "the seeds 0 to n - 1", whole, 20)
  .option("--processes <n>", "so many at once", whole, availableParallelism())
  .parse();
const words = program.args;
const { seeds, processes } = program.opts();
await prepare();
runNode("dist/cli/main.js", ["setup"]);
mkdirSync(join("out", "claims"), { recursive: true });
const { readNotebook } = await import("../kernel/dist/runner/notebook-file.js");
const stored = JSON.parse(readFileSync(store, "utf8"));
const due = readdirSync("notebooks")
  .filter((name) => name.endsWith(".ipynb") && (words.length === 0 || words.some((word) => name.includes(word))))
  .flatMap((name) => {
    const computed = fingerprint(name, readNotebook(join("notebooks", name)));
    const done = stored[name]?.computed === computed ? stored[name].seeds : [];
    return Array.from({ length: seeds }, (_, seed) => ({ name, computed, seed })).filter(
      ({ seed }) => !done.includes(seed),
    );
  });
console.log(`${due.length} runs, ${processes} at once`);
async function work() {
  for (let job = due.shift(); job; job = due.shift()) {
    const { name, computed, seed } = job;
    try {
      const claims = readClaims(await run(name, seed));
      keep(name, computed, seed, claims);
      const failed = Object.keys(claims).filter((claim) => !claims[claim]);
      console.log(`${name}, seed ${seed}: ${failed.length === 0 ? "all hold" : `not so: ${failed.join("; ")}`}`);
    } catch (error) {
      console.error(`${name}, seed ${seed}: ${error.message}`);
      process.exitCode = 1;
    }
  }
}
await Promise.all(Array.from({ length: processes }, work));
await tell();
