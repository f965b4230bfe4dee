/** What user code changes while `fit` runs takes effect with the next step, wherever the number stands. */
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { changeSince, trace } from "../../../engine/compile/trace.js";
import { live } from "../../../engine/live.js";
import { Random } from "../../../engine/random.js";
import { type Tensor, tf } from "../../../engine/tensor.js";
import { Dense } from "../../../lib/layers/dense.js";
import { Layer } from "../../../lib/layers/layer.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import { type Loss, meanSquaredError } from "../../../lib/losses.js";
import type { Metric } from "../../../lib/metrics.js";
import { SGD } from "../../../lib/optimizers/sgd.js";
import { l2 } from "../../../lib/regularizers/penalty.js";
import type { Regularizer } from "../../../lib/regularizers/regularizer.js";
import { fit } from "../../../lib/training/fit.js";
import type { Callback, FitOptions } from "../../../lib/training/run.js";
import { trainStep } from "../../../lib/training/train-step.js";
import { line, weightsOf } from "../../helpers/line.js";
import { describeNative } from "../../helpers/native.js";
import { relativeError } from "../../helpers/tensors.js";
import { watchBinding } from "../../helpers/watch-binding.js";

/** y = factor · x, with a number that nobody sees from outside. */
class Scale extends Layer {
  #factor = 1;
  set(factor: number): void {
    this.#factor = factor;
  }
  override forward(x: Tensor): Tensor {
    return tf.mul(x, this.#factor);
  }
  override backward(dy: Tensor): Tensor {
    return tf.mul(dy, this.#factor);
  }
}

/** A model and what it is trained with, and how a number in it is changed. */
interface Case {
  model: Sequential;
  options: FitOptions;
  change: (value: number) => void;
}

const plan = (options: Partial<FitOptions> = {}): FitOptions => ({
  loss: meanSquaredError(),
  optimizer: new SGD({ learningRate: 0.01 }),
  batchSize: 8,
  shuffle: false,
  epochs: 4,
  ...options,
});

const dense = () => new Dense(2, 1, { random: new Random(0) });

const cases: Record<string, () => Case> = {
  "a layer's factor"() {
    const scale = new Scale();
    return { model: new Sequential(dense(), scale), options: plan(), change: (value) => scale.set(value) };
  },
  "a loss's weight"() {
    let weight = 1;
    const squared = meanSquaredError();
    const loss: Loss = {
      value: (predictions, targets) => tf.mul(squared.value(predictions, targets), weight),
      gradient: (predictions, targets) => tf.mul(squared.gradient(predictions, targets), weight),
    };
    const change = (value: number) => {
      weight = value;
    };
    return { model: new Sequential(dense()), options: plan({ loss }), change };
  },
  "a regularizer's lambda"() {
    const decay = {
      lambda: 1,
      addGradients: (parameters) => l2(decay.lambda / 10).addGradients?.(parameters),
    } as Regularizer & { lambda: number };
    const change = (value: number) => {
      decay.lambda = value;
    };
    return { model: new Sequential(dense()), options: plan({ regularizers: [decay] }), change };
  },
  "which way a layer goes"() {
    let isSquared = false;
    class Either extends Layer {
      #x?: Tensor;
      override forward(x: Tensor): Tensor {
        this.#x = x;
        return isSquared ? tf.square(x) : x;
      }
      override backward(dy: Tensor): Tensor {
        return isSquared ? tf.mul(tf.mul(dy, 2), this.kept(this.#x)) : dy;
      }
    }
    const change = (value: number) => {
      isSquared = value > 1;
    };
    return { model: new Sequential(dense(), new Either()), options: plan(), change };
  },
};

/** The values in turn, one for each epoch. */
const values = [1, 3, 0.5, 2];

describe("a callback that changes", () => {
  for (const [name, make] of Object.entries(cases)) {
    it(`${name} takes effect at once`, async () => {
      const [compiled, byHand] = [make(), make()];
      const seen: number[] = [];
      const callbacks: Callback[] = [{ epochStart: ({ history }) => compiled.change(values[history.epoch]!) }];
      const { loss } = await fit(compiled.model, line(), { ...compiled.options, callbacks });
      for (const value of values) {
        byHand.change(value);
        let sum = 0;
        for (const batch of line().batches(byHand.options)) sum += trainStep(byHand.model, batch, byHand.options);
        seen.push(sum / 3);
      }
      expect(relativeError(loss, seen)).toBeLessThan(1e-5);
      expect(relativeError(weightsOf(compiled.model), weightsOf(byHand.model))).toBeLessThan(1e-5);
    });
  }

  it("a metric's threshold is in the next entry", async () => {
    let threshold = 0;
    const above: Metric = (predictions) =>
      tf.tidy(() => tf.mean(tf.cast(tf.greater(predictions, threshold), "float32")));
    const flip = () => {
      threshold = threshold === 0 ? 1e9 : 0;
    };
    const options = plan({ metrics: { above }, callbacks: [{ epochEnd: flip }] });
    const { metrics } = await fit(new Sequential(dense()), line(), options);
    expect(metrics.above!.map((share) => share > 0)).toEqual([true, false, true, false]);
  });
});

describe("other code that changes", () => {
  const ofZeros = () => tf.mean(tf.square(line().y)).dataSync()[0]!;

  it("a value when the run gives it a turn is followed within a second", async () => {
    const scale = new Scale();
    const model = new Sequential(dense(), scale);
    let now = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => (now += 100));
    onTestFinished(() => clock.mockRestore());
    setImmediate(() => scale.set(0));
    const { loss } = await fit(model, line(), plan({ batchSize: 20, epochs: 20 }));
    expect(loss[0]).not.toBeCloseTo(ofZeros(), 5);
    expect(loss[19]).toBeCloseTo(ofZeros(), 5);
  });

  it("a value between two calls of fit is followed by the second", async () => {
    const scale = new Scale();
    const model = new Sequential(dense(), scale);
    const options = plan({ epochs: 1, batchSize: 20 });
    const first = await fit(model, line(), options);
    scale.set(0);
    const second = await fit(model, line(), options);
    expect(first.loss[0]).not.toBe(second.loss[0]);
    expect(second.loss[0]).toBeCloseTo(ofZeros(), 5);
  });
});

describeNative("graphs", () => {
  it("are not made anew by a callback that changes nothing", async () => {
    const { loads, restore } = watchBinding();
    onTestFinished(restore);
    const model = new Sequential(new Dense(2, 23), new Dense(23, 1));
    await fit(model, line(), plan({ epochs: 20, validation: line(2), callbacks: [{ epochEnd() {}, valEnd() {} }] }));
    expect(loads).toHaveBeenCalledTimes(1);
  });

  it("are not looked through after callbacks that promise to look only", async () => {
    const scale = new Scale();
    const forward = vi.spyOn(scale, "forward");
    const model = new Sequential(dense(), scale);
    const times = async (onlyLooks: boolean) => {
      forward.mockClear();
      await fit(model, line(), plan({ batchSize: 20, epochs: 20, callbacks: [{ onlyLooks, epochEnd() {} }] }));
      return forward.mock.calls.length;
    };
    await times(false);
    expect([await times(false), await times(true)]).toEqual([20, 1]);
  });

  it("that have to be made anew time and again say which line asks for the number", async () => {
    const spy = vi.spyOn(console, "error").mockImplementation(() => {});
    onTestFinished(() => spy.mockRestore());
    let slope = 1;
    class Steep extends Scale {
      override forward(x: Tensor): Tensor {
        return tf.mul(x, slope);
      }
    }
    const steeper = () => {
      slope += 1;
    };
    const model = new Sequential(dense(), new Steep());
    await fit(model, line(), plan({ batchSize: 20, callbacks: [{ epochEnd: steeper }] }));
    const said = spy.mock.calls.map(([text]) => String(text)).join();
    expect(said).toMatch(/fit makes its graph anew each time.*changed-values\.test\.ts:\d+.*live\(\(\) => …\)/);
  });

  it("follow a live number without being made anew", async () => {
    let factor = 1;
    class Live extends Scale {
      override forward(x: Tensor): Tensor {
        return tf.mul(
          x,
          live(() => factor),
        );
      }
    }
    const { loads, restore } = watchBinding();
    onTestFinished(restore);
    const model = new Sequential(new Dense(2, 29), new Dense(29, 1), new Live());
    const grow = () => {
      factor *= 0;
    };
    const { loss } = await fit(model, line(), plan({ batchSize: 20, callbacks: [{ epochEnd: grow }] }));
    expect(loss[1]).toBeCloseTo(tf.mean(tf.square(line().y)).dataSync()[0]!, 5);
    expect(loads).toHaveBeenCalledTimes(1);
  });

  it("are looked through without computing, and leave no tensor", () => {
    let factor = 2;
    const w = tf.variable(tf.ones([3]));
    const noise = tf.tensor1d(new Random(0).normals(2000));
    const graph = trace([noise], ([x]) => {
      w.assign(tf.add(tf.mul(w, factor), tf.randomUniform([3])));
      return [tf.sum(tf.mul(x!, noise)), w.clone()];
    });
    const { numTensors } = tf.memory();
    expect(changeSince(graph)).toBeUndefined();
    expect(Array.from(w.dataSync())).toEqual([1, 1, 1]);
    factor = 3;
    expect(changeSince(graph)).toMatch(/another number .*changed-values\.test\.ts/);
    factor = 2;
    expect(changeSince(graph)).toBeUndefined();
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});
