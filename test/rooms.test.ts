/**
 * Each room as others get it, alone: its tarball, with those it needs, installed in an empty folder and used there. Needs npm's
 * registry or cache, like any installation.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readNotebook } from "../kernel/runner/notebook-file.js";
import { printed } from "./helpers/course.js";
import { root } from "./helpers/needs.js";
import { code, writeTestNotebook } from "./helpers/notebook.js";

const folder = mkdtempSync(join(tmpdir(), "gradbook-rooms-"));
const windows = process.platform === "win32";
/** The tarballs, by the package's name. */
const tarballs = new Map<string, string>();

function sh(cwd: string, command: string, ...args: string[]) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8", shell: windows });
  if (error) throw error;
  return { status, stdout, stderr };
}

/** An empty folder in which `names` are installed. */
function homeWith(...names: string[]): string {
  const home = join(folder, names.join("-"));
  mkdirSync(home);
  writeFileSync(join(home, "package.json"), '{ "name": "elsewhere", "private": true, "type": "module" }\n');
  const quiet = ["--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"];
  const files = names.map((name) => join(folder, tarballs.get(name)!));
  const { status, stderr } = sh(home, "npm", "install", ...quiet, ...files);
  expect(status, stderr).toBe(0);
  return home;
}

const installed = (home: string) =>
  readdirSync(join(home, "node_modules")).flatMap((name) =>
    name.startsWith("@") ? readdirSync(join(home, "node_modules", name)).map((part) => `${name}/${part}`) : [name],
  );

/** The size of all files below `path`, in bytes. */
function sizeOf(path: string): number {
  const names = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return names.reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

/** The example of a package's README. */
const example = (room: string) => /```js\n(.*?)```/s.exec(readFileSync(join(root, room, "README.md"), "utf8"))![1]!;

beforeAll(() => {
  const { status, stdout, stderr } = sh(root, "npm", "pack", "--workspaces", "--json", "--pack-destination", folder);
  expect(status, stderr).toBe(0);
  for (const { name, filename } of Object.values(JSON.parse(stdout) as { name: string; filename: string }[])) {
    tarballs.set(name, filename);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("gradbook-kernel alone", { tags: "all" }, () => {
  let home: string;
  beforeAll(() => {
    home = homeWith("gradbook-kernel");
  });

  it("is small, and brings no TensorFlow, no Plotly and no DOM", () => {
    expect(sizeOf(join(home, "node_modules"))).toBeLessThan(100e6);
    expect(
      installed(home).filter((name) => /tensorflow|plotly|jsdom|resvg|canvas|^gradbook-(?!kernel)/.test(name)),
    ).toEqual([]);
  });

  it("runs a notebook, and says what shows a Plotly figure", () => {
    const cells = [
      code("const n: number = 1;"),
      code("console.log(n + 1);"),
      code("({ data: [{ y: [n] }], layout: {} })"),
    ];
    writeTestNotebook(join(home, "in.ipynb"), cells);
    const { status, stderr } = sh(home, "npx", "gradbook-kernel", "run", "in.ipynb", "out.ipynb");
    expect(status, stderr).toBe(0);
    const executed = readNotebook(join(home, "out.ipynb")).cells.filter((cell) => cell.cell_type === "code");
    expect(printed(executed[1]!)).toBe("2\n");
    expect(JSON.stringify(executed[2]!.outputs)).toContain("npm install gradbook-plot");
  });

  it("knows no library, and takes none from a kernel that has one", () => {
    writeTestNotebook(join(home, "none.ipynb"), [code('import "gradbook";')]);
    const { status, stderr } = sh(home, "npx", "gradbook-kernel", "run", "none.ipynb", "executed.ipynb");
    expect([status, stderr.includes("gradbook")]).toEqual([1, true]);
    const install = (...words: string[]) =>
      sh(home, "npx", "gradbook-kernel", "install", "--prefix", "place", ...words);
    expect(install("--library", root).status).toBe(0);
    const spec = join(home, "place/share/jupyter/kernels/gradbook/kernel.json");
    const before = readFileSync(spec, "utf8");
    const { status: refused, stderr: why } = install();
    expect([refused, why.includes("--library FOLDER")], why).toEqual([1, true]);
    expect(readFileSync(spec, "utf8")).toBe(before);
  });

  it("shows a plain Plotly figure with its picture once gradbook-plot is beside it", () => {
    const both = homeWith("gradbook-kernel", "gradbook-plot");
    writeTestNotebook(join(both, "in.ipynb"), [code("({ data: [{ y: [1, 2] }], layout: {} })")]);
    expect(sh(both, "npx", "gradbook-kernel", "run", "in.ipynb", "out.ipynb").status).toBe(0);
    expect(readFileSync(join(both, "out.ipynb"), "utf8")).toContain('"image/png": "iVBOR');
  });
});

it("gradbook-plot alone draws its README's pictures", { tags: "all" }, () => {
  const home = homeWith("gradbook-plot");
  writeFileSync(join(home, "example.js"), example("plot"));
  const { status, stderr } = sh(home, process.execPath, "example.js");
  expect(status, stderr).toBe(0);
  for (const name of ["bars.png", "loss.png"]) {
    expect(readFileSync(join(home, name)).subarray(1, 4).toString()).toBe("PNG");
  }
});

it("gradbook-engine alone trains its README's model, compiled", { tags: "all" }, () => {
  const home = homeWith("gradbook-engine");
  const { status: done, stderr: why } = sh(home, "npx", "gradbook-engine", "setup");
  expect(done, why).toBe(0);
  writeFileSync(join(home, "example.js"), example("engine"));
  const { status, stdout, stderr } = sh(home, process.execPath, "example.js");
  expect(status, stderr).toBe(0);
  expect(Number(stdout)).toBeLessThan(0.1);
});
