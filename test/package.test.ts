/**
 * The package as others get it: packed from a fresh clone, installed in an empty folder far from this repository, used there.
 * Needs npm's registry or cache, like any installation.
 */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readNotebook } from "../kernel/runner/notebook-file.js";
import { run, startTslab } from "./helpers/kernel.js";
import { inFull } from "./helpers/long.js";
import { root } from "./helpers/needs.js";
import { code, writeTestNotebook } from "./helpers/notebook.js";

const folder = mkdtempSync(join(tmpdir(), "gradbook-package-"));
const home = join(folder, "home");
const windows = process.platform === "win32";
const rooms = ["gradbook-engine", "gradbook-plot", "gradbook-kernel"];
interface Packed {
  name: string;
  filename: string;
  size: number;
  files: { path: string }[];
}
let packed: Packed;

/** Runs a command in `home`; gives what it wrote. `status` is the exit code. */
function sh(command: string, args: string[], cwd = home) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8", shell: windows });
  if (error) throw error;
  return { status, stdout, stderr };
}
const npm = (args: string[], cwd?: string) => sh("npm", args, cwd);
const gradbook = (...args: string[]) => sh(join(home, "node_modules", ".bin", "gradbook"), args);
const node = (code: string) => sh(process.execPath, ["--input-type=module", "-e", code]);

/** What is tracked, in a folder of its own, and what `npm ci` installs, which would take minutes. */
function freshClone(): string {
  const clone = join(folder, "clone");
  const { stdout } = sh("git", ["ls-files", "-z"], root);
  for (const path of stdout.split("\0")) {
    if (path !== "" && existsSync(join(root, path))) cpSync(join(root, path), join(clone, path));
  }
  const installed = join(root, "node_modules");
  mkdirSync(join(clone, "node_modules"));
  for (const name of readdirSync(installed).filter((name) => !rooms.includes(name))) {
    symlinkSync(join(installed, name), join(clone, "node_modules", name), name.startsWith(".") ? "file" : "junction");
  }
  for (const name of rooms)
    symlinkSync(join(clone, name.replace("gradbook-", "")), join(clone, "node_modules", name), "junction");
  return clone;
}

