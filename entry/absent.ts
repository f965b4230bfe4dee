/** What the library has in Node only: in a browser it says so, and what to do. Each stands in the place of what its type names. */

function absent(name: string, advice: string) {
  return (): never => {
    throw new Error(`${name}: expected Node, received a browser: ${advice}.`);
  };
}

const fetchIt = "fetch the data, and hand the numbers to tf.tensor and Dataset";
const inTurn = "train the trials one after the other in the page or its worker, or search in Node";

export const loadMnist: typeof import("../lib/datasets/mnist.js").loadMnist = absent("loadMnist", fetchIt);
export const loadBatchNormSweep: typeof import("../lib/datasets/batch-norm-sweep.js").loadBatchNormSweep = absent(
  "loadBatchNormSweep",
  fetchIt,
);
export const amesFile: typeof import("../lib/datasets/ames.js").amesFile = absent("amesFile", fetchIt);
export const pytorchFile: typeof import("../lib/datasets/pytorch-file.js").pytorchFile = absent("pytorchFile", fetchIt);

export const search: typeof import("../search/search.js").search = absent("search", inTurn);
export const inProcess: typeof import("../search/executor.js").inProcess = absent("inProcess", inTurn);
export const workers: typeof import("../search/workers.js").workers = absent("workers", inTurn);
export const bullmq: typeof import("../search/bullmq.js").bullmq = absent("bullmq", inTurn);
