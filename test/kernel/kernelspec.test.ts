/** Installing the kernel: the command line, and that Jupyter's own description of a kernelspec is met. */
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { decode } from "fast-png";
import { expect, it } from "vitest";
import { protocolVersion } from "../../kernel/wire/message.js";
import { builtKernel } from "../helpers/kernel.js";
import { gradbook } from "../helpers/notebook.js";

const folder = mkdtempSync(join(tmpdir(), "gradbook-spec-"));
const spec = join(folder, "share/jupyter/kernels/gradbook/kernel.json");

it("refuses two places at once, and removing what is not there", () => {
  const both = gradbook(["install", "--sys-prefix", "--prefix", folder]);
  expect([both.status, both.stderr]).toEqual([1, expect.stringContaining("received both: choose one.")]);
  const none = gradbook(["uninstall", "--prefix", join(folder, "none")]);
  expect([none.status, none.stderr]).toEqual([
    1,
    expect.stringMatching(/^gradbook: Expected the installed kernel in .*none/),
  ]);
});

it("writes a kernel.json that starts this package's kernel with this Node, and removes it", () => {
  expect(gradbook(["install", "--prefix", folder]).status).toBe(0);
  expect(JSON.parse(readFileSync(spec, "utf8"))).toEqual({
    argv: builtKernel,
    display_name: "TypeScript (Gradbook)",
    language: "typescript",
    interrupt_mode: "message",
    kernel_protocol_version: protocolVersion,
    metadata: { debugger: true },
  });
  const kernels = dirname(spec);
  expect(readFileSync(join(kernels, "logo-svg.svg"), "utf8")).toMatch(/^<svg /);
  for (const size of [32, 64]) {
    const { width, height } = decode(readFileSync(join(kernels, `logo-${size}x${size}.png`)));
    expect([width, height]).toEqual([size, size]);
  }
  expect(gradbook(["uninstall", "--prefix", folder]).status).toBe(0);
  expect(existsSync(spec)).toBe(false);
});

it("finds the user's Jupyter folder and the active Python environment", () => {
  gradbook(["install"], { env: { JUPYTER_DATA_DIR: join(folder, "data") } });
  expect(existsSync(join(folder, "data/kernels/gradbook/kernel.json"))).toBe(true);
  gradbook(["install", "--sys-prefix"], { env: { VIRTUAL_ENV: join(folder, "venv") } });
  expect(existsSync(join(folder, "venv/share/jupyter/kernels/gradbook/kernel.json"))).toBe(true);
});

it("says what JupyterLab needs, where there is neither JupyterLab nor Python", () => {
  const { status, stderr } = gradbook(["lab"], { env: { PATH: join(folder, "empty"), GRADBOOK_CACHE: folder } });
  expect([status, stderr]).toEqual([1, expect.stringMatching(/^gradbook: Expected JupyterLab, or Python 3 .*install/)]);
});
