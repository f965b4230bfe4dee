/** Jupyter's own conformance tests (`jupyter_kernel_test`) against the compiled kernel, started as Jupyter starts it. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { needing } from "../helpers/needs.js";
import { gradbook } from "../helpers/notebook.js";
import { pythonVenv } from "../helpers/python-venv.js";

needing("Python")("passes jupyter_kernel_test with every attribute filled in", async () => {
  const { python, folder, env } = await pythonVenv("jupyter_kernel_test==0.7.0", "jupyter_client==8.10.0");
  const installed = gradbook(["install", "--prefix", folder]);
  expect(installed, installed.stderr).toMatchObject({ status: 0 });
  const script = fileURLToPath(new URL("jupyter-kernel-test.py", import.meta.url));
  const { status, stderr } = spawnSync(python, [script, "-v"], {
    encoding: "utf8",
    env: { ...env, GRADBOOK_HISTORY: "" },
  });
  expect(status, stderr).toBe(0);
  expect(stderr).toMatch(/Ran 1[4-9] tests/);
  expect(stderr).not.toContain("skipped");
});
