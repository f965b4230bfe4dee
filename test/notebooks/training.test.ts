/**
 * The quadratic regression of chapter 11 with the original budget, up to 200,000 epochs with a validation every 1,000. With
 * WebAssembly the chapter takes a thousand at most, which learn the parabola, and the noise not yet.
 */
import { join } from "node:path";
import { expect, it } from "vitest";
import { readNotebook } from "../../kernel/runner/notebook-file.js";
import { announcements, codeCells, keyNumbers, printed } from "../helpers/course.js";
import { temporaryFolder } from "../helpers/folder.js";
import { root } from "../helpers/needs.js";
import { gradbook } from "../helpers/notebook.js";

const [epochs, valEpochs] = [200_000, 1000];

it(`three runs of up to ${epochs} epochs learn the parabola, then the noise of its points`, {
  tags: "all",
}, () => {
  const output = join(temporaryFolder().path, "executed.ipynb");
  const budget = ["-p", "epochs", `${epochs}`, "-p", "valEpochs", `${valEpochs}`];
  const { status, stderr } = gradbook(["run", join(root, "notebooks/11-training.ipynb"), output, ...budget]);
  expect(status, stderr).toBe(0);
  const notebook = readNotebook(output);
  const numbers = keyNumbers(notebook);
  const [smaller] = announcements(notebook);
  const interval = smaller === undefined ? valEpochs : Number(/every (\d+)/.exec(smaller)![1]);
  const bars = printed(codeCells(notebook).find(({ id }) => id === "experiments")!);
  for (const name of ["baseline", "damping", "dropout"]) {
    const [trainLoss, valLoss] = ["trainLoss", "valLoss"].map((loss) => numbers.get(`${name}, ${loss}`)!.value);
    if (smaller === undefined) expect(trainLoss, name).toBeLessThan(valLoss!);
    expect(valLoss, name).toBeLessThan(0.25);
    // The first ten validations are for free; then ten in a row without improvement end a run.
    const ended = Number(new RegExp(`^${name} .* (\\d+)/\\d+ loss`, "m").exec(bars)![1]);
    expect(ended % interval, name).toBe(0);
    expect(ended, name).toBeGreaterThanOrEqual(20 * interval);
  }
});
