/** Weights of examples: what a loss, a step, `fit`, `fitAll` and `evaluate` make of them, on both engines' ways. */
import { describe, expect, it } from "vitest";
import { Random } from "../../../engine/random.js";
import { type Tensor, tf } from "../../../engine/tensor.js";
import { Dense } from "../../../lib/layers/dense.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import { type Loss, meanSquaredError, softmaxCrossEntropy } from "../../../lib/losses.js";
import { accuracy, rmse } from "../../../lib/metrics.js";
import { SGD } from "../../../lib/optimizers/sgd.js";
import { sampleWeights } from "../../../lib/preprocessing/sample-weights.js";
import { Dataset } from "../../../lib/training/dataset.js";
import { evaluate } from "../../../lib/training/evaluate.js";
import { fit } from "../../../lib/training/fit.js";
import { fitAll } from "../../../lib/training/fit-all.js";
import type { FitArguments } from "../../../lib/training/run.js";
import { trainStep } from "../../../lib/training/train-step.js";
import { weightsOf } from "../../helpers/line.js";
import { itNative } from "../../helpers/native.js";
import { relativeError } from "../../helpers/tensors.js";

const model = () => new Sequential(new Dense(2, 3, { random: new Random(1) }));

/** Rows with class numbers; row i counts as often as `times` says. */
function examples(times?: readonly number[]): Dataset {
  const random = new Random(4);
  const x = random.normals(12);
  const classes = [0, 1, 2, 2, 2, 1];
  return new Dataset(tf.tensor2d(x, [6, 2]), tf.tensor1d(classes, "int32"), { ...(times && { weights: times }) });
}

const options = () => ({ loss: softmaxCrossEntropy(), optimizer: new SGD({ learningRate: 0.1 }) });

describe("an example of weight 2", () => {
  it("counts like two of weight 1, with the same n", () => {
    const times = [2, 1, 0, 1, 2, 0];
    const doubled = examples().rows(Int32Array.from([0, 0, 1, 3, 4, 4]));
    const [weighed, repeated] = [model(), model()];
    const losses = [trainStep(weighed, examples(times), options()), trainStep(repeated, doubled, options())];
    expect(losses[0]).toBeCloseTo(losses[1]!, 6);
    expect(relativeError(weightsOf(weighed), weightsOf(repeated))).toBeLessThan(1e-6);
    expect(evaluate(weighed, examples(times), options()).loss).toBeCloseTo(
      evaluate(repeated, doubled, options()).loss,
      6,
    );
  });

  it("does not count more in a metric", () => {
    const metrics = { accuracy };
    const [plain, weighed] = [examples(), examples([9, 1, 0, 1, 5, 0])].map((data) => {
      return evaluate(model(), data, { ...options(), metrics });
    });
    expect(weighed!.metrics).toEqual(plain!.metrics);
    expect(weighed!.loss).not.toBeCloseTo(plain!.loss, 2);
  });
});

