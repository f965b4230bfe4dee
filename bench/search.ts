/**
 * What a trial costs beyond its own work, in worker processes and through BullMQ, and how searches scale from one worker to
 * four. Trials of three kinds: empty ones, ones that wait 50 ms (as for workers on
 * other machines), ones that compute, which can be at most as many times as fast as there are cores.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bullmq } from "../lib/search/bullmq.js";
import type { Executor, Session } from "../lib/search/executor.js";
import { search } from "../lib/search/search.js";
import { workers } from "../lib/search/workers.js";

const code = `
export const empty = () => 0;
export const waits = () => new Promise((resolve) => setTimeout(resolve, 50, 0));
export const computes = () => {
  let sum = 0;
  for (let i = 1; i < 3e7; i++) sum += Math.sqrt(i);
  return sum;
};
`;
const kinds = { empty: 300, waits: 40, computes: 40 };
const counts = [1, 2, 3, 4];

/** Prints, for each executor, kind of trial and number of workers, the ms between the first and the last trial, per trial. */
export async function benchSearch(rounds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "gradbook-bench-"));
  const module = join(folder, "trials.mjs");
  writeFileSync(module, code);
  const redis = await startRedis(folder);
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
  try {
    for (const [kind, trials] of Object.entries(kinds)) {
      console.log(
        `\nSearch, ${trials} trials, each ${kind}: ms per trial with ${counts.join(", ")} workers on ${availableParallelism()} cores`,
      );
      for (const name of redis ? ["worker processes", "BullMQ"] : ["worker processes"]) {
        const row: number[] = [];
        for (const count of counts) {
          const times: number[] = [];
          const queue = `bench-${kind}-${count}`;
          const ending = name === "BullMQ" ? await startWorkers(redis!.url, queue, count, folder) : undefined;
          for (let round = 0; round <= rounds; round++) {
            const executor = name === "BullMQ" ? bullmq({ url: redis!.url, queue }) : workers({ count });
            const ms = await measure(executor, module, kind, trials, round);
            if (round > 0) times.push(ms / trials); // The first round starts the workers' processes.
          }
          ending?.();
          row.push(median(times));
        }
        const speedup = row.map((ms) => `${(row[0]! / ms).toFixed(2)}×`).join(" ");
        console.log(`  ${name.padEnd(18)}${row.map((ms) => ms.toFixed(2).padStart(8)).join("")}   ${speedup}`);
      }
    }
  } finally {
    redis?.end();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The time from when the first trial has ended (all processes start before) to the end. */
async function measure(
  executor: Executor,
  module: string,
  kind: string,
  trials: number,
  seed: number,
): Promise<number> {
  let first = 0;
  let last = 0;
  const open: Executor["open"] = async (search) => {
    const session = await executor.open(search);
    const run: Session["run"] = async (task, watch) => {
      const outcome = await session.run(task, watch);
      first ||= performance.now();
      last = performance.now();
      return outcome;
    };
    return { run, close: () => session.close() };
  };
  const space = { x: { low: 0, high: 1 } };
  await search({ module, export: kind, space, trials, seed, executor: { ...executor, open }, progress: false });
  return last - first;
}

/** A Redis of our own on a free port, or undefined with a word about why. */
async function startRedis(folder: string): Promise<{ url: string; end(): void } | undefined> {
  const port = await new Promise<number>((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
  const words = ["--port", `${port}`, "--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes", "--save", ""];
  const child = spawn("redis-server", words);
  const ready = await new Promise<boolean>((resolve) => {
    child.once("error", () => resolve(false));
    child.once("exit", () => resolve(false));
    child.stdout.on("data", (text: Buffer) => {
      if (text.includes("Ready to accept connections")) resolve(true);
    });
  });
  if (ready) return { url: `redis://127.0.0.1:${port}`, end: () => child.kill() };
  console.log("Without BullMQ: redis-server cannot be started here.");
  return undefined;
}

/** Starts workers of one process each; gives what ends them. */
async function startWorkers(url: string, queue: string, count: number, cwd: string): Promise<() => void> {
  const command = fileURLToPath(new URL("../kernel/main.js", import.meta.url));
  const children = Array.from({ length: count }, () =>
    spawn(process.execPath, [command, "worker", "--redis", url, "--queue", queue, "--processes", "1"], { cwd }),
  );
  await Promise.all(
    children.map((child) => new Promise<void>((resolve) => child.stdout.once("data", () => resolve()))),
  );
  return () => {
    for (const child of children) child.kill("SIGKILL");
  };
}
