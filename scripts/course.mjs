/**
 * `npm run course`: executes the notebooks anew, in place, with the native engine. `npm run course -- 04 dropout` takes only those
 * whose names contain one of the words. What has come out the same leaves the file as it is. A notebook that fails, is too
 * large or names a folder of this machine is not stored: what ran is in `out/` then. What the cell tagged `key-numbers` prints
 * with WebAssembly, where chapters use smaller settings, goes to `test/goldens/wasm-key-numbers.json`.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, sep } from "node:path";
import { prepare, root, runNode } from "./prepare.mjs";

const largest = 1_000_000;
const wasmKeyNumbers = join("test", "goldens", "wasm-key-numbers.json");

/**
 * `fresh` as it is to be stored. A cell tagged `varies`, which shows a time, say, keeps the output of `stored` as long as it is
 * the same cell. Progress bars leave spaces at the ends of lines, how many depends on the machine's speed: they go.
 */
function normalize(fresh, stored) {
  for (const cell of fresh.cells) {
    const earlier = stored.cells.find(({ id }) => id === cell.id);
    const kept =
      cell.metadata.tags?.includes("varies") && earlier?.source === cell.source && earlier.outputs.length > 0;
    if (kept) cell.outputs = earlier.outputs;
    for (const output of cell.outputs ?? []) {
      if (output.output_type === "stream") output.text = output.text.replace(/[ \t]+$/gm, "");
    }
  }
  return fresh;
}

/** Throws where `text` must not be stored. */
function check(text) {
  if (text.length > largest) throw new Error(`expected at most ${largest} bytes, received ${text.length}: show less`);
  const folder = [root, homedir()].find((path) => text.includes(JSON.stringify(path + sep).slice(1, -1)));
  if (folder === undefined) return;
  throw new Error(`expected no folder of this machine, received ${folder} in an output: print relative paths`);
}

/** Executes a stored notebook with an engine; gives what ran, and how long it took. */
async function run(name, engine) {
  const { runNotebook } = await import("../dist/kernel/runner/run-notebook.js");
  const { readNotebook } = await import("../dist/kernel/runner/notebook-file.js");
  process.env.GRADBOOK_ENGINE = engine;
  const output = join("out", engine === "native" ? name : `${engine}-${name}`);
  const { failure, seconds } = await runNotebook({ input: join("notebooks", name), output });
  if (failure !== undefined) throw new Error(`${engine}: ${failure}`);
  return { notebook: readNotebook(output), seconds };
}

/** Stores the key numbers of a notebook that ran with WebAssembly. */
function storeKeyNumbers(name, { cells }) {
  const stored = JSON.parse(readFileSync(wasmKeyNumbers, "utf8"));
  const outputs = cells.flatMap((cell) => (cell.metadata.tags?.includes("key-numbers") ? cell.outputs : []));
  const lines = outputs.flatMap(({ text = "" }) => text.trim().split("\n"));
  const all = Object.entries({ ...stored, [name]: lines }).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(wasmKeyNumbers, `${JSON.stringify(Object.fromEntries(all), null, 2)}\n`);
}

/** Executes one notebook; tells what has become of it. */
async function execute(name) {
  const { formatNotebook, readNotebook, writeNotebook } = await import("../dist/kernel/runner/notebook-file.js");
  const stored = join("notebooks", name);
  const { notebook: fresh, seconds } = await run(name, "native");
  const notebook = normalize(fresh, readNotebook(stored));
  const text = formatNotebook(notebook);
  check(text);
  const changed = text !== readFileSync(stored, "utf8");
  if (changed) writeNotebook(stored, notebook);
  storeKeyNumbers(name, (await run(name, "wasm")).notebook);
  const size = `${Math.round(text.length / 1000)} kB`;
  return `${seconds.toFixed(1).padStart(5)} s  ${size.padStart(6)}  ${changed ? "changed" : "unchanged"}`;
}

process.chdir(root);
await prepare();
runNode("dist/kernel/main.js", ["setup"]);
const words = process.argv.slice(2);
const names = readdirSync("notebooks")
  .filter((name) => name.endsWith(".ipynb") && (words.length === 0 || words.some((word) => name.includes(word))))
  .sort();
if (names.length === 0) {
  console.error(
    `npm run course: expected the names of notebooks, received ${words.join(" ")}: see the folder notebooks.`,
  );
  process.exitCode = 1;
}
for (const name of names) {
  try {
    console.log(`${name}: ${await execute(name)}`);
  } catch (error) {
    console.error(`${name}: ${error.message}`);
    process.exitCode = 1;
  }
}
