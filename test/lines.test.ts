/** How long the part of the library is that one reads, as `npm run lines` counts it. */
import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { temporaryFolder } from "./helpers/folder.js";
import { root } from "./helpers/needs.js";

const lines = (...files: string[]) =>
  spawnSync(process.execPath, ["scripts/lines.mjs", ...files], { cwd: root, encoding: "utf8" });

it("counts lines with code on them, however comments and texts are set", () => {
  const file = temporaryFolder().write(
    "some.ts",
    `/** A comment
 * of several lines. */
const a = 1; // and one behind

/* before */ const text = \`two
// lines\`;
const url = "https://example.org"; /* after
*/
const pattern = /\\/\\*/;
`,
  );
  expect(lines(file).stdout).toMatch(/some\.ts +5\n/);
});

it("layers, losses, optimizers, regularizers, schedules and the plain loop are at most 1,700 lines", () => {
  const { status, stdout, stderr } = lines();
  expect(status, stdout + stderr).toBe(0);
  expect(stdout).toMatch(/layers +\d+\n.*in all +\d+\nof at most 1700 lines of code\n$/s);
});
