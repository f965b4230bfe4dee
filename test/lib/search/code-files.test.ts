/** What the hash of a trial's code covers: every file that a module leads to, by whatever way, and what is said of the rest. */
import { mkdirSync, realpathSync, renameSync, symlinkSync, utimesSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, it, vi } from "vitest";
import { codeFiles } from "../../../lib/search/code-files.js";
import { CannotRun, describeCode, loadCode } from "../../../lib/search/trial-code.js";
import { type Folder, temporaryFolder } from "../../helpers/folder.js";

/** A project of these files. */
function project(files: Record<string, string>): Folder {
  const folder = temporaryFolder();
  folder.write("package.json", JSON.stringify({ name: "own", version: "1.0.0", type: "module" }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder.path, name)), { recursive: true });
    folder.write(name, text);
  }
  return folder;
}

const hashOf = async (folder: Folder, name: string) => (await describeCode(join(folder.path, name), "trial")).code.hash;

const ways: [string, string, Record<string, string>][] = [
  ["import of .mjs", 'import { f } from "./helper.mjs";', { "helper.mjs": "export const f = 1;" }],
  ["import of .js", 'import "./helper.js";', { "helper.js": "" }],
  ["import of TypeScript as .js", 'import "./helper.js";', { "helper.ts": "" }],
  ["import of TypeScript without an ending", 'import "./helper";', { "helper.ts": "" }],
  ["import of .mts", 'import "./helper.mts";', { "helper.mts": "" }],
  ["import of .cjs", 'import helper from "./helper.cjs";', { "helper.cjs": "module.exports = 1;" }],
  ["import of JSON", 'import data from "./data.json" with { type: "json" };', { "data.json": "1" }],
  ["export * from", 'export * from "./helper.mjs";', { "helper.mjs": "" }],
  ["export { } from", 'export { f as g } from "./helper.mjs";', { "helper.mjs": "export const f = 1;" }],
  ["import() with a text", "const later = () => import('./helper.mjs');", { "helper.mjs": "" }],
  ["import() with a plain template", "const later = () => import(`./helper.mjs`);", { "helper.mjs": "" }],
  ["import() with a URL", 'await import(new URL("helper.mjs", import.meta.url).href);', { "helper.mjs": "" }],
  ["import.meta.resolve", 'await import(import.meta.resolve("./helper.mjs"));', { "helper.mjs": "" }],
  [
    "a worker's URL",
    'import { Worker } from "node:worker_threads"; new Worker(new URL("./helper.mjs", import.meta.url));',
    { "helper.mjs": "" },
  ],
  [
    "require by createRequire",
    'import { createRequire } from "node:module"; const load = createRequire(import.meta.url); load("./helper");',
    { "helper.cjs": "", "helper.js": "module.exports = 1;" },
  ],
  ["require in CommonJS", 'import "./first.cjs";', { "first.cjs": 'require("./helper/");', "helper/index.js": "" }],
  ["a way through a package's name", 'import "own/tools/helper";', { "lib/helper.mjs": "" }],
  ["a way through #names", 'import "#helper";', { "lib/helper.mjs": "", "lib/other.mjs": "" }],
  ["a file behind a file", 'import "./first.mjs";', { "first.mjs": 'import "./helper.mts";', "helper.mts": "" }],
  ["names with spaces and letters of their own", 'import "./über%20uns.mjs";', { "über uns.mjs": "" }],
];
const manifest = {
  ...{ name: "own", version: "1.0.0", type: "module" },
  exports: { ".": "./trial.mjs", "./tools/*": { types: "./lib/*.d.ts", import: "./lib/*.mjs" } },
  imports: { "#helper": { worker: "./lib/other.mjs", default: ["./lib/helper.mjs"] } },
};

it.each(ways)("a trial has another hash when a file behind it was edited: %s", async (_, text, files) => {
  for (const ending of ["mjs", "ts"]) {
    const folder = project({ ...files, [`trial.${ending}`]: text, "package.json": JSON.stringify(manifest) });
    const before = await hashOf(folder, `trial.${ending}`);
    expect(await hashOf(folder, `trial.${ending}`)).toBe(before);
    const last = Object.keys(files).at(-1)!;
    folder.write(last, `${files[last]}\n`);
    expect(await hashOf(folder, `trial.${ending}`), ending).not.toBe(before);
  }
});

it("the hash is that of the project, wherever it lies and with whatever line ends", async () => {
  const files = {
    "trial.ts": 'import "./below/a.mjs";\nimport "./below/b.mjs";\nimport type { T } from "./types";\n',
    "below/a.mjs": "export const a = 1;\n",
    "below/b.mjs": "export const b = 2;\n",
    "types.ts": "export type T = number;\n",
  };
  const one = project(files);
  const before = await hashOf(one, "trial.ts");
  const other = project(
    Object.fromEntries(Object.entries(files).map(([name, text]) => [name, text.replaceAll("\n", "\r\n")])),
  );
  expect(await hashOf(other, "trial.ts")).toBe(before);
  one.write("types.ts", "export type T = string;\n");
  expect(await hashOf(one, "trial.ts"), "types are not run").toBe(before);
  const [a, b, kept] = ["below/a.mjs", "below/b.mjs", "kept"].map((name) => join(one.path, name)) as [
    string,
    string,
    string,
  ];
  renameSync(a, kept);
  renameSync(b, a);
  renameSync(kept, b);
  expect(await hashOf(one, "trial.ts"), "two files that changed places").not.toBe(before);
});

