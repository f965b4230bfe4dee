import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { engines, onEngine } from "../../helpers/on-engine.js";
import { relativeError } from "../../helpers/tensors.js";

type Weights = Record<string, number[]>;
interface Run {
  optimizer: string;
  options: object;
  after: Record<string, Record<string, number[][]>>;
}
const golden: { runs: Run[] } = JSON.parse(
  readFileSync(new URL("../../goldens/optimizers-torch.json", import.meta.url), "utf8"),
);

/** Trains the golden network with every optimizer of the file; weights after each of 20 steps. */
const program = `
const { x, y, start, runs } = golden("optimizers-torch.json");
const [inputs, outputs] = [tf.tensor(x), tf.tensor(y)];
const loss = lib.meanSquaredError();
report(runs.map(({ optimizer: name, options }) => {
  const model = new lib.Sequential(new lib.Dense(3, 8), new lib.ReLU(), new lib.Dense(8, 2));
  for (const [key, { value }] of model.parameters) value.assign(tf.tensor(start[key]));
  const optimizer = new lib[name](options);
  return Array.from({ length: 20 }, () => {
    tf.tidy(() => {
      model.backward(loss.gradient(model.forward(inputs, true), outputs));
      optimizer.step(model.parameters);
    });
    return Object.fromEntries([...model.parameters].map(([key, { value }]) => [key, Array.from(value.dataSync())]));
  });
}));`;

/**
 * ‖Δ‖/‖w‖ allowed for each tensor after up to 20 steps. From examples that are one unit in the last place off, 2.3e-7 is the largest
 * difference that any of these optimizers makes; the engines, and processors that add up in other orders, stay within 3e-7.
 */
const tolerance = 2e-6;

const results = new Map(engines.map((engine) => [engine, onEngine<Weights[][]>(engine, program)]));

describe.each(engines)("on the engine %s", (engine) => {
  const cases = golden.runs.map((run, i) => [run.optimizer, JSON.stringify(run.options), run, i] as const);
  it.each(cases)("%s %s goes PyTorch's way", (_optimizer, _options, { after }, i) => {
    for (const [steps, expected] of Object.entries(after)) {
      for (const [name, weight] of Object.entries(expected)) {
        const error = relativeError(results.get(engine)![i]![Number(steps) - 1]![name]!, weight.flat());
        expect(error, `${name} after ${steps}`).toBeLessThan(tolerance);
      }
    }
  });

  it("every optimizer passes NaN on, clipped or not", () => {
    const results = onEngine<unknown[][]>(
      engine,
      `const names = ["SGD", "Momentum", "Nesterov", "AdaGrad", "RMSProp", "Adam", "AdamW"];
      report(names.flatMap((name) => [{}, { clipValue: 1 }, { clipNorm: 1 }].map((options) => {
        const weight = { value: tf.variable(tf.tensor1d([1, 2])), gradient: tf.tensor1d([NaN, NaN]), frozen: false };
        new lib[name](options).step(new Map([["weight", weight]]));
        return Array.from(weight.value.dataSync());
      })));`,
    );
    expect(results).toEqual(Array.from({ length: 21 }, () => ["NaN", "NaN"]));
  });
});
