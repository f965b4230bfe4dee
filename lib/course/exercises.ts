/** The exercises of the course by chapter and number: which answers are right, and hints from the first nudge to the last. */
import { type Tensor, tf } from "gradbook-engine/tensor";

/** An exercise: its right answers, and hints in the order in which they are given. */
export interface Exercise<T> {
  isRight(answer: T): boolean;
  hints: readonly string[];
}

/** An experiment: what the reader expected of it, and what came out when it was run. */
export interface Experiment {
  prediction: number;
  measured: number;
}

const exercise = <T>(isRight: (answer: T) => boolean, ...hints: string[]): Exercise<T> => ({ isRight, hints });

/** A number that is `value` but for rounding. */
const number = (value: number, ...hints: string[]) =>
  exercise((answer: number) => Math.abs(answer - value) <= 1e-4 * Math.abs(value), ...hints);

/** An experiment that was run as asked, with `expected` as its outcome, and that was foreseen; both up to `tolerance`, a share of it (of 1 for 0). */
const experiment = (expected: number, tolerance: number, ...hints: string[]) =>
  exercise(
    ({ prediction, measured }: Experiment) => {
      const isNear = (a: number, b: number) => Math.abs(a - b) <= tolerance * (Math.abs(expected) || 1);
      return isNear(measured, expected) && isNear(prediction, measured);
    },
    ...hints,
  );

const first = (tensor: Tensor) => tensor.dataSync()[0]!;
const close = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((value, i) => Math.abs(value - b[i]!) < 1e-6);

type Matrix = ReturnType<typeof tf.tensor2d>;