it("an edit is seen that keeps the size and the time of the file", async () => {
  const folder = project({ "trial.mjs": 'import "./helper.mjs";', "helper.mjs": "export const f = 1;" });
  const [helper, time] = [join(folder.path, "helper.mjs"), new Date(1e12)];
  utimesSync(helper, time, time);
  const before = await hashOf(folder, "trial.mjs");
  folder.write("helper.mjs", "export const f = 2;");
  utimesSync(helper, time, time);
  expect(await hashOf(folder, "trial.mjs")).not.toBe(before);
});

it("a file that comes to stand before another one is seen", async () => {
  const folder = project({ "trial.ts": 'import "./helper.js";', "helper.js": "" });
  const before = await hashOf(folder, "trial.ts");
  folder.write("helper.ts", "");
  expect(await hashOf(folder, "trial.ts")).not.toBe(before);
});

it("packages count by their versions", async () => {
  const folder = project({
    "trial.mjs": 'import "tool/below"; import "@some/tool"; import "node:fs"; import "fs"; import "none-such";',
    "node_modules/tool/package.json": '{ "version": "2.0.0" }',
    "node_modules/@some/tool/package.json": '{ "version": "3.0.0" }',
  });
  expect([...codeFiles(join(folder.path, "trial.mjs")).packages]).toEqual([
    ["tool", "2.0.0"],
    ["@some/tool", "3.0.0"],
    ["none-such", "none"],
  ]);
  const before = await hashOf(folder, "trial.mjs");
  folder.write("node_modules/tool/package.json", '{ "version": "2.0.1" }');
  expect(await hashOf(folder, "trial.mjs")).not.toBe(before);
});

it("what cannot be followed is said, with its place, once", async () => {
  const folder = project({
    "trial.mjs": 'import "./helper.cjs";\nexport const load = (name) =>\n  import(name);\nimport("./" + "x.mjs");\n',
    "helper.cjs": "const name = process.argv[1];\nrequire(name);\ntry { require('./none'); } catch {}\n",
  });
  const said: string[] = [];
  const error = vi.spyOn(console, "error").mockImplementation((text: string) => void said.push(text));
  try {
    for (let i = 0; i < 2; i++) await hashOf(folder, "trial.mjs");
  } finally {
    error.mockRestore();
  }
  const end = " cannot be followed: whether trials elsewhere find the same there is not checked";
  expect(said.toSorted()).toEqual(
    [
      `gradbook: helper.cjs, line 2: require(name)${end}`,
      `gradbook: helper.cjs: ./none, which leads to no file${end}`,
      `gradbook: trial.mjs, line 3: import(name)${end}`,
      `gradbook: trial.mjs, line 4: import("./" + "x.mjs")${end}`,
    ].toSorted(),
  );
});

it("files that import each other in a circle come once each", () => {
  const folder = project({
    "trial.mjs": 'import "./a.mjs";',
    "a.mjs": 'import "./b.mjs";',
    "b.mjs": 'import "./a.mjs";',
  });
  const { files } = codeFiles(join(folder.path, "trial.mjs"));
  expect([...files.keys()].map((file) => relative(realpathSync(folder.path), file))).toEqual([
    "trial.mjs",
    "a.mjs",
    "b.mjs",
  ]);
});

it("a task may name no path out of its project, nor into its packages, by whatever name", async () => {
  const outside = project({ "trial.mjs": "export const trial = () => 1;" });
  const folder = project({
    "trial.mjs": "export const trial = () => 1;",
    "node_modules/tool/trial.mjs": "export const trial = () => 1;",
  });
  symlinkSync(outside.path, join(folder.path, "linked"), "junction");
  symlinkSync(join(outside.path, "trial.mjs"), join(folder.path, "linked.mjs"));
  symlinkSync(join(folder.path, "node_modules/tool"), join(folder.path, "inside"), "junction");
  const { code, root } = await describeCode(join(folder.path, "trial.mjs"), "trial");
  expect(await (await loadCode(code, root))({})).toBe(1);
  const paths = [
    join(outside.path, "trial.mjs"),
    relative(folder.path, join(outside.path, "trial.mjs")),
    "below/../../none.mjs",
    "linked/trial.mjs",
    "linked.mjs",
    "node_modules/tool/trial.mjs",
    "inside/trial.mjs",
    "below/node_modules/none.mjs",
    "../none.mjs",
  ];
  for (const path of paths) {
    const loading = loadCode({ ...code, path }, root).catch((error: unknown) => error);
    expect(await loading, path).toBeInstanceOf(CannotRun);
    expect(String(await loading)).toContain("expected a module in the project, received a path that leads out of it");
  }
  await expect(loadCode({ ...code, export: "constructor" }, root)).rejects.toThrow(
    "expected an exported function constructor",
  );
});
