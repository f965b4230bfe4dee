/**
 * The package's declarations with danfo beside them (`package.test.ts` has them without): in TypeScript 5.0.4, the version inside
 * tslab, in each way to look for modules, and in today's. Declarations of other packages are theirs: danfo's need another
 * package's types, and `@types/node` a newer TypeScript.
 */
import { spawnSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "./helpers/folder.js";
import { turn } from "./helpers/long.js";
import { root } from "./helpers/needs.js";

const tslabs = join(root, "node_modules/@tslab/typescript-for-tslab/lib/tsc.js");
const todays = join(root, "node_modules/typescript/bin/tsc");

/** What a compiler says of a program that uses the package from a folder of its own, one line for each error. */
function check(compiler: string, program: string, ...options: string[]): string[] {
  const { path, write } = temporaryFolder();
  write("package.json", '{ "type": "module" }');
  symlinkSync(join(root, "node_modules"), join(path, "node_modules"), "junction");
  const words = ["--noEmit", "--strict", "--target", "es2022", "--esModuleInterop", "--pretty", "false", ...options];
  const { stdout } = spawnSync(process.execPath, [compiler, ...words, write("program.ts", program)], {
    cwd: path,
    encoding: "utf8",
  });
  return stdout.split("\n").filter((line) => /error TS\d+/.test(line));
}

const program = `import * as gradbook from "gradbook";
import { type Dataset, Dense, Adam, fit, type History, loadHousePrices, meanSquaredError, rmse, Sequential, type Tensor, tf } from "gradbook";
import { DataFrame } from "gradbook/danfo";
export const model = new Sequential(new Dense(2, 1));
export const options: Parameters<typeof fit>[2]["optimizer"] = new Adam({ learningRate: 0.1 });
export const first = (history: History): number | undefined => history.loss[0];
export const y: Tensor = model.forward(tf.zeros([1, 2]), false);
export const table: gradbook.DataFrame = new DataFrame({ a: [1] });
export const { train }: { train: DataFrame } = loadHousePrices();
export const known: DataFrame = loadHousePrices().train.fillNa(0).head();
export const [matrix, loss]: [tf.Tensor2D, tf.Scalar] = [tf.zeros([1, 2]), tf.scalar(1)];
const run = () => fit(model, {} as Dataset, { loss: meanSquaredError(), optimizer: new Adam(), metrics: { rmse } });
export const named = async (): Promise<number[]> => (await run()).metrics.rmse;
// @ts-expect-error
export const unnamed = async () => (await run()).metrics.accuracy;
// @ts-expect-error
export const wrong: string = model;
// @ts-expect-error
export const alsoWrong: number = loadHousePrices().train.fillNa;
`;

const ways = [
  ["node10", "--module", "commonjs"],
  ["nodenext", "--module", "nodenext"],
  ["bundler", "--module", "esnext"],
] as const;

it.each(ways)(
  "serve programs that look for modules as %s, in tslab's TypeScript",
  { tags: "all" },
  (way, ...options) => {
    expect(spawnSync(process.execPath, [tslabs, "--version"], { encoding: "utf8" }).stdout).toContain("5.0.4");
    expect(check(tslabs, program, ...options, "--moduleResolution", way, "--skipLibCheck")).toEqual([]);
  },
);

const today = turn(
  ways.filter(([way]) => way !== "node10"),
  ([way]) => way === "nodenext",
);
it.each(today)("serve programs that look for modules as %s", { tags: "long" }, (way, ...options) => {
  expect(check(todays, program, ...options, "--moduleResolution", way, "--skipLibCheck")).toEqual([]);
});

it("take danfo's tables without knowing danfo", () => {
  const text = `import { DataFrame, Series } from "danfojs-node";
import * as gradbook from "gradbook";
const table: gradbook.DataFrame = new DataFrame({ a: [1], b: [2] });
const column: gradbook.Series = new Series([1]);
export const groups: gradbook.Groups = new DataFrame({ a: [1] }).groupby(["a"]);
export const data = new gradbook.Dataset(new DataFrame({ a: [1] }), new Series([1]));
export const joined: gradbook.DataFrame = gradbook.concat([table, new DataFrame({ a: [1], b: [2] })]);
// @ts-expect-error
export const unknown = gradbook.loadHousePrices().train.nope;
// @ts-expect-error
export const wrong: string = column;
`;
  expect(check(todays, text, "--module", "nodenext", "--skipLibCheck")).toEqual([]);
});

it("have no errors of their own", { tags: "all" }, () => {
  const wrong = 'import * as gradbook from "gradbook";\nexport const wrong: string = gradbook;\n';
  const errors = check(tslabs, wrong, "--moduleResolution", "node10").filter((line) =>
    /dist\/lib|program\.ts/.test(line),
  );
  expect(errors).toEqual([expect.stringMatching(/^program\.ts\(2,14\): error TS2322/)]);
});
