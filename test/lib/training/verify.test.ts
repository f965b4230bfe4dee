/** `fit(…, { verify: n })` names the first place where a graph computes something else than the operations. */
import { describe, expect, it } from "vitest";
import { Random } from "../../../engine/random.js";
import { type Tensor, tf } from "../../../engine/tensor.js";
import { BatchNorm } from "../../../lib/layers/batch-norm.js";
import { Dense } from "../../../lib/layers/dense.js";
import { Dropout } from "../../../lib/layers/dropout.js";
import { Layer } from "../../../lib/layers/layer.js";
import { ReLU } from "../../../lib/layers/relu.js";
import { Residual } from "../../../lib/layers/residual.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import { meanSquaredError } from "../../../lib/losses.js";
import { AdaGrad } from "../../../lib/optimizers/ada-grad.js";
import { Adam } from "../../../lib/optimizers/adam.js";
import { AdamW } from "../../../lib/optimizers/adam-w.js";
import { Momentum } from "../../../lib/optimizers/momentum.js";
import { Nesterov } from "../../../lib/optimizers/nesterov.js";
import { RMSProp } from "../../../lib/optimizers/rms-prop.js";
import { SGD } from "../../../lib/optimizers/sgd.js";
import { damping } from "../../../lib/regularizers/damping.js";
import { maxNorm } from "../../../lib/regularizers/max-norm.js";
import { l2 } from "../../../lib/regularizers/penalty.js";
import { cosineDecay } from "../../../lib/schedules.js";
import { fit } from "../../../lib/training/fit.js";
import { newHistory } from "../../../lib/training/history.js";
import type { Callback, FitOptions } from "../../../lib/training/run.js";
import { line, weightsOf } from "../../helpers/line.js";
import { describeNative } from "../../helpers/native.js";

/** TensorFlow.js draws in JavaScript; a graph draws by itself, other numbers. */
const noise = (x: Tensor) => tf.add(x, tf.randomNormal(x.shape));

class Noise extends Layer {
  override forward(x: Tensor): Tensor {
    return noise(x);
  }
  override backward(dy: Tensor): Tensor {
    return dy;
  }
}

class NoiseBackward extends Layer {
  override forward(x: Tensor): Tensor {
    return tf.clone(x);
  }
  override backward(dy: Tensor): Tensor {
    return noise(dy);
  }
}

const plan = (options: Partial<FitOptions> = {}): FitOptions => ({
  loss: meanSquaredError(),
  optimizer: new SGD({ learningRate: 0.01 }),
  batchSize: 8,
  shuffle: false,
  epochs: 4,
  verify: 1,
  ...options,
});

const dense = (inputs: number, outputs: number) => new Dense(inputs, outputs, { random: new Random(0) });

it("fit refuses to verify half a step", async () => {
  await expect(fit(dense(2, 1), line(), plan({ verify: 0.5 }))).rejects.toThrow(
    "fit: expected verify to be a positive integer, received 0.5",
  );
});

describeNative("verify", () => {
  it.each<[string, Layer[], Partial<FitOptions>, RegExp]>([
    [
      "a layer",
      [dense(2, 3), new Noise(), dense(3, 1)],
      {},
      /step 0 .* received another output of layer 1 \(Noise\) \(/,
    ],
    [
      "a layer inside of another",
      [dense(2, 3), new Residual(new ReLU(), new Noise()), dense(3, 1)],
      {},
      /another output of layer 1\.1 \(Noise\)/,
    ],
    ["a gradient", [dense(2, 3), new NoiseBackward(), dense(3, 1)], {}, /another gradient of 0\.weight/],
    [
      "a loss",
      [dense(2, 1)],
      { loss: { ...meanSquaredError(), value: (p, t) => tf.sum(noise(tf.sub(p, t))) } },
      /another loss/,
    ],
    [
      "an update",
      [dense(2, 1)],
      {
        regularizers: [
          {
            after: (parameters) => {
              for (const { value } of parameters.values()) tf.tidy(() => value.assign(noise(value)));
            },
          },
        ],
      },
      /another update of 0\.weight/,
    ],
  ])("names %s, and the run is where it was", async (_, layers, options, message) => {
    const model = new Sequential(...layers);
    const before = weightsOf(model);
    const [data, history] = [line(), newHistory()];
    const { numTensors } = tf.memory();
    await expect(fit(model, data, plan({ ...options, history }))).rejects.toThrow(message);
    expect(weightsOf(model)).toEqual(before);
    expect(history.step).toBe(0);
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it.each([
    ["SGD", () => new SGD()],
    ["Momentum", () => new Momentum()],
    ["Nesterov", () => new Nesterov()],
    ["AdaGrad", () => new AdaGrad()],
    ["RMSProp", () => new RMSProp()],
    ["Adam", () => new Adam({ learningRate: cosineDecay(0.01, { steps: 20 }), clipNorm: 1 })],
    ["AdamW", () => new AdamW({ groups: [{ pattern: "0", learningRate: 0.1 }] })],
  ] as const)("finds nothing with %s, and changes nothing", async (_, optimizer) => {
    const run = async (verify?: number) => {
      const random = new Random(4);
      // The bias has no gradient but rounding, behind it is the batch's mean taken off.
      const model = new Sequential(
        new Dense(2, 6, { random: random.split(0) }),
        new BatchNorm(6),
        new ReLU(),
        new Dropout(0.3, { random: random.split(1) }),
        new Dense(6, 1, { random: random.split(2) }),
      );
      const regularizers = [l2(0.01), damping(0.01), maxNorm(2)];
      const { loss } = await fit(model, line(), plan({ optimizer: optimizer(), regularizers, verify, epochs: 5 }));
      return { loss, weights: weightsOf(model), steps: (model.layers[3] as Dropout).steps };
    };
    expect(await run(2)).toEqual(await run());
  });

  it("looks at every n-th step", async () => {
    class Later extends Noise {
      isNoisy = false;
      override forward(x: Tensor): Tensor {
        return this.isNoisy ? noise(x) : tf.clone(x);
      }
    }
    const layer = new Later();
    const callbacks: Callback[] = [
      {
        batchEnd({ history }) {
          layer.isNoisy = history.step === 3 || history.step > 4;
        },
      },
    ];
    const model = new Sequential(dense(2, 1), layer);
    await expect(fit(model, line(), plan({ verify: 5, callbacks }))).rejects.toThrow("fit: expected step 5 as a graph");
  });
});

describe("where nothing is a graph", () => {
  it("there is nothing to verify", async () => {
    const model = new Sequential(dense(2, 3), new Noise(), dense(3, 1));
    const { step } = await fit(model, line(), plan({ compile: false }));
    expect(step).toBe(12);
  });
});
