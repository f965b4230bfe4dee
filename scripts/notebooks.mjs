/**
 * `npm run notebooks -- FOLDER…`: runs all notebooks in these folders, and below, cell by cell in the kernel, and prints a table: how
 * many cells each has, how many run, and for those that do not the kind of reason. The notebooks are not changed.
 * `--details` tells of every cell that fails.
 */
import { readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { prepare, root } from "./prepare.mjs";

const words = process.argv.slice(2);
const folders = words.filter((word) => !word.startsWith("--"));
const odd = words.find((word) => word.startsWith("--") && word !== "--details");
if (folders.length === 0 || odd !== undefined) {
  console.error(`Expected npm run notebooks -- FOLDER… [--details], received ${odd ?? "no folder"}.`);
  process.exit(1);
}

await prepare();
const { surveyNotebook } = await import("../kernel/dist/runner/survey.js");

/** All notebooks at or below `path`. */
function notebooksIn(path) {
  if (!statSync(path).isDirectory()) return path.endsWith(".ipynb") ? [path] : [];
  const names = readdirSync(path).filter((name) => name !== "node_modules" && !name.startsWith("."));
  return names.sort().flatMap((name) => notebooksIn(join(path, name)));
}

const reasons = ["network", "key", "binary", "meant", "slow", "ours"];
const row = (name, figures) =>
  console.log(name.slice(0, 44).padEnd(46) + figures.map((each) => String(each).padStart(9)).join(""));
const count = (failures) => reasons.map((reason) => failures.filter((failure) => failure.reason === reason).length);

const all = [];
row("", ["cells", "passed", ...reasons]);
for (const file of folders.flatMap(notebooksIn)) {
  try {
    const surveyed = await surveyNotebook(file, { library: root });
    all.push(surveyed);
    row(relative(process.cwd(), file), [surveyed.cells, surveyed.passed, ...count(surveyed.failures)]);
    if (words.includes("--details")) {
      for (const { cell, reason, message } of surveyed.failures) console.log(`  cell ${cell}, ${reason}: ${message}`);
    }
  } catch (error) {
    console.log(`${relative(process.cwd(), file)} could not be run: ${error.message}`);
    process.exitCode = 1;
  }
}
const sum = (pick) => all.reduce((total, surveyed) => total + pick(surveyed), 0);
row(`${all.length} notebooks`, [
  sum(({ cells }) => cells),
  sum(({ passed }) => passed),
  ...count(all.flatMap(({ failures }) => failures)),
]);
