/**
 * Where the time of the main job goes: the house-price notebook run from the start of the kernel to the submission, several
 * times, with the median of every cell.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type RunResult, runNotebook } from "gradbook-kernel/runner/run-notebook";

const library = fileURLToPath(new URL("../..", import.meta.url));
const notebook = fileURLToPath(new URL("../../notebooks/14-house-prices.ipynb", import.meta.url));

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Runs the notebook `runs` times and prints the median seconds of each cell, of everything else, and of the whole. */
export async function benchHousePrices(runs: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "gradbook-bench-"));
  const results: RunResult[] = [];
  try {
    for (let run = 0; run < runs; run++) {
      const parameters = new Map([["submission", join(folder, "submission.csv")]]);
      const result = await runNotebook({
        input: notebook,
        output: join(folder, "executed.ipynb"),
        library,
        parameters,
      });
      if (result.failure !== undefined) throw new Error(result.failure);
      results.push(result);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const line = (seconds: number[], title: string) =>
    console.log(`${median(seconds).toFixed(2).padStart(7)} s  ${title}`);
  console.log(`House prices, medians of ${runs} runs:`);
  const rest = results.map(({ seconds, cells }) => cells.reduce((left, cell) => left - cell.seconds, seconds));
  line(rest, "start of the kernel, and writing the notebook");
  for (const [i, { title }] of results[0]!.cells.entries()) {
    line(
      results.map(({ cells }) => cells[i]!.seconds),
      title,
    );
  }
  line(
    results.map(({ seconds }) => seconds),
    "in all",
  );
}
