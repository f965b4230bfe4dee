/**
 * The package's declarations in TypeScript 5.0.4, the version inside tslab, in each way to look for modules. Declarations of other
 * packages are theirs: danfo's need another package's types, and `@types/node` a newer TypeScript.
 */
import { spawnSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "./helpers/folder.js";
import { root } from "./helpers/needs.js";

const compiler = join(root, "node_modules/@tslab/typescript-for-tslab/lib/tsc.js");

/** What the compiler says of a program that uses the package from a folder of its own, one line for each error. */
function check(program: string, ...options: string[]): string[] {
  const { path, write } = temporaryFolder();
  write("package.json", '{ "type": "module" }');
  symlinkSync(join(root, "node_modules"), join(path, "node_modules"), "junction");
  const words = ["--noEmit", "--strict", "--target", "es2022", "--esModuleInterop", ...options];
  const { stdout } = spawnSync(process.execPath, [compiler, ...words, write("program.ts", program)], {
    cwd: path,
    encoding: "utf8",
  });
  return stdout.split("\n").filter((line) => /error TS\d+/.test(line));
}

const program = `import { Dense, Adam, fit, type History, Sequential, type Tensor, tf } from "gradbook";
import { DataFrame } from "gradbook/danfo";
export const model = new Sequential(new Dense(2, 1));
export const options: Parameters<typeof fit>[2]["optimizer"] = new Adam({ learningRate: 0.1 });
export const first = (history: History): number | undefined => history.loss[0];
export const y: Tensor = model.forward(tf.zeros([1, 2]), false);
export const table = new DataFrame({ a: [1] });
`;

const ways = [
  ["node10", "--module", "commonjs"],
  ["nodenext", "--module", "nodenext"],
  ["bundler", "--module", "esnext"],
] as const;

it.each(ways)("serve programs that look for modules as %s", (way, ...options) => {
  expect(spawnSync(process.execPath, [compiler, "--version"], { encoding: "utf8" }).stdout).toContain("5.0.4");
  const all = [...options, "--moduleResolution", way, "--skipLibCheck"];
  expect(check(program, ...all)).toEqual([]);
  expect(check(`${program}export const wrong: string = model;\n`, ...all)).toEqual([
    expect.stringMatching(/^program\.ts\(8,14\): error TS2322/),
  ]);
});

it("have no errors of their own", () => {
  const wrong = 'import * as gradbook from "gradbook";\nexport const wrong: string = gradbook;\n';
  const errors = check(wrong, "--moduleResolution", "node10").filter((line) => /dist\/lib|program\.ts/.test(line));
  expect(errors).toEqual([expect.stringMatching(/^program\.ts\(2,14\): error TS2322/)]);
});
