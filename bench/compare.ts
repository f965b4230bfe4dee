/**
 * The comparison all workloads go through: every engine shows that it computes the same, then all are timed in rounds, one
 * after the other in each, so that a busy moment of the machine meets all of them. What counts is the median over the rounds,
 * of times and of the ratios within a round.
 */
import type { Python } from "./python.js";

/** One way to do a workload. */
export interface Engine {
  name: string;
  /** Whether its time competes for the best peer's; others are shown beside. */
  peer: boolean;
  /**
   * What has to be the same for every engine: losses, or other results; null where a number is not finite. Only an engine
   * that is known to compute something else has none.
   */
  check?(): Promise<readonly (number | null)[]>;
  /** Does the work, `steps` steps of it where it consists of steps, and gives the ms in the workload's unit. */
  time(steps: number): Promise<number>;
  /** Frees what the engine holds. */
  close?(): void | Promise<void>;
}

/** What is measured, on which engines. */
export interface Workload {
  /** On the command line: "w1". */
  name: string;
  title: string;
  /** "ms a step", "ms in all". */
  unit: string;
  /** Steps timed at once, for workloads that consist of steps. */
  steps?: number;
  /** By how much a result may differ, relative to itself; default 1e-3. */
  tolerance?: number;
  /** The engines of this machine; the peers in Python only where there is one, with each of these numbers of threads. */
  engines(python: Python | undefined, threads: readonly number[]): Promise<Engine[]>;
}

/** A line of the result. */
export interface Row {
  workload: string;
  engine: string;
  /** Median over the rounds. */
  ms: number;
  /** The best peer's time over this one, median over the rounds: above 1 is faster than the best peer. */
  ratioToBestPeer: number | null;
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** Measures `workload` in `rounds` rounds. @throws Error when an engine computes something else than the first */
export async function compare(
  workload: Workload,
  rounds: number,
  python: Python | undefined,
  threads: readonly number[],
): Promise<Row[]> {
  const engines = await workload.engines(python, threads);
  try {
    await checkSame(workload, engines);
    const times = engines.map((): number[] => []);
    const steps: number[] = [];
    for (const engine of engines) {
      progress(`${workload.name}: warming up ${engine.name}`);
      steps.push(await warmUp(engine, workload));
    }
    for (let round = 0; round < rounds; round++) {
      for (const [i, engine] of engines.entries()) {
        progress(`${workload.name}: round ${round + 1} of ${rounds}, ${engine.name}`);
        times[i]!.push(await engine.time(steps[i]!));
      }
    }
    progress("");
    return rowsOf(workload, engines, times);
  } finally {
    for (const engine of engines) await engine.close?.();
  }
}

/** Runs `engine` until it is warm; gives the steps for a round: fewer for an engine that would take longer than half a second. */
async function warmUp(engine: Engine, { steps = 1 }: Workload): Promise<number> {
  const some = Math.ceil(steps / 10);
  await engine.time(some);
  return Math.min(steps, Math.max(some, Math.round(500 / (await engine.time(some)))));
}

function rowsOf({ name }: Workload, engines: readonly Engine[], times: readonly number[][]): Row[] {
  const medians = times.map(median);
  const peers = engines.flatMap(({ peer }, i) => (peer ? [i] : []));
  const best = peers.toSorted((a, b) => medians[a]! - medians[b]!)[0];
  return engines.map((engine, i) => ({
    workload: name,
    engine: engine.name,
    ms: medians[i]!,
    ratioToBestPeer: best === undefined ? null : median(times[i]!.map((ms, round) => times[best]![round]! / ms)),
  }));
}

/** Compares what the engines compute with what the first one does; only rows that are finite everywhere count. */
async function checkSame({ name, tolerance = 1e-3 }: Workload, engines: readonly Engine[]): Promise<void> {
  const results: { engine: string; values: readonly (number | null)[] }[] = [];
  for (const engine of engines) {
    progress(`${name}: checking ${engine.name}`);
    if (engine.check) results.push({ engine: engine.name, values: await engine.check() });
  }
  if (results.length === 0) return;
  const { engine: reference, values: first } = results[0]!;
  const rows = first.flatMap((_, i) => (results.every(({ values }) => Number.isFinite(values[i])) ? [i] : []));
  if (rows.length === 0) throw new Error(`${name}: expected finite results, received none.`);
  for (const { engine, values } of results) {
    const wrong = rows.find((i) => !(Math.abs(values[i]! - first[i]!) <= tolerance * Math.abs(first[i]!)));
    if (wrong === undefined) continue;
    throw new Error(
      `${name}: expected ${engine} to compute what ${reference} does, ${first[wrong]} in place ${wrong}, received ${values[wrong]}.`,
    );
  }
}

/** Shows what is being done, on one line of the terminal. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${text.padEnd(78)}${text ? "" : "\r"}`);
}