beforeAll(() => {
  mkdirSync(home);
  writeFileSync(join(home, "package.json"), '{ "name": "elsewhere", "private": true }\n');
  const words = ["--workspaces", "--include-workspace-root", "--json", "--pack-destination", folder];
  const pack = npm(["pack", ...words], freshClone());
  expect(pack.status, pack.stderr).toBe(0);
  const all = Object.values(JSON.parse(pack.stdout) as Packed[]);
  packed = all.find(({ name }) => name === "gradbook")!;
  const quiet = ["--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"];
  const install = npm(["install", ...quiet, ...all.map(({ filename }) => join(folder, filename))]);
  expect(install.status, install.stderr).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the packed package", { tags: "all" }, () => {
  it("is under 6 MB", () => {
    expect(packed.size).toBeLessThan(6e6);
  });

  it("holds the compiled code, the data, the notebooks and the licences, and no tests or scripts", () => {
    const paths = packed.files.map(({ path }) => path);
    for (const path of [
      "dist/entry/index.js",
      "dist/entry/index.d.ts",
      "dist/cli/main.js",
      "data/ames/train.csv",
      "data/batchnorm/sweep.json",
      "data/mnist/README.md",
      "data/mnist/train-first1000-images-idx3-ubyte.gz",
      "LICENSE",
    ]) {
      expect(paths).toContain(path);
    }
    expect(paths.filter((path) => /^(test|scripts|node_modules|out)\//.test(path))).toEqual([]);
  });

  it("holds what its pages link to, the pictures among it", () => {
    const paths = packed.files.map(({ path }) => path);
    const pages = paths.filter((path) => path.endsWith(".md"));
    expect(pages).toContain("README.md");
    for (const page of pages) {
      const links = readFileSync(join(root, page), "utf8").matchAll(/\]\(([^)#\s]+)[^)]*\)/g);
      const inside = [...links].map(([, link]) => link!).filter((link) => !URL.canParse(link));
      expect(paths, page).toEqual(expect.arrayContaining(inside.map((link) => posix.join(posix.dirname(page), link))));
    }
  });

  it("pleases publint and attw, but for what Node settles", async () => {
    const tarball = readFileSync(join(folder, packed.filename));
    const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(tarball).buffer } });
    // Some of what is put in place for browsers are Node's own modules, which cannot be named in `imports`.
    const browser = expect.stringMatching(/^pkg\.browser with an object value can be refactored/);
    // Both say that CommonJS cannot load the package, whose types are those of ES modules. Since Node 20.19, the oldest
    // that the package runs on, it can.
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([
      browser,
      expect.stringMatching(/^pkg\.exports\["\."\]\.types types is interpreted as ESM when .* "require" condition/),
    ]);
    const result = await checkPackage(createPackageFromTarballData(tarball));
    const kinds = result.types === false ? ["no types"] : result.problems.map(({ kind }) => kind);
    expect([...new Set(kinds)]).toEqual(["CJSResolvesToESM"]);
  });
});

describe("installed in an empty folder", { tags: "all" }, () => {
  it("asks for danfo only when danfo is used", () => {
    const { status, stderr } = node(`import * as danfo from "gradbook/danfo"; new danfo.DataFrame([[1]])`);
    expect(stderr).toContain("npm install danfojs-node");
    expect(status).not.toBe(0);
  });

  it("gives the command", () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(gradbook("--version").stdout.trim()).toBe(version);
  });

  it("sets up the engine and computes with it", () => {
    const setup = gradbook("setup");
    expect(setup.stdout, setup.stderr).toMatch(/^Engine: (native TensorFlow|WebAssembly)$/m);
    const backend = setup.stdout.includes("native") ? "tensorflow" : "wasm";
    const used = node(
      `import { tf } from "gradbook"; console.log(tf.getBackend(), tf.tensor1d([1, 2]).sum().arraySync());`,
    );
    expect(used.stdout.trim(), used.stderr).toBe(`${backend} 3`);
  });

  it("can be required from CommonJS", () => {
    const { stdout, stderr } = sh(process.execPath, ["-e", `console.log(typeof require("gradbook").Dense)`]);
    expect(stdout.trim(), stderr).toBe("function");
  });

  it("has a doctor", () => {
    const { status, stdout, stderr } = gradbook("doctor");
    expect(status, stderr).toBe(0);
    expect(stdout).toContain(process.version);
  });

  it("runs a notebook that imports the library and another TypeScript file", () => {
    writeFileSync(join(home, "double.ts"), "export const double = (x: number): number => 2 * x;\n");
    const cells = [
      code('import { tf } from "gradbook";\nimport { double } from "./double.ts";\nlet n = 1;', "parameters"),
      code('const sum = tf.tensor1d([1, double(n)]).sum().dataSync()[0];\nconsole.log("sum", sum);', "summary"),
    ];
    writeTestNotebook(join(home, "in.ipynb"), cells);
    const { status, stdout, stderr } = gradbook("run", "in.ipynb", "-p", "n", "4");
    expect([status, stderr.match(/failed|Expected/)], stderr).toEqual([0, null]);
    expect(stdout).toContain("sum 9\n");
    expect(readNotebook(join(home, "out", "in.ipynb")).cells).toHaveLength(3);
  });

  it("works in tslab's kernel too, with its types", async () => {
    const kernel = await startTslab(home);
    try {
      const cells = [
        'import * as gb from "gradbook";\nawait gb.engine.ready;',
        "const model = new gb.Sequential(new gb.Dense(2, 1));\nconsole.log(gb.predict(model, gb.tf.ones([3, 2])).shape);",
        "const wrong: string = gb.Dense;",
      ];
      const outcomes = [];
      for (const cell of cells) outcomes.push(await run(kernel, cell));
      expect(outcomes.map(({ reply, stdout }) => [reply.status, stdout])).toEqual([
        ["ok", ""],
        ["ok", "[ 3, 1 ]\n"],
        ["error", ""],
      ]);
      expect(outcomes[2]!.stderr).toContain("not assignable to type 'string'");
    } finally {
      await kernel.kill();
    }
  });
});

