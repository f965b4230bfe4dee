/** The library in a browser: projects with esbuild and Vite import "gradbook" as in Node, and it computes the same digits. */
import { expect } from "vitest";
import { allBundlers, inBrowser, tagOf } from "../helpers/bundle.js";
import { runModule } from "../helpers/engine.js";
import { needing } from "../helpers/needs.js";

/** Trains a network, with all that takes part; its digits are those of Node's WebAssembly. */
const trains = `
import {
  accuracy, Adam, BatchNorm, Conv2D, curvesFigure, Dataset, Dense, Dropout, EarlyStopping, engine, fit, fitAll, Flatten,
  loadModel, loadTensors, MaxPool, meanSquaredError, predict, Random, ReLU, saveModel, saveTensors, Sequential, SGD, seed,
  softmaxCrossEntropy, summary, tf,
} from "gradbook";

seed(3);
const x = tf.linspace(-1, 1, 64).reshape([64, 1]);
const data = new Dataset(x, tf.square(x));
const model = new Sequential(new Dense(1, 16), new BatchNorm(16), new ReLU(), new Dropout(0.1), new Dense(16, 1));
const optimizer = new Adam({ learningRate: 0.01 });
const options = { loss: meanSquaredError(), validation: data, epochs: 40, progress: "parabola" };
const history = await fit(model, data, { ...options, optimizer });

const random = new Random(5);
const images = new Dataset(
  tf.tensor(random.normals(30 * 64), [30, 8, 8, 1]),
  tf.tensor1d(Int32Array.from({ length: 30 }, (_, i) => i % 3), "int32"),
);
const network = new Sequential(new Conv2D(1, 4, 3), new ReLU(), new MaxPool(2), new Flatten(), new Dense(36, 3));
const convolutional = await fit(network, images, {
  loss: softmaxCrossEntropy(), optimizer: new SGD({ learningRate: 0.05 }), metrics: { accuracy }, epochs: 5,
});
const together = [0.01, 0.001].map((learningRate) => [
  new Sequential(new Dense(1, 4), new ReLU(), new Dense(4, 1)),
  data,
  { loss: meanSquaredError(), optimizer: new Adam({ learningRate }), epochs: 3 },
]);

saveModel("kept/parabola.safetensors", model);
saveTensors("pair.safetensors", { a: tf.ones([2]), b: tf.zeros([3]) });
const again = loadModel("kept/parabola.safetensors");
const half = (model) => predict(model, tf.tensor2d([[0.5]])).dataSync()[0];

export const result = {
  engine: engine.description,
  losses: [history.loss, history.valLoss],
  convolutional: [convolutional.loss, convolutional.metrics.accuracy],
  together: (await fitAll(together)).map(({ loss }) => loss),
  predictions: [half(model), half(again)],
  files: Object.keys(loadTensors("pair.safetensors")).sort(),
  // Minifiers rename classes.
  names: [Dense.name, EarlyStopping.name, summary(again, [1])],
  traces: curvesFigure({ loss: history.loss }, { yTitle: "loss" }).data.length,
};
`;

/** What only Node has says so. */
const asks = `
import { amesFile, curvesFigure, loadMnist, loadTensors, readCsv, search } from "gradbook";
const asked = { amesFile, loadMnist, search, readCsv: () => readCsv("a.csv"), loadTensors: () => loadTensors("a.safetensors"),
  png: () => curvesFigure({ loss: [1, 2] }, { yTitle: "loss" }).png() };
const said = {};
for (const [name, ask] of Object.entries(asked)) {
  try {
    await ask();
    said[name] = "nothing";
  } catch (error) {
    said[name] = error.message;
  }
}
export const result = said;
`;

/** Tables as danfo has them: in a browser the library's own do the same. */
const tables = `
import "gradbook";
import { DataFrame } from "gradbook/danfo";
const rows = [["b", 3, 1.5], ["a", 1, NaN], ["b", 2, 4], ["c", 7, 0.5], ["a", 9, 2], ["b", 5, -1]];
const table = new DataFrame(rows, { columns: ["kind", "size", "weight"] });
const shown = ({ columns, index, values, shape }) => ({ columns, index, shape, values: values.map((row) => row.map(String)) });
const groups = table.groupby(["kind"]).col(["size"]);
const kinds = ["count", "sum", "mean", "std", "min", "max"];
export const result = [
  ...kinds.map((kind) => groups[kind]()),
  table.groupby(["kind"]).col(["size", "weight"]).count(),
  table.sortValues("size", { ascending: false }),
  table.sortValues("kind").head(4),
  new DataFrame({ x: [1, 2], y: ["a", "b"] }),
].map(shown);
`;

needing("a browser", "all")("has tables that sort and group as danfo's do in Node", async () => {
  const { page } = await inBrowser<unknown>("esbuild", tables);
  const { status, stdout, stderr } = runModule(`${tables}\nconsole.log("\\n" + JSON.stringify(result));`, {});
  expect(status, stderr).toBe(0);
  expect(page).toEqual(JSON.parse(stdout.split("\n").at(-1)!));
});

for (const bundler of allBundlers) {
  needing("a browser", tagOf(bundler))(`trains as Node's WebAssembly does, bundled by ${bundler}`, async () => {
    interface Result {
      losses: number[][];
      predictions: number[];
      names: string[];
    }
    const { page, worker } = await inBrowser<Result>(bundler, trains);
    const folder = `process.chdir(await (await import("node:fs/promises")).mkdtemp((await import("node:os")).tmpdir() + "/gradbook-"));`;
    const inNode = `${trains.replace("seed(3);", `${folder}\nseed(3);`)}\nconsole.log("\\n" + JSON.stringify(result));`;
    const { status, stdout, stderr } = runModule(inNode, { GRADBOOK_ENGINE: "wasm" });
    expect(status, stderr).toBe(0);
    const node = JSON.parse(stdout.split("\n").at(-1)!) as Result;
    expect(page).toEqual(node);
    expect(worker).toEqual(node);
    expect(page.losses[0]!.at(-1)).toBeLessThan(page.losses[0]![0]! / 4);
    expect(page.predictions[0]).toBe(page.predictions[1]);
    expect(page.names.slice(0, 2)).toEqual(["Dense", "EarlyStopping"]);
  });

  needing("a browser", "all")(`says what only Node has, bundled by ${bundler}`, async () => {
    const { page } = await inBrowser<Record<string, string>>(bundler, asks);
    for (const name of ["amesFile", "loadMnist", "search"])
      expect(page[name]).toContain(`${name}: expected Node, received a browser`);
    expect(page.png).toContain("Plotly.toImage");
    expect(page.loadTensors).toContain("a page has no files but those that it has written");
    expect(page.readCsv).toContain("/a.csv: expected a CSV file, received no such file");
  });
}
