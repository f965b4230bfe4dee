/** W2 and W2bn: handwritten digits through five hidden layers of 100, batches of 100, SGD; without and with BatchNorm. */
import { BatchNorm, Dense, heNormal, loadMnist, type Random, ReLU, Sequential } from "../entry/index.js";
import { trainingWorkload } from "./training.js";

function network(random: Random, batchNorm: boolean): Sequential {
  const dense = (i: number, inputs: number, outputs = 100) =>
    new Dense(inputs, outputs, { weight: heNormal, random: random.split(i) });
  const hidden = [0, 1, 2, 3, 4].flatMap((i) => [
    dense(i, i === 0 ? 784 : 100),
    ...(batchNorm ? [new BatchNorm(100)] : []),
    new ReLU(),
  ]);
  return new Sequential(...hidden, dense(5, 100, 10));
}

const [w2, w2bn] = [false, true].map((batchNorm) =>
  trainingWorkload(
    batchNorm ? "W2bn" : "W2",
    `digits, 784 → 100 × 5 → 10, batches of 100, SGD${batchNorm ? ", with BatchNorm" : ""}`,
    {
      model: (random) => network(random, batchNorm),
      data: () => loadMnist({ flat: true }).train,
      loss: { name: "softmaxCrossEntropy" },
      optimizer: { name: "SGD", learningRate: 0.01 },
      batchSize: 100,
      shuffle: true,
      steps: 200,
    },
  ),
) as [ReturnType<typeof trainingWorkload>, ReturnType<typeof trainingWorkload>];

export { w2, w2bn };
