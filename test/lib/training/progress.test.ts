import { stdout } from "node:process";
import { expect, it, vi } from "vitest";
import { meanSquaredError } from "../../../lib/losses.js";
import { SGD } from "../../../lib/optimizers/sgd.js";
import { fit } from "../../../lib/training/fit.js";
import { Progress } from "../../../lib/training/progress.js";
import type { Run } from "../../../lib/training/run.js";
import { line, network } from "../../helpers/line.js";

/** What is written to stdout while `work` runs. */
async function written(work: () => unknown): Promise<string> {
  const texts: string[] = [];
  const write = vi.spyOn(stdout, "write").mockImplementation((text) => texts.push(String(text)) > 0);
  try {
    await work();
  } finally {
    write.mockRestore();
  }
  return texts.join("");
}

it("the bar rewrites its line, covers a longer one, and ends it once", async () => {
  const text = await written(() => {
    const bar = new Progress("fold", 4);
    bar.update(1, "loss 0.25000");
    bar.update(4, "loss 1");
    bar.end();
  });
  const [first, last, rest] = text.split("\r").slice(1);
  expect(first).toBe(`fold ${"━".repeat(6)}${"─".repeat(18)} 1/4 loss 0.25000`);
  expect(last).toBe(`${`fold ${"━".repeat(24)} 4/4 loss 1`.padEnd(first!.length)}\n`);
  expect(rest).toBeUndefined();
});

it("a bar that was never shown writes nothing", async () => {
  expect(await written(() => new Progress("none", 3).end())).toBe("");
});

it.each([
  ["to its end", 3, "3/3"],
  ["that is stopped", 2, "2/3"],
])("fit shows a run %s, with both losses, and ends the line", async (_, epochs, done) => {
  const stop = { epochEnd: (run: Run) => run.history.epoch === epochs && run.stopFit() };
  const options = { loss: meanSquaredError(), optimizer: new SGD(), epochs: 3, validation: line(2), callbacks: [stop] };
  const text = await written(() => fit(network(), line(), { ...options, progress: "line" }));
  const last = text.split("\r").at(-1);
  expect(last).toMatch(new RegExp(`^line [━─]{24} ${done} loss [\\d.]+ valLoss [\\d.]+ *\\n$`));
});