/** TypeScripts by their versions: those at hand, and in the long proof more, which npm fetches. */
function compilers(): Map<string, string> {
  const found = new Map([
    ["7", join(root, "node_modules/typescript")],
    ["6", join(root, "node_modules/typescript-6")],
  ]);
  if (inFull(true, false)) {
    const tools = join(folder, "tools");
    mkdirSync(tools);
    writeFileSync(join(tools, "package.json"), "{}\n");
    for (const version of ["5.4", "5.9"]) {
      const name = `typescript-${version}`;
      const { status, stderr } = npm(["install", "--ignore-scripts", `${name}@npm:typescript@${version}`], tools);
      expect(status, stderr).toBe(0);
      found.set(version, join(tools, "node_modules", name));
    }
  }
  return found;
}

const ways = [
  ["--module", "nodenext", "--moduleResolution", "nodenext"],
  ["--module", "esnext", "--moduleResolution", "bundler"],
];

/** A program that is right, with mistakes marked that no longer are any where a type has become `any`. */
const program = `import * as gradbook from "gradbook";
const { Adam, Dataset, Dense, fit, loadHousePrices, Sequential, tf, toTensor } = gradbook;
const { train } = loadHousePrices();
export const prices = train.column("SalePrice").values as number[];
export const y: gradbook.Tensor = toTensor(train.loc({ columns: ["SalePrice"] }));
const data = new Dataset(tf.zeros([3, 2]), [[1], [2], [3]]);
export const history = fit(new Sequential(new Dense(2, 1)), data, {
  loss: gradbook.meanSquaredError(),
  optimizer: new Adam({ learningRate: 0.1 }),
  epochs: 1,
});
// @ts-expect-error
new Dataset(42, "nonsense");
// @ts-expect-error
Dataset.from([["a", "b"]]);
// @ts-expect-error
train.nope.nope;
// @ts-expect-error
new Adam({ learningRat: 0.1 });

type IsAny<T> = 0 extends 1 & T ? true : false;
type HasAny<T extends readonly unknown[]> = { [K in keyof T]: IsAny<T[K]> }[number];
type Collapsed<T> = IsAny<T> extends true
  ? true
  : T extends abstract new (...words: infer A) => infer R
    ? IsAny<R> | HasAny<A>
    : T extends (...words: infer A) => infer R
      ? IsAny<R> | HasAny<A>
      : false;
type Exports = typeof gradbook;
type Anys = { [K in keyof Exports]: true extends Collapsed<Exports[K]> ? K : never }[keyof Exports];
type Verdict = [Anys] extends [never] ? "whole" : Anys;
export const verdict: Verdict = "whole";
// @ts-expect-error
export const anything: Verdict = "anything";
`;

describe("the types without danfo", { tags: "all" }, () => {
  /** What a compiler says, a line for each error. */
  function check(compiler: string, file: string, text: string, ...options: string[]): string[] {
    writeFileSync(join(home, file), text);
    const words = ["--noEmit", "--strict", "--target", "es2022", "--pretty", "false", ...options, file];
    const { stdout } = sh(process.execPath, [join(compiler, "bin", "tsc"), ...words]);
    return stdout.split("\n").filter((line) => line.includes("error TS"));
  }

  it("are whole, in each TypeScript and each way to look for modules", () => {
    expect(existsSync(join(home, "node_modules", "danfojs-node"))).toBe(false);
    for (const [version, compiler] of compilers()) {
      expect(sh(process.execPath, [join(compiler, "bin", "tsc"), "--version"]).stdout).toContain(` ${version}.`);
      for (const way of ways) {
        expect(check(compiler, "program.mts", program, ...way, "--skipLibCheck"), `${version}, ${way}`).toEqual([]);
      }
    }
  });

  it("have no errors of their own, and none that a missing package causes", () => {
    for (const way of ways) {
      const errors = check(join(root, "node_modules/typescript"), "program.mts", program, ...way);
      expect(errors.filter((line) => !/^node_modules\/(@tensorflow|@webgpu)\/|lib\.dom\.d\.ts/.test(line))).toEqual([]);
    }
  });

  it("serve CommonJS", () => {
    const text = `import gradbook = require("gradbook");
export const tensor: gradbook.Tensor = gradbook.tf.zeros([2]);
// @ts-expect-error
export const wrong: string = gradbook.tf;
`;
    const options = ["--module", "nodenext", "--skipLibCheck"];
    expect(check(join(root, "node_modules/typescript"), "program.cts", text, ...options)).toEqual([]);
  });
});
