/** Networks with every layer against the same in PyTorch: weights after 1 and 20 steps, and predictions. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Tensor, tf } from "../../../engine/tensor.js";
import { Dropout } from "../../../lib/layers/dropout.js";
import type { LayerConfig } from "../../../lib/layers/layer.js";
import { layerFrom } from "../../../lib/layers/registry.js";
import { meanSquaredError } from "../../../lib/losses.js";
import { SGD } from "../../../lib/optimizers/sgd.js";
import { relativeError } from "../../helpers/tensors.js";

interface Packed {
  shape: number[];
  values: number[];
}

interface Golden {
  name: string;
  layers: LayerConfig[];
  rate: number;
  x: Packed;
  y: Packed;
  masks?: Packed[];
  initial: Record<string, Packed>;
  one: Record<string, Packed>;
  twenty: Record<string, Packed>;
  predictions: Packed;
}

const goldens: Golden[] = JSON.parse(readFileSync(new URL("../../goldens/layers-torch.json", import.meta.url), "utf8"));
const unpacked = ({ shape, values }: Packed): Tensor => tf.tensor(values, shape);

describe("20 steps of SGD end where PyTorch's do", () => {
  it.each(goldens)("$name", ({ layers, rate, masks = [], initial, one, twenty, ...golden }) => {
    const model = layerFrom({ type: "Sequential", layers });
    const state = new Map([
      ...model.buffers,
      ...[...model.parameters].map(([name, { value }]) => [name, value] as const),
    ]);
    expect([...state.keys()].sort()).toEqual(Object.keys(initial).sort());
    for (const [name, variable] of state) variable.assign(unpacked(initial[name]!));
    const difference = (expected: Record<string, Packed>) =>
      Math.max(...[...state].map(([name, value]) => relativeError(value, expected[name]!.values)));
    const dropout = [...model.walk()].map(([, layer]) => layer).find((layer) => layer instanceof Dropout);
    const [x, y, loss, optimizer] = [
      unpacked(golden.x),
      unpacked(golden.y),
      meanSquaredError(),
      new SGD({ learningRate: rate }),
    ];
    for (let step = 1; step <= 20; step++) {
      if (dropout) dropout.mask = unpacked(masks[step - 1]!);
      const predictions = model.forward(x, true);
      model.backward(loss.gradient(predictions, y));
      optimizer.step(model.parameters);
      if (step === 1) expect(difference(one)).toBeLessThan(1e-6);
    }
    expect(difference(twenty)).toBeLessThan(1e-5);
    expect(relativeError(model.forward(x, false), golden.predictions.values)).toBeLessThan(1e-5);
  });
});
