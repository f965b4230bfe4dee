import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as ours from "../../../lib/danfo/danfo.js";
import { danfo } from "../../../lib/danfo/loader.js";
import { libraryWithout, runModule, temporaryFolder } from "../../helpers/engine.js";
import { needing, root } from "../../helpers/needs.js";

const program = `
import { DataFrame, readCSV, tensorflow, toJSON } from "./dist/lib/danfo/ready.js";
import { tf } from "gradbook-engine/tensor";
const before = tf.memory().numTensors;
const frame = new DataFrame([[1, 2], [3, 4]], { columns: ["a", "b"] });
const tensor = frame.tensor;
console.log(JSON.stringify({
  backend: tf.getBackend(),
  isOurs: tensor instanceof tf.Tensor && tensorflow === tf,
  counted: tf.memory().numTensors - before,
  product: tensor.matMul(tf.tensor2d([[1], [1]])).arraySync(),
  json: toJSON(frame),
  readCSV: typeof readCSV,
}));`;
const shared = {
  isOurs: true,
  counted: 1,
  product: [[3], [7]],
  json: [
    { a: 1, b: 2 },
    { a: 3, b: 4 },
  ],
  readCSV: "function",
};

describe("danfo", () => {
  it("makes the library's tensors with WebAssembly", () => {
    const { stdout, stderr } = runModule(program, { GRADBOOK_ENGINE: "wasm" });
    expect(JSON.parse(stdout), stderr).toEqual({ backend: "wasm", ...shared });
  });

  needing("Python and a compiler", "all")("makes the library's tensors natively", () => {
    const { stdout, stderr } = runModule(program, { GRADBOOK_ENGINE: "native" });
    expect(JSON.parse(stdout), stderr).toEqual({ backend: "tensorflow", ...shared });
  });

  it("makes the library's tensors where npm has given danfo another tfjs-node, which is never loaded", () => {
    const folder = libraryWithout(temporaryFolder(), "danfojs-node");
    const its = join(folder, "node_modules", "danfojs-node");
    cpSync(join(root, "node_modules", "danfojs-node"), its, { recursive: true, dereference: true });
    const other = join(its, "node_modules", "@tensorflow", "tfjs-node");
    mkdirSync(other, { recursive: true });
    writeFileSync(join(other, "index.js"), 'throw new Error("the other engine was loaded");');
    const { stdout, stderr } = runModule(program, { GRADBOOK_ENGINE: "wasm" }, folder);
    expect(JSON.parse(stdout), stderr).toEqual({ backend: "wasm", ...shared });
  });

  it("is whole: every name danfo exports is exported", () => {
    expect(Object.keys(ours).sort()).toEqual(Object.keys(danfo()).sort());
  });

  it("is told apart from one that was loaded with an engine of its own", () => {
    const { status, stderr } = runModule(
      `import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
       const load = createRequire(process.cwd() + "/dist/lib/danfo/danfo.js");
       const entry = load.resolve("danfojs-node");
       load.cache[entry] = { id: entry, filename: entry, loaded: true, children: [], exports: { tensorflow: {} } };
       await import("./dist/lib/danfo/danfo.js");`,
      { GRADBOOK_ENGINE: "wasm" },
    );
    expect([status, stderr]).toEqual([1, expect.stringContaining('import it from "gradbook/danfo"')]);
  });

  it("is not needed to read, choose, prepare and train, and asked for by what only danfo can do", () => {
    const folder = libraryWithout(temporaryFolder(), "danfojs-node");
    const { status, stdout, stderr } = runModule(
      `import { writeFileSync } from "node:fs";
import * as g from "./dist/entry/ready.js";
writeFileSync("table.csv", "id,size,kind\\n1,10,a\\n2,NA,b\\n3,30,a\\n");
const table = g.concat([g.readCsv("table.csv"), g.readCsv("table.csv")]).drop({ columns: ["id"] });
const both = new g.ColumnTransformer([[new g.SimpleImputer(), g.numericColumns], [new g.OneHotEncoder(), g.categoricalColumns]]);
const x = both.fitTransform(table.iloc({ rows: [0, 1, 2] }));
g.writeCsv(x, "prepared.csv");
new g.Dataset(x, g.readCsv("table.csv").column("id"));
console.log(JSON.stringify([x.columns, x.head(2).values, table.loc({ rows: [5], columns: ["size"] }).values, x.shape, g.toTensor(x).shape]));
x.groupby(["size"]);`,
      { GRADBOOK_ENGINE: "wasm" },
      folder,
    );
    expect(JSON.parse(stdout || "null"), stderr).toEqual([
      ["size", "kind_a", "kind_b"],
      [
        [10, 1, 0],
        [20, 0, 1],
      ],
      [[30]],
      [3, 3],
      [3, 3],
    ]);
    expect([status, stderr]).toEqual([1, expect.stringContaining("run `npm install danfojs-node`")]);
  });

  it("is asked for only when it is used, with the command that installs it", { tags: "all" }, () => {
    const folder = libraryWithout(temporaryFolder(), "danfojs-node");
    expect(() => createRequire(`${folder}/dist/lib/danfo/danfo.js`).resolve("danfojs-node")).toThrow();
    const settings = { GRADBOOK_ENGINE: "wasm" };
    const lazy = runModule(`import { danfo } from "./dist/lib/danfo/loader.js"; danfo;`, settings, folder);
    expect(lazy.status, lazy.stderr).toBe(0);
    const { status, stderr } = runModule(`import "./dist/lib/danfo/danfo.js";`, settings, folder);
    expect([status, stderr]).toEqual([1, expect.stringContaining("run `npm install danfojs-node`")]);
  });
});
