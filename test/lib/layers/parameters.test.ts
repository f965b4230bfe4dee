import { describe, expect, it } from "vitest";
import { tf } from "../../../engine/tensor.js";
import { Dense } from "../../../lib/layers/dense.js";
import { freeze, matches, type Pattern, unfreeze } from "../../../lib/layers/parameters.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import { SGD } from "../../../lib/optimizers/sgd.js";
import "../../helpers/tensors.js";

it("refuses a pattern that matches nothing, with the names there are", () => {
  const model = new Sequential(new Dense(1, 1));
  expect(() => freeze(model, "1")).toThrow(
    "freeze: expected a pattern that matches a parameter (0.weight, 0.bias), received 1.",
  );
  expect(() => unfreeze(model, /gamma/)).toThrow("unfreeze: expected a pattern that matches a parameter");
});

describe("matches", () => {
  const cases: [Pattern, string, boolean][] = [
    ["0", "0.weight", true],
    ["0.", "0.weight", true],
    ["0.weight", "0.weight", true],
    ["1", "10.weight", false],
    ["0.wei", "0.weight", false],
    ["weight", "0.weight", false],
    [/weight$/, "0.weight", true],
    [/weight$/, "0.bias", false],
    [/^1\./, "10.weight", false],
  ];
  it.each(cases)("%s and %s: %s", (pattern, name, expected) => {
    expect(matches(pattern, name)).toBe(expected);
  });

  it("does not remember where a global expression stopped", () => {
    const pattern = /bias/g;
    expect([matches(pattern, "0.bias"), matches(pattern, "0.bias")]).toEqual([true, true]);
  });
});

it("a frozen parameter stays, the others are trained, until it is unfrozen", () => {
  const model = new Sequential(new Dense(2, 2), new Dense(2, 1));
  const optimizer = new SGD({ learningRate: 0.1 });
  const changed = () => {
    const before = [...model.parameters].map(([name, { value }]) => [name, value.dataSync().join()] as const);
    model.backward(tf.ones(model.forward(tf.ones([3, 2]), true).shape));
    optimizer.step(model.parameters);
    return before
      .filter(([name, text]) => model.parameters.get(name)!.value.dataSync().join() !== text)
      .map(([name]) => name);
  };
  freeze(model, "0");
  expect(changed()).toEqual(["1.weight", "1.bias"]);
  unfreeze(model, /weight$/);
  expect(changed()).toEqual(["0.weight", "1.weight", "1.bias"]);
});