export const exercises = {
  "1.1": experiment(
    Math.PI / 6,
    0.03,
    "How large is the ball's volume, and how large is the cube's?",
    "The ball has 4/3 π, the cube 8.",
  ),
  "1.2": exercise(
    (answer: Tensor) =>
      Math.abs(first(tf.mean(answer))) < 1e-5 && Math.abs(first(tf.mean(tf.square(answer))) - 1) < 1e-5,
    "Begin with the differences to the mean: tf.sub(prices, tf.mean(prices)).",
    "Their root mean square is tf.sqrt(tf.mean(tf.square(centered))); divide by it.",
  ),
  "1.3": number(
    97,
    "A Dense layer from a to b has a · b weights and b biases.",
    "The first layer has 32 + 32, the second 32 + 1.",
  ),
  "2.1": exercise(
    (step: (dh: Tensor, h: Tensor) => Tensor) =>
      close(Array.from(step(tf.tensor1d([1, 2, -1]), tf.tensor1d([0, 0.5, -0.8])).dataSync()), [1, 1.5, -0.36]),
    "The chain rule multiplies dh, number by number, by the derivative.",
    "tf.square(h) is what is taken from 1.",
  ),
  "2.2": number(
    13,
    "One path goes through the product, the other is the added w.",
    "One path gives 2 w x, the other 1.",
  ),
  "2.3": experiment(
    2,
    0.05,
    "What waits are outputs of layers, not weights.",
    "How many numbers has the output of a layer, if it has twice the units?",
  ),
  "3.1": number(
    Math.log(4),
    "What does one example with p = 0.25 cost?",
    "−log 0.25, and the mean of equal numbers is that number.",
  ),
  "3.2": exercise(
    (gradient: (p: number[], c: number) => number[]) =>
      close(gradient([0.2, 0.7, 0.1], 1), [0.2, -0.3, 0.1]) && close(gradient([0.5, 0.5], 0), [-0.5, 0.5]),
    "It is p − y; what is y as a vector?",
    "Take 1 away from p[c], and leave the others.",
  ),
  "3.3": experiment(
    Math.log(10),
    0.01,
    "Which logits does such a layer give, and which probabilities?",
    "Each of the ten classes gets 0.1.",
  ),
  "4.1": experiment(
    16,
    0.4,
    "ReLU(c z) = c ReLU(z): what becomes of a factor in each of the layers?",
    "From layer 1 to layer 5 there are four more factors of 2.",
  ),
  "4.2": number(0.25 ** 6, "Slopes multiply along the way.", "Each of the six is at most a quarter."),
  "4.3": exercise(
    (limit: (fanIn: number, fanOut: number) => number) =>
      close([limit(300, 100), limit(50, 500), limit(3, 3)], [Math.sqrt(6 / 400), Math.sqrt(6 / 550), 1]),
    "The variance of U(−c, c) is c² / 3.",
    "c² / 3 is to be 2 / (fanIn + fanOut).",
  ),
  "5.1": exercise(
    (answer: number) => Math.abs(Math.abs(answer) - 0.3) < 1e-3,
    "With t = 1, what is m / (1 − β₁), and what is v / (1 − β₂)?",
    "The first is the gradient, the second its square: divide it by its root.",
  ),
  "5.2": exercise(
    ({ bound, below, above }: { bound: number; below: number; above: number }) =>
      Math.abs(bound - 1) < 0.02 && Math.abs(below) < 2 && Math.abs(above) > 2,
    "A factor whose size is above 1 makes a swing grow.",
    "For which η is 1 − 2η below −1?",
  ),
  "5.3": exercise(
    (velocity: (v: number, g: number, learningRate: number) => number) =>
      close([velocity(0, 2, 0.1), velocity(1, 0, 0.1), velocity(-2, 3, 0.5)], [-0.2, 0.9, -3.3]),
    "It has two terms: what is left of the old velocity, and the push of the gradient.",
    "Keep 0.9 of the velocity, and take learningRate · g away.",
  ),
  "6.1": exercise(
    (answer: number) => answer === 2,
    "Is the gap between the losses the trouble, or are both too high?",
    "What does a model lack that misses even the training data?",
  ),
  "6.2": exercise(
    (count: (hidden: number[]) => number) => close([count([]), count([10]), count([8, 3])], [5, 61, 71]),
    "A Dense layer has inputs × outputs weights and one bias for each output.",
    "Put the sizes in a row, [4, ...hidden, 1], and go through its neighbours.",
  ),
  "6.3": experiment(
    0.0064,
    0.1,
    "What did twice the units do to the error before?",
    "The bound goes with h², and h with 1 / m: take a quarter.",
  ),
  "7.1": experiment(
    693,
    0.01,
    "What does one step do to the weight?",
    "Each step multiplies it by 1 − ηλ = 0.999; after how many is 0.999 to that power a half?",
  ),
  "7.2": exercise(
    (best: (a: number, lambda1: number, lambda2: number) => number) =>
      close([best(3, 1, 1), best(-3, 1, 1), best(0.5, 1, 1), best(2, 0, 3)], [1, -1, 0, 0.5]),
    "Look for w > 0 first: where is the derivative 0?",
    "First subtract, then divide; for (3, 1, 1) it is 1.",
  ),
  "7.3": number(
    0.005,
    "Damping is not multiplied by the learning rate.",
    "Damping takes d · w away, the penalty η · λ · w.",
  ),
  "8.1": number(1.25, "The mean over all masks has to stay what it was.", "Four fifths survive."),
  "8.2": exercise(
    (drop: (h: number[], u: number[], rate: number) => number[]) =>
      close(drop([3, 6, 9], [0.2, 0.9, 0.3], 0.25), [0, 8, 12]),
    "What survives is divided by the probability to survive.",
    "For h = [3, 6, 9], u = [0.2, 0.9, 0.3] and the rate 0.25 expect [0, 8, 12].",
  ),
  "8.3": experiment(
    5,
    0.05,
    "Without ReLU the mean of the sum is the sum of the means.",
    "The mean of each h is h itself: what does the unit give with all of them?",
  ),
  "9.1": exercise(
    (answer: number) => answer === 44,
    "Which share of the way is left after one step, and after two?",
    "After t steps it is 0.9 ** t, which is to be at most 0.01.",
  ),
  "9.2": exercise(
    (normalize: (x: number[], epsilon: number) => number[]) =>
      close(
        normalize([1, 3, 5, 7, 9], 0),
        [-2, -1, 0, 1, 2].map((value) => value / Math.SQRT2),
      ) && close(normalize([3, 3], 1), [0, 0]),
    "Begin with the mean, then the mean of the squared differences to it.",
    "Divide by the root of the variance plus epsilon.",
  ),
  "9.3": experiment(
    0,
    1e-5,
    "The bias shifts a whole column; what becomes of that?",
    "Subtracting the mean undoes the shift, so nothing that follows depends on it.",
  ),
  "10.1": experiment(
    Math.SQRT1_2,
    0.1,
    "He's rule keeps the size of the gradient; what do smaller weights do to it, layer by layer?",
    "The weights are smaller by the factor √½, and so is each factor of the gradient.",
  ),
  "10.2": exercise(
    (clip: (gradient: number[], limit: number) => number[]) =>
      close(clip([3, 4], 1), [0.6, 0.8]) && close(clip([0.3, 0.4], 1), [0.3, 0.4]),
    "The direction stays: all numbers are multiplied by the same factor.",
    "Divide by the norm only where it exceeds the limit.",
  ),
  "10.3": number(1.1 ** 50, "Each factor is 1 + ∂f/∂x.", "Fifty factors of 1.1."),
  "11.1": experiment(
    160,
    0,
    "How many batches has an epoch, the smaller one at its end included?",
    "`new Dataset(…).batchCount({ batchSize: 32 })` counts them.",
  ),
  "11.2": exercise(
    (stopsAt: (losses: number[], patience: number, start: number) => number) =>
      stopsAt([3, 2, 4, 4, 1], 2, 0) === 4 &&
      stopsAt([3, 2, 4, 4, 4, 1], 2, 3) === 5 &&
      stopsAt([3, 2, 1, 2], 2, 0) === 0,
    "Remember the number of the best validation so far.",
    "An equal loss is no improvement.",
  ),
  "11.3": exercise(
    (partsAt: (history: { steps: number[]; loss: number[]; valLoss: number[] }) => number) =>
      partsAt({ steps: [10, 20, 30], loss: [4, 2, 1], valLoss: [4, 3, 2.5] }) === 30 &&
      partsAt({ steps: [5, 10], loss: [1, 1], valLoss: [2, 1] }) === 0,
    "Find the first place at which valLoss is more than twice loss.",
    "findIndex gives −1 where there is none.",
  ),
  "12.1": experiment(
    2_678_824,
    0.01,
    "Plain SGD keeps nothing beside the parameters.",
    "Each parameter takes four bytes: 4 · (784 · 512 + 512 + 512 · 512 + 512 + 512 · 10 + 10).",
  ),
  "12.2": exercise(
    (linear: (x: Matrix, weight: Matrix) => Matrix) =>
      close(
        Array.from(
          linear(
            tf.tensor2d([[1, 2]]),
            tf.tensor2d([
              [3, 4],
              [5, 6],
              [7, 8],
            ]),
          ).dataSync(),
        ),
        [11, 17, 23],
      ),
    "x is [batch, inputs], weight is [outputs, inputs].",
    "The product needs [inputs, outputs]: tf.transpose(weight).",
  ),
  "12.3": exercise(
    (isBest: (valLosses: number[]) => boolean) =>
      isBest([2]) && isBest([3, 2]) && !isBest([1, 2]) && !isBest([2, 2]) && !isBest([1, 3, 2]),
    "Compare the last loss with every one before it.",
    "An equal one is no improvement.",
  ),
  "13.1": exercise(
    (scale: (u: number, low: number, high: number) => number) =>
      Math.abs(scale(0.5, 1e-6, 1e-2) / 1e-4 - 1) < 1e-9 && Math.abs(scale(0.25, 1, 16) / 2 - 1) < 1e-9,
    "Interpolate the logarithms.",
    "u = 0.5 gives the geometric mean of low and high.",
  ),
  "13.2": exercise(
    ({ trials, share }: { trials: number; share: number }) => trials === 59 && Math.abs(share - 0.95) < 0.03,
    "With which probability do all n trials miss?",
    "With 0.95 to the power of n, which is to be at most 0.05.",
  ),
  "13.3": exercise(
    (kept: number[]) => close(kept, [0, 1, 2]),
    "Trial 0 is compared with nobody.",
    "Of 1, 2, 3 and 4 losses, the 1, 1, 1 and 2 smallest go on.",
  ),
  "14.1": experiment(
    Math.log(1.1),
    0.001,
    "What is log(1.1 · y) − log(y)?",
    "It is the same for every house: log 1.1.",
  ),
  "14.2": exercise(
    (agree: (a: number, b: number) => number) =>
      Math.abs(agree(100_000, 400_000) - 200_000) < 1 && Math.abs(agree(150_000, 150_000) - 150_000) < 1,
    "Take logarithms, average them, and come back with Math.exp.",
    "For 100,000 and 400,000 it is not 250,000.",
  ),
  "14.3": exercise(
    (nineInTen: (predictions: number[], targets: number[]) => number) => {
      const errors = Array.from({ length: 101 }, (_, i) => Math.log(1 + i / 100));
      return (
        Math.abs(
          nineInTen(
            errors,
            errors.map(() => 0),
          ) - 0.9,
        ) < 1e-9
      );
    },
    "The relative errors are Math.abs(Math.exp(prediction − target) − 1); sort them.",
    "`Math.floor(0.9 * length)` is the place in the sorted list.",
  ),
};
