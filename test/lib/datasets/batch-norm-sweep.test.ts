/** The published BatchNorm run: what ships is whole, and unchanged since its hash was written down. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { loadBatchNormSweep } from "../../../lib/datasets/batch-norm-sweep.js";
import { root } from "../../helpers/needs.js";

it("has sixteen weight scales on a logarithmic scale, with twenty accuracies for each network", () => {
  const sweep = loadBatchNormSweep();
  expect(sweep).toHaveLength(16);
  for (const [i, { weightScale, plain, batchNorm }] of sweep.entries()) {
    expect(weightScale).toBeCloseTo(10 ** ((-4 * i) / 15), 10);
    for (const curve of [plain, batchNorm]) {
      expect(curve).toHaveLength(20);
      for (const accuracy of curve) expect(Math.abs(accuracy - 0.5)).toBeLessThanOrEqual(0.5);
    }
  }
});

it("is the file that its README describes", () => {
  const bytes = readFileSync(`${root}data/batchnorm/sweep.json`);
  const readme = readFileSync(`${root}data/batchnorm/README.md`, "utf8");
  expect(readme).toContain(createHash("sha256").update(bytes).digest("hex"));
});
