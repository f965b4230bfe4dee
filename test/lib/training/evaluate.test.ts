import { describe, expect, it } from "vitest";
import { Random } from "../../../engine/random.js";
import { tf } from "../../../engine/tensor.js";
import { BatchNorm } from "../../../lib/layers/batch-norm.js";
import { Dense } from "../../../lib/layers/dense.js";
import { Dropout } from "../../../lib/layers/dropout.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import { halfSquaredError, meanSquaredError } from "../../../lib/losses.js";
import { rmse } from "../../../lib/metrics.js";
import { Dataset } from "../../../lib/training/dataset.js";
import { evaluate, predict } from "../../../lib/training/evaluate.js";
import { Evaluator } from "../../../lib/training/evaluator.js";
import { line, network } from "../../helpers/line.js";
import { relativeError } from "../../helpers/tensors.js";

describe("evaluate and predict", () => {
  it("refuse a batch size that is no positive integer", () => {
    expect(() => predict(network(), line().x, { batchSize: 0 })).toThrow(
      "predict: expected batchSize to be a positive integer, received 0",
    );
  });

  it.each([1, 7, 20, 1000])("find the same in batches of %i as at once", (batchSize) => {
    const [model, data] = [network(), line()];
    const before = tf.memory().numTensors;
    const predictions = predict(model, data.x, { batchSize });
    expect(tf.memory().numTensors).toBe(before + 1);
    expect(relativeError(predictions, model.forward(data.x, false))).toBeLessThan(1e-6);
    const options = { loss: halfSquaredError({ divisor: 8 }), metrics: { rmse } };
    const at = evaluate(model, data, { ...options, batchSize });
    const all = evaluate(model, data, options);
    expect(at.loss).toBeCloseTo(all.loss, 5);
    expect(at.metrics.rmse).toBeCloseTo(all.metrics.rmse!, 5);
    expect(Array.from(at.predictions)).toEqual(Array.from(predictions.dataSync()));
  });

  it.each([7, 1000])("compute as in prediction, in batches of %i: no masks, running statistics", (batchSize) => {
    const random = new Random(3);
    const dropout = new Dropout(0.5, { random });
    const model = new Sequential(new Dense(2, 8, { random }), new BatchNorm(8), dropout);
    const { x } = line();
    const data = new Dataset(x, model.forward(x, false));
    expect(relativeError(predict(model, x, { batchSize }), data.y)).toBeLessThan(1e-6);
    expect(evaluate(model, data, { loss: meanSquaredError(), batchSize }).loss).toBeLessThan(1e-12);
    expect([dropout.steps, Array.from(model.buffers.get("1.runningMean")!.dataSync())]).toEqual([0, Array(8).fill(0)]);
  });

  it("leave the model and the memory as they are", () => {
    const [model, data] = [network(), line()];
    const before = tf.memory().numTensors;
    const { loss, metrics } = evaluate(model, data, { loss: meanSquaredError(), metrics: { rmse } });
    expect(loss).toBeCloseTo(metrics.rmse! ** 2, 5);
    expect(tf.memory().numTensors).toBe(before);
  });
});

it("Evaluator.of goes by the batch size that is asked for now", () => {
  const [model, data, loss] = [network(), line(), meanSquaredError()];
  const forward = model.forward.bind(model);
  const sizes = new Set<number>();
  model.forward = (x, training) => {
    sizes.add(x.shape[0]!);
    return forward(x, training);
  };
  const seen = (batchSize?: number) => {
    sizes.clear();
    Evaluator.of(model, { loss, batchSize }).evaluate(data);
    return [...sizes];
  };
  expect([seen(), seen(8), seen(12)]).toEqual([[20], [8, 4], [12, 8]]);
});
