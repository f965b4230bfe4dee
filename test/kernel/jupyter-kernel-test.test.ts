/** Jupyter's own conformance tests (`jupyter_kernel_test`) against the compiled kernel, started as Jupyter starts it. */
import { spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { temporaryFolder } from "../helpers/folder.js";
import { needing } from "../helpers/needs.js";
import { gradbook } from "../helpers/notebook.js";
import { pythonVenv } from "../helpers/python-venv.js";

needing("Python")("passes jupyter_kernel_test with every attribute filled in", async () => {
  const { python, folder, env } = await pythonVenv("jupyter_kernel_test==0.7.0", "jupyter_client==8.10.0");
  const installed = gradbook(["install", "--prefix", folder]);
  expect(installed, installed.stderr).toMatchObject({ status: 0 });
  const script = fileURLToPath(new URL("jupyter-kernel-test.py", import.meta.url));
  // A file and no pipe: a kernel that is still ending would hold the pipe open.
  const log = join(temporaryFolder().path, "log");
  const output = openSync(log, "w");
  const { status } = spawnSync(python, [script, "-v"], {
    stdio: ["ignore", output, output],
    env: { ...env, GRADBOOK_HISTORY: "" },
  });
  closeSync(output);
  const text = readFileSync(log, "utf8");
  expect(status, text).toBe(0);
  expect(text).toMatch(/Ran 1[4-9] tests/);
  expect(text).not.toContain("skipped");
});
