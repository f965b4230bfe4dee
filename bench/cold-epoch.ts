/** A process of C: one epoch of W4 in the order of the examples, from the state in a file; prints the loss. */
import { Dataset, fit, loadStateDict, loadTensors, Random } from "../entry/index.js";
import { lossOf, optimizerOf } from "./training.js";
import { quadratic } from "./w4-quadratic.js";

const { x, y, ...state } = loadTensors(process.argv[2]!);
const model = quadratic.model(new Random(0));
loadStateDict(model, state);
const { loss } = await fit(model, new Dataset(x!, y!), {
  loss: lossOf(quadratic),
  optimizer: optimizerOf(quadratic),
  batchSize: quadratic.batchSize,
  shuffle: false,
  epochs: 1,
});
console.log(loss[0]);
