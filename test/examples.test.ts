/** The examples run as they stand. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { transformSync } from "esbuild";
import { expect, it } from "vitest";
import { temporaryFolder } from "./helpers/folder.js";
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

/** The code below each `@example` in the library's documentation, by where it stands. */
const documented = ["engine", "lib", "plot", "search"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.startsWith("dist"))
    .flatMap((file) => {
      const text = readFileSync(join(root, folder, file), "utf8");
      const found = [...text.matchAll(/@example\n \* ```ts\n(.*?) \* ```\n/gs)];
      return found.map(([, code], i) => ({
        where: `${folder}/${file}, example ${i + 1}`,
        code: code!.replace(/^ \* ?/gm, ""),
      }));
    }),
);

it("every example of the reference has the right types and prints what it says", { tags: "all" }, () => {
  expect(documented.length).toBeGreaterThan(100);
  const folder = temporaryFolder();
  mkdirSync(join(folder.path, "node_modules"));
  symlinkSync(root, join(folder.path, "node_modules/gradbook"), "junction");
  folder.write("package.json", '{ "type": "module" }');
  const compilerOptions = {
    ...{ strict: true, noUncheckedIndexedAccess: true, noEmit: true, skipLibCheck: true },
    ...{ module: "nodenext", target: "es2023", types: ["node"], typeRoots: [join(root, "node_modules/@types")] },
  };
  folder.write("tsconfig.json", JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  for (const [i, { code }] of documented.entries()) {
    folder.write(`${i}.ts`, code);
    folder.write(`${i}.js`, transformSync(code, { loader: "ts" }).code);
  }
  const run = (...words: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: folder.path, encoding: "utf8" });
    expect(status, stdout + stderr).toBe(0);
    return stdout;
  };
  run(join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.json");
  const all = documented.map((_, i) => `await import("./${i}.js");\nconsole.log("end of example");\n`);
  folder.write("all.js", all.join(""));
  const printed = run("all.js").split("end of example\n");
  const plain = (text: string) => text.replace(/\s+/g, " ").trim();
  for (const [i, { where, code }] of documented.entries()) {
    const said = Array.from(code.matchAll(/^console\.log\(.*\);\s+\/\/ (.*)$/gm), ([, text]) => text);
    expect(said.length, where).toBeGreaterThan(0);
    expect(plain(printed[i]!), where).toBe(plain(said.join(" ")));
  }
});
