/**
 * `npm run bench`: how fast the library is beside numpy, PyTorch, `tf.layers`, pandas, polars and danfo, on this machine, in one run.
 * Words choose workloads (`npm run bench w1 w2`); `kernel`, `house-prices` and `search` are measurements of their own, run when named.
 */
import { join } from "node:path";
import { program } from "commander";
import { writeFileWhole } from "gradbook-kernel/write-file";
import { engine } from "../entry/ready.js";
import { c } from "./c-cold-start.js";
import { cnn } from "./cnn.js";
import { compare, type Row, type Workload } from "./compare.js";
import { e } from "./e-epochs.js";
import { f } from "./f-short-fits.js";
import { benchHousePrices } from "./house-prices.js";
import { k } from "./k-folds.js";
import { benchKernel } from "./kernel.js";
import { m } from "./m-wide-data.js";
import { describeMachine } from "./machine.js";
import { n } from "./n-small-networks.js";
import { predicting } from "./p-predict.js";
import { p } from "./p-preprocessing.js";
import { Python } from "./python.js";
import { r8, r8q, r8s, r20, r20q, rWide } from "./r-reading.js";
import { s } from "./s-sweep.js";
import { scaling } from "./scaling.js";
import { benchSearch } from "./search.js";
import { t } from "./t-tf-layers.js";
import { w1 } from "./w1-dropout-toy.js";
import { w2, w2bn } from "./w2-digits.js";
import { w3 } from "./w3-linear.js";
import { w4, w4v } from "./w4-quadratic.js";
import { wasm } from "./wasm.js";

const workloads: Workload[] = [
  w1,
  w2,
  w2bn,
  w3,
  w4,
  w4v,
  ...e,
  ...f,
  c,
  m,
  cnn,
  s,
  k,
  ...n,
  ...predicting,
  ...wasm,
  t,
  p,
  r8,
  r8q,
  r8s,
  r20,
  r20q,
  rWide,
  scaling,
];
const others: { [name: string]: (rounds: number) => Promise<void> } = {
  "house-prices": benchHousePrices,
  kernel: benchKernel,
  search: benchSearch,
};

const names = [...workloads.map(({ name }) => name.toLowerCase()), ...Object.keys(others)];
program
  .name("npm run bench --")
  .description("Measures the library beside its peers. Without names: every workload.")
  .argument("[names...]", names.join(", "))
  .option("--rounds <number>", "rounds, in each of which every engine has its turn", "7")
  .option("--threads <numbers>", "threads of numpy and PyTorch, each a peer of its own", "1,2")
  .option("--no-python", "leave out the peers in Python")
  .option("--out <file>", "where the rows go", join("out", "bench.json"))
  .parse();
type Options = { rounds: string; threads: string; python: boolean; out: string };
const { rounds: given, threads: list, python: wanted, out } = program.opts<Options>();
const rounds = Number(given);
const threads = list.split(",").map(Number);
const chosen = program.args.map((name) => name.toLowerCase());
const unknown = chosen.find((name) => !names.includes(name));
if (unknown !== undefined) program.error(`Expected one of ${names.join(", ")}, received ${unknown}.`);
if (!Number.isInteger(rounds) || rounds < 1) program.error(`Expected --rounds to be at least 1, received ${given}.`);

if (!threads.every((count) => Number.isInteger(count) && count > 0)) {
  program.error(`Expected --threads to be numbers such as 1,2, received ${list}.`);
}

async function startPython(): Promise<Python | undefined> {
  if (!wanted) return undefined;
  try {
    return await Python.start();
  } catch (error) {
    console.log(`Without numpy, PyTorch, pandas and polars, which cannot be had here: ${(error as Error).message}.`);
    return undefined;
  }
}

function print({ name, title, unit }: Workload, rows: readonly Row[]): void {
  console.log(`\n${name}  ${title}: ${unit}, and how many times as fast as the best peer`);
  for (const { engine, ms, ratioToBestPeer } of rows) {
    const ratio = ratioToBestPeer === null ? "" : `${ratioToBestPeer.toFixed(2).padStart(9)}×`;
    console.log(`  ${engine.padEnd(28)}${ms.toPrecision(3).padStart(10)}${ratio}`);
  }
}

for (const [name, bench] of Object.entries(others)) if (chosen.includes(name)) await bench(Math.min(rounds, 5));
const measured = workloads.filter(({ name }) => chosen.length === 0 || chosen.includes(name.toLowerCase()));
if (measured.length > 0) {
  const python = await startPython();
  try {
    const versions = python ? await python.call<{ [name: string]: string }>("versions.versions", {}) : {};
    const machine = { ...describeMachine(), engine: engine.description, ...versions };
    for (const [what, value] of Object.entries(machine)) console.log(`${what.padEnd(12)}${value}`);
    console.log(`${"rounds".padEnd(12)}${rounds}`);
    const rows: Row[] = [];
    const titles = measured.map(({ name, title, unit }) => ({ name, title, unit }));
    for (const workload of measured) {
      const found = await compare(workload, rounds, python, threads);
      print(workload, found);
      rows.push(...found);
      writeFileWhole(out, `${JSON.stringify({ machine, rounds, workloads: titles, rows }, null, 2)}\n`);
    }
    console.log(`\n${out} written.`);
  } finally {
    python?.end();
  }
}
