/** CNN: a small convolutional network, two convolutions with pooling on pictures of 28 × 28, batches of 32, beside PyTorch. */
import { Conv2D, Dense, Flatten, MaxPool, ReLU, Sequential } from "../entry/index.js";
import { drawnExamples } from "./drawn-examples.js";
import { trainingWorkload } from "./training.js";

const [rows, classes] = [320, 10];

export const cnn = trainingWorkload(
  "CNN",
  "28×28 → 8 → 16 channels, windows of 3, pooling, → 10, batches of 32, Adam",
  {
    model: (random) =>
      new Sequential(
        new Conv2D(1, 8, 3, { random: random.split(0) }),
        new ReLU(),
        new MaxPool(2),
        new Conv2D(8, 16, 3, { random: random.split(1) }),
        new ReLU(),
        new MaxPool(2),
        new Flatten(),
        new Dense(400, classes, { random: random.split(2) }),
      ),
    data: () => drawnExamples([rows, 28, 28, 1], classes),
    loss: { name: "softmaxCrossEntropy" },
    optimizer: { name: "Adam", learningRate: 0.001 },
    batchSize: 32,
    shuffle: true,
    steps: 60,
    isConvolutional: true,
  },
);
