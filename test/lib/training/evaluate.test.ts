import { describe, expect, it } from "vitest";
import { tf } from "../../../engine/tensor.js";
import { halfSquaredError, meanSquaredError } from "../../../lib/losses.js";
import { rmse } from "../../../lib/metrics.js";
import { evaluate, predict } from "../../../lib/training/evaluate.js";
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

  it("leave the model and the memory as they are", () => {
    const [model, data] = [network(), line()];
    const before = tf.memory().numTensors;
    const { loss, metrics } = evaluate(model, data, { loss: meanSquaredError(), metrics: { rmse } });
    expect(loss).toBeCloseTo(metrics.rmse! ** 2, 5);
    expect(tf.memory().numTensors).toBe(before);
  });
});
