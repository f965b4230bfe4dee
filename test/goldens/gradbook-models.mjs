/**
 * Writes files of Gradbook that PyTorch and Python's safetensors have to accept (see pytorch.py): two models in PyTorch's layout,
 * some tensors, and what the models predict for the inputs of python-*-predictions.safetensors.
 *
 *     node test/goldens/gradbook-models.mjs [FOLDER]        after a build; FOLDER is by default this one
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  BatchNorm,
  Conv2D,
  Dense,
  Dropout,
  Flatten,
  fromPyTorch,
  loadTensors,
  MaxPool,
  Random,
  ReLU,
  Sequential,
  saveTensors,
  seed,
  stateDict,
  Tanh,
  tf,
  toPyTorch,
} from "../../dist/entry/ready.js";
import { writeSafetensors } from "../../dist/lib/persistence/safetensors-writer.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const folder = process.argv[2] ?? here;
seed(1);

const models = {
  mlp: new Sequential(
    new Dense(6, 8),
    new ReLU(),
    new BatchNorm(8),
    new Dropout(0.5),
    new Dense(8, 8, { bias: false }),
    new Tanh(),
    new Dense(8, 3),
  ),
  cnn: new Sequential(
    new Conv2D(2, 4, 3, { padding: "same" }),
    new BatchNorm(4),
    new ReLU(),
    new MaxPool(2),
    new Conv2D(4, 5, 3),
    new ReLU(),
    new Flatten(),
    new Dense(5 * 2 * 3, 7),
    new ReLU(),
    new Dense(7, 3),
  ),
};
const options = { mlp: {}, cnn: { flattened: { 7: [5, 2, 3] } } };

/** Values of their own for what starts as zeros and ones. */
const random = new Random(2);
for (const model of Object.values(models)) {
  for (const variable of Object.values(stateDict(model))) {
    if (variable.rank === 1) variable.assign(tf.tensor1d(random.uniforms(variable.size, 0.5, 1.5)));
  }
}

/** Pictures as Gradbook takes them: NCHW → NHWC. */
const channelsLast = (x) => (x.rank === 4 ? tf.transpose(x, [0, 2, 3, 1]) : x);

const own = {};
const fromPython = {};
for (const [name, model] of Object.entries(models)) {
  const weights = toPyTorch(model, options[name]);
  saveTensors(join(folder, `gradbook-${name}.safetensors`), weights);
  const { x } = loadTensors(join(here, `python-${name}-predictions.safetensors`));
  own[name] = model.forward(channelsLast(x), false);
  fromPyTorch(model, loadTensors(join(here, `python-${name}.safetensors`)), options[name]);
  fromPython[name] = model.forward(channelsLast(x), false);
  if (folder !== here) {
    saveTensors(join(folder, `${name}-again.safetensors`), toPyTorch(model, options[name]));
  }
}
const tensors = {
  float: tf.tensor2d([[1.5, -2, Number.POSITIVE_INFINITY]]),
  int: tf.tensor1d([-(2 ** 31), 2 ** 31 - 1], "int32"),
  bool: tf.scalar(true, "bool"),
  empty: tf.zeros([0, 3]),
};
writeSafetensors(join(folder, "gradbook-tensors.safetensors"), tensors, { note: "Größe" });
if (folder !== here) {
  saveTensors(join(folder, "own-predictions.safetensors"), own);
  saveTensors(join(folder, "python-predictions.safetensors"), fromPython);
}
