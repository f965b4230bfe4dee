/** The examples run as they stand. */
import { spawnSync } from "node:child_process";
import { expect } from "vitest";
import { needing, root } from "./helpers/needs.js";

needing("Python and a compiler")("two lines make a tf.layers script faster, and change none of its losses", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["examples/tf-layers.mjs"], {
    cwd: root,
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
  const [before, after] = [...stdout.matchAll(/loss ([\d.]+), ([\d.]+) ms a step/g)].map((found) =>
    found.slice(1).map(Number),
  );
  expect(before![0]).toBeGreaterThan(0);
  expect(Math.abs(after![0]! / before![0]! - 1)).toBeLessThan(1e-2);
  expect(after![1]).toBeLessThan(before![1]!);
});
