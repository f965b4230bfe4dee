/** The examples run as they stand. */
import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { root } from "./helpers/needs.js";

it("two lines change none of the losses of a tf.layers script, whose times it shows", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["examples/tf-layers.mjs"], {
    cwd: root,
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
  const [before, after] = [...stdout.matchAll(/loss ([\d.]+), ([\d.]+) ms a step/g)].map((found) =>
    found.slice(1).map(Number),
  );
  expect(before![0]).toBeGreaterThan(0);
  expect(Math.abs(after![0]! / before![0]! - 1)).toBeLessThan(1e-2);
  for (const [, ms] of [before!, after!]) expect(ms).toBeGreaterThan(0);
});

it("shifted digits are learned better, within the graph", { tags: "all" }, () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["examples/augmentation.mjs"], {
    cwd: root,
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
  expect(stderr).not.toContain("operation by operation");
  const [plain, shifted, mirrored] = [...stdout.matchAll(/accuracy ([\d.]+)/g)].map(([, share]) => Number(share));
  expect(shifted).toBeGreaterThan(plain!);
  expect(mirrored).toBeLessThan(plain!);
});
