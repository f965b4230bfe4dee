/**
 * The kernel beside others: tslab, Deno and ipykernel do the same things over the same client in one run, interleaved, so that
 * a busy moment of the machine meets all of them. Medians, and those of the ratios, are printed and written to
 * out/bench-kernel.json.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type KernelProcess, startKernel } from "gradbook-kernel/client/kernel-process";
import type { Message } from "gradbook-kernel/wire/message";
import { writeFileWhole } from "gradbook-kernel/write-file";
import { median } from "./compare.js";
import { describeMachine } from "./machine.js";
import { type Peer, peers } from "./peers.js";

/** Times in ms, memory in MB, by the name of what was measured. */
type Measures = { [what: string]: number };

const printedLines = 100_000;
/** How often a warm cell is run in each round. */
const repeats = 20;

/** One figure: `ratio` is how many times ours it is. */
interface Row {
  measure: string;
  kernel: string;
  value: number;
  ratio: number | null;
}

/** Runs `code` to its idle; gives the ms until the reply and the idle were both there, and the text it printed. */
async function timeCell({ client }: KernelProcess, code: string): Promise<{ ms: number; messages: Message[] }> {
  const start = performance.now();
  const { messages, reply } = await client.execute(code).done();
  if (reply.status !== "ok") throw new Error(`A cell of the bench failed: ${reply.ename}: ${reply.evalue}\n${code}`);
  return { ms: performance.now() - start, messages };
}

/** Resident MB of the process and all its children. Linux only: elsewhere 0. */
function residentMb(pid: number): number {
  if (process.platform !== "linux") return 0;
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const own = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
  // A child belongs to the thread that has started it.
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").trim().split(" ").filter(Boolean),
  );
  return children.reduce((sum, child) => sum + residentMb(Number(child)), own);
}

/** Starts one kernel of `peer` and takes every measure once; a warm cell's is the median of some. */
async function measure(peer: Peer, cwd: string, folder: string): Promise<Measures> {
  const { cells } = peer;
  const measures: Measures = {};
  const started = performance.now();
  const kernel = await startKernel({
    command: peer.command,
    cwd,
    // Written as ever, but not into the history of who runs the bench.
    env: { GRADBOOK_HISTORY: join(folder, "history.jsonl") },
  });
  try {
    measures["start to first reply"] = performance.now() - started;
    measures["first cell"] = (await timeCell(kernel, cells.light)).ms;
    measures["start to first result"] = performance.now() - started;
    const warm = async (what: string, code: (i: number) => string, count = repeats) => {
      const times: number[] = [];
      for (let i = 0; i < count; i++) times.push((await timeCell(kernel, code(i))).ms);
      measures[what] = median(times.slice(Math.min(5, count - 1)));
      return times;
    };
    await warm("1 + 1, warm", () => cells.light);
    await warm("ten lines, warm", cells.tenLines);
    const completions: number[] = [];
    for (let i = 0; i < repeats; i++) {
      const begun = performance.now();
      const { matches } = await kernel.client.complete(cells.completion);
      completions.push(performance.now() - begun);
      if (matches.length === 0) throw new Error(`${peer.name} completes nothing of ${cells.completion}.`);
    }
    measures.completion = median(completions.slice(5));
    measures["memory, light cells (MB)"] = residentMb(kernel.child.pid!);
    if (cells.imports !== undefined && cells.typed !== undefined) {
      measures["import tf and danfo"] = (await timeCell(kernel, cells.imports)).ms;
      const times = await warm("ten lines of tf and danfo, warm", cells.typed, peer.typedCells ?? repeats);
      measures["… the last 20 of them"] = median(times.slice(-20));
      measures["memory, tf and danfo (MB)"] = residentMb(kernel.child.pid!);
    }
    if (cells.print !== undefined) {
      const { ms, messages } = await timeCell(kernel, cells.print(printedLines));
      const texts = messages.filter(({ header }) => header.msg_type === "stream");
      const lines =
        texts
          .map(({ content }) => content.text as string)
          .join("")
          .split("\n").length - 1;
      measures["100,000 printed lines"] = ms;
      measures["… lines lost or late"] = printedLines - lines;
    }
    return measures;
  } finally {
    await kernel.kill();
  }
}

/** Measures every kernel that can be had here `rounds` times. @throws Error when one of them fails at what it is asked. */
export async function benchKernel(rounds: number): Promise<void> {
  const all = await peers();
  const results = new Map<string, Measures[]>(all.map(({ name }) => [name, []]));
  // In the repository, where tslab finds the packages that its cells import.
  const folder = mkdtempSync(join(tmpdir(), "gradbook-bench-"));
  try {
    for (let round = 0; round < rounds; round++) {
      for (const peer of all) {
        process.stderr.write(`\r${`Round ${round + 1} of ${rounds}: ${peer.name}`.padEnd(40)}`);
        results.get(peer.name)!.push(await measure(peer, peer.cwd ?? folder, folder));
      }
    }
    process.stderr.write("\r");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const rows = [...results].flatMap(([kernel, runs]) =>
    Object.keys(runs[0]!).map((measure): Row => {
      const ratios = runs.map((run, round) => run[measure]! / results.get(all[0]!.name)![round]![measure]!);
      const ratio = median(ratios);
      const value = median(runs.map((run) => run[measure]!));
      return { measure, kernel, value, ratio: Number.isFinite(ratio) ? ratio : null };
    }),
  );
  print(rows, rounds);
  const file = join("out", "bench-kernel.json");
  writeFileWhole(file, `${JSON.stringify({ machine: describeMachine(), rounds, rows }, null, 2)}\n`);
  console.log(`${file} written.`);
}

/** A table of medians; behind those of the others how many times ours they are. */
function print(rows: readonly Row[], rounds: number): void {
  const kernels = [...new Set(rows.map(({ kernel }) => kernel))];
  const cell = (row: Row | undefined) => {
    if (row === undefined) return "–";
    const figure = row.value.toFixed(row.value < 100 ? 1 : 0);
    return row.kernel === kernels[0] || row.ratio === null ? figure : `${figure} (${row.ratio.toFixed(2)}×)`;
  };
  console.log(`Kernels, medians of ${rounds} rounds in ms; in brackets how many times ours:`);
  console.log(["".padEnd(34), ...kernels.map((name) => name.padStart(18))].join(""));
  for (const what of new Set(rows.map(({ measure }) => measure))) {
    const found = kernels.map((name) => rows.find(({ kernel, measure }) => kernel === name && measure === what));
    console.log([what.padEnd(34), ...found.map((row) => cell(row).padStart(18))].join(""));
  }
}
