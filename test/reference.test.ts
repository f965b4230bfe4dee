/** The reference of the library is generated without a warning, with a page for each public class. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "./helpers/needs.js";

it("TypeDoc makes the reference, every link in it resolved", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "scripts/reference.mjs")], {
    encoding: "utf8",
  });
  expect(status, stdout + stderr).toBe(0);
  for (const page of ["classes/Dense.html", "functions/fit.html", "interfaces/FitOptions.html"]) {
    expect(existsSync(join(root, "out/reference", page)), page).toBe(true);
  }
});