describe("weights in fit", () => {
  const run = (k: number, data = examples([2, 1, 0.5, 0, 3, 1])): FitArguments => [
    new Sequential(new Dense(2, 3, { random: new Random(k) })),
    data,
    {
      ...options(),
      validation: examples([0, 0, 4, 1, 1, 1]),
      metrics: { accuracy },
      epochs: 3,
      batchSize: 4,
      shuffle: new Random(5),
    },
  ];

  it("are the examples' own, whatever their order: as the steps and evaluations one by one", async () => {
    const [trained, data, all] = run(1);
    const history = await fit(trained, data, all);
    const [byHand, , own] = run(1);
    for (let epoch = 0; epoch < 3; epoch++) {
      let sum = 0;
      for (const batch of data.batches(all, epoch)) sum += trainStep(byHand, batch, own);
      expect(history.loss[epoch]).toBeCloseTo(sum / 2, 6);
      expect(history.valLoss[epoch]).toBeCloseTo(evaluate(byHand, own.validation!, own).loss, 6);
    }
    expect(relativeError(weightsOf(trained as Sequential), weightsOf(byHand as Sequential))).toBeLessThan(1e-5);
  });

  itNative("change nothing of data that have none, when the same model is trained on both", async () => {
    const [trained, weighed, all] = run(1);
    await fit(trained, weighed, all);
    await fit(trained, examples(), all);
    const [other, , same] = run(1);
    await fit(other, weighed, { ...same, compile: false });
    await fit(other, examples(), { ...same, compile: false });
    expect(relativeError(weightsOf(trained as Sequential), weightsOf(other as Sequential))).toBeLessThan(1e-5);
  });

  it("are each network's own in fitAll", async () => {
    const runs = () => [1, 2, 3].map((k) => run(k, examples([k, 1, 0, 0.5, 2 * k, 1])));
    const [together, apart] = [runs(), runs()];
    const histories = await fitAll(together);
    for (const [k, one] of apart.entries()) {
      const { loss, valLoss } = await fit(...one);
      expect(relativeError(histories[k]!.loss, loss)).toBeLessThan(1e-5);
      expect(relativeError(histories[k]!.valLoss, valLoss)).toBeLessThan(1e-5);
    }
    await expect(fitAll([run(1), run(2, examples())])).rejects.toThrow("expected the same kind of weights for all");
  });

  it("are refused where the loss would not look at them", async () => {
    const squared = meanSquaredError();
    const mine: Loss = {
      value: (predictions, targets) => squared.value(predictions, targets),
      gradient: (predictions, targets) => squared.gradient(predictions, targets),
    };
    const y = tf.ones([6, 3]);
    const [some, none] = [new Dataset(examples().x, y, { weights: [1, 1, 1, 1, 1, 1] }), new Dataset(examples().x, y)];
    const told = "expected a loss that takes weights, since the data have some, received one that does not";
    const all = { loss: mine, optimizer: new SGD(), epochs: 1 };
    expect(() => trainStep(model(), some, all)).toThrow(`trainStep: ${told}`);
    expect(() => evaluate(model(), some, all)).toThrow(`evaluate: ${told}`);
    await expect(fit(model(), some, all)).rejects.toThrow(`fit: ${told}`);
    await expect(fit(model(), none, { ...all, validation: some })).rejects.toThrow(`fit: ${told}`);
    const halved = { ...squared, value: mine.value };
    expect(() => trainStep(model(), some, { ...all, loss: halved })).toThrow(`trainStep: ${told}`);
    await expect(fit(model(), none, all)).resolves.toMatchObject({ epoch: 1 });
  });
});

describe("a Dataset's weights", () => {
  const x = [[1], [2], [3]];
  it.each<[string, number[] | Tensor, string]>([
    ["too few", [1, 2], "a weight for each of 3 examples, received the shape [2]"],
    ["several for an example", tf.ones([3, 2]), "a weight for each of 3 examples, received the shape [3,2]"],
    ["below 0", [1, -1, 1], "finite weights of at least 0, received -1 in row 1"],
    ["no number", [1, 1, Number.NaN], "finite weights of at least 0, received NaN in row 2"],
    ["integers", tf.ones([3], "int32"), "expected weights of dtype float32, received int32"],
  ])("are refused where they are %s", (_, weights, message) => {
    expect(() => new Dataset(x, x, { weights })).toThrow(message);
  });

  it("go with their rows", () => {
    const data = new Dataset(x, x, { weights: tf.tensor2d([[1], [2], [3]]) });
    expect(data.weights!.shape).toEqual([3]);
    expect(Array.from(data.rows(Int32Array.from([2, 0])).weights!.dataSync())).toEqual([3, 1]);
    const batches = Array.from(data.batches({ batchSize: 2 }), ({ weights }) => Array.from(weights!.dataSync()));
    expect(batches).toEqual([[1, 2], [3]]);
    expect(rmse(tf.ones([3, 1]), data.y).dataSync()[0]).toBeCloseTo(Math.sqrt(5 / 3));
  });
});

describe("sampleWeights", () => {
  it("balances classes as scikit-learn's compute_sample_weight", () => {
    // compute_sample_weight("balanced", ["a", "b", "b", "b"])
    expect(Array.from(sampleWeights(["a", "b", "b", "b"]))).toEqual([2, 2 / 3, 2 / 3, 2 / 3].map(Math.fround));
    const many = sampleWeights(Int32Array.from({ length: 100 }, (_, i) => (i % 10 === 0 ? 1 : 0)));
    expect(many.reduce((sum, weight) => sum + weight)).toBeCloseTo(100, 4);
  });

  it("gives each label the weight of its class", () => {
    expect(() => sampleWeights([[0], [1]] as never)).toThrow("expected one label for each example, received");
    expect(Array.from(sampleWeights([1, 0, 1], { 0: 1, 1: 5 }))).toEqual([5, 1, 5]);
    expect(
      Array.from(
        sampleWeights(
          [true, false],
          new Map([
            [true, 2],
            [false, 0.5],
          ]),
        ),
      ),
    ).toEqual([2, 0.5]);
    expect(() => sampleWeights(["a", "c"], { a: 1 })).toThrow(
      'a weight of at least 0 for the label "c", received none',
    );
    expect(() => sampleWeights(["toString"], {})).toThrow('for the label "toString", received none');
    expect(() => sampleWeights([])).toThrow("at least one label, received none");
  });
});
