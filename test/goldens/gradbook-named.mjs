/**
 * Loads the models that pytorch-named.py exported, trains each on as PyTorch did there, and writes them back under PyTorch's names,
 * for `python test/goldens/pytorch-named.py check`; also how far the training went from PyTorch's.
 *
 *     node test/goldens/gradbook-named.mjs [FOLDER]        after a build; FOLDER is by default this one
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  Dataset,
  fit,
  loadModel,
  loadTensors,
  meanSquaredError,
  predict,
  SGD,
  saveTensors,
  tf,
  toPyTorch,
} from "../../dist/entry/ready.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const folder = process.argv[2] ?? here;
const channelsLast = (x) => (x.rank === 4 ? tf.transpose(x, [0, 2, 3, 1]) : x);

/** The largest difference, of the largest number. */
const errorOf = (a, b) => {
  const size = (x) => tf.max(tf.abs(x)).dataSync()[0];
  return size(tf.sub(a, b)) / size(b);
};

const errors = {};
const predictions = {};
for (const name of ["mlp", "cnn", "resnet", "residual"]) {
  const file = join(here, `named-${name}.safetensors`);
  const model = loadModel(file);
  const { x, y, predictions: theirs, ...after } = loadTensors(join(here, `named-${name}-training.safetensors`));
  const header = readFileSync(file);
  const notes = JSON.parse(JSON.parse(header.subarray(8, 8 + Number(header.readBigUInt64LE()))).__metadata__.notes);
  const pictures = channelsLast(x);
  await fit(model, new Dataset(pictures, y), {
    loss: meanSquaredError(),
    optimizer: new SGD({ learningRate: 0.05 }),
    epochs: 5,
    batchSize: 8,
    shuffle: false,
  });
  const options = { names: notes.names, example: pictures };
  const state = toPyTorch(model, options);
  saveTensors(join(folder, `trained-${name}.safetensors`), state);
  predictions[name] = predict(model, pictures);
  const errorsOf = (entries) => entries.map(([key, tensor]) => errorOf(tensor, after[`after.${key}`]));
  const tensors = errorsOf(Object.entries(state));
  const running = errorsOf(Object.entries(state).filter(([key]) => key.includes("running")));
  errors[name] = {
    running: Math.max(0, ...running),
    tensors: tensors.length,
    state: Math.max(...tensors),
    predictions: errorOf(predictions[name], theirs),
  };
}
if (folder !== here) {
  saveTensors(join(folder, "own-predictions.safetensors"), predictions);
  writeFileSync(join(folder, "errors.json"), JSON.stringify(errors));
}
console.log(JSON.stringify(errors));
