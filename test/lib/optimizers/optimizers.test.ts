import { describe, expect, it } from "vitest";
import { Random } from "../../../engine/random.js";
import { tf } from "../../../engine/tensor.js";
import { Dense } from "../../../lib/layers/dense.js";
import type { Parameters } from "../../../lib/layers/layer.js";
import { ReLU } from "../../../lib/layers/relu.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import { meanSquaredError } from "../../../lib/losses.js";
import { AdaGrad } from "../../../lib/optimizers/ada-grad.js";
import { Adam } from "../../../lib/optimizers/adam.js";
import { AdamW } from "../../../lib/optimizers/adam-w.js";
import { Momentum } from "../../../lib/optimizers/momentum.js";
import { Nesterov } from "../../../lib/optimizers/nesterov.js";
import type { Optimizer } from "../../../lib/optimizers/optimizer.js";
import type { OptimizerOptions } from "../../../lib/optimizers/options.js";
import { RMSProp } from "../../../lib/optimizers/rms-prop.js";
import { SGD } from "../../../lib/optimizers/sgd.js";
import { reduceOnPlateau, type Schedule, stepDecay } from "../../../lib/schedules.js";
import { inFull } from "../../helpers/long.js";
import { relativeError } from "../../helpers/tensors.js";

const classes = [SGD, Momentum, Nesterov, AdaGrad, RMSProp, Adam, AdamW];
const everyOptimizer = classes.map((optimizer) => [optimizer.name, optimizer] as const);

const start = [1, -2, 3];
const gradients = [
  [0.5, -1, 0],
  [-0.25, 2, 1],
  [4, 0.125, -1],
];

function parametersOf(values: Record<string, number[]>): Parameters {
  const entries = Object.entries(values);
  return new Map(entries.map(([name, list]) => [name, { value: tf.variable(tf.tensor1d(list)), frozen: false }]));
}

/** Gives `parameters` the gradients and lets `optimizer` take a step. */
function step(optimizer: Optimizer, parameters: Parameters, values: Record<string, number[]>): void {
  for (const [name, gradient] of Object.entries(values)) parameters.get(name)!.gradient = tf.tensor1d(gradient);
  optimizer.step(parameters);
}

const values = (parameters: Parameters, name = "w") => parameters.get(name)!.value.dataSync() as Float32Array;

/** The weights after one step for each of `gradients`. */
function run(optimizer: Optimizer, steps = gradients): Float32Array {
  const parameters = parametersOf({ w: start });
  for (const gradient of steps) step(optimizer, parameters, { w: gradient });
  return values(parameters);
}

describe.each(everyOptimizer)("%s refuses", (name, OptimizerClass) => {
  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("the learning rate %s", (learningRate) => {
    const message = `${name}: expected learningRate above 0, received ${learningRate}.`;
    expect(() => new OptimizerClass({ learningRate })).toThrow(message);
    expect(() => new OptimizerClass({ groups: [{ pattern: "w", learningRate }] })).toThrow(message);
  });

  it("negative weight decay, clipping at 0, two ways of clipping", () => {
    expect(() => new OptimizerClass({ weightDecay: -1 })).toThrow(
      `${name}: expected weightDecay at least 0, received -1.`,
    );
    expect(() => new OptimizerClass({ groups: [{ pattern: "w", weightDecay: -1 }] })).toThrow("received -1");
    expect(() => new OptimizerClass({ clipValue: 0 })).toThrow(`${name}: expected clipValue above 0, received 0.`);
    expect(() => new OptimizerClass({ clipNorm: -1 })).toThrow(`${name}: expected clipNorm above 0, received -1.`);
    expect(() => new OptimizerClass({ clipValue: 1, clipNorm: 2 })).toThrow(
      `${name}: expected clipValue or clipNorm, received both (1, 2).`,
    );
  });

  it("a group that matches no parameter", () => {
    const optimizer = new OptimizerClass({ groups: [{ pattern: /kernel$/ }] });
    expect(() => run(optimizer)).toThrow(
      `${name}: expected a group's pattern that matches a parameter (w), received /kernel$/.`,
    );
  });

  it("a parameter without a gradient, or with one of another shape, and changes none", () => {
    const parameters = parametersOf({ a: [1], b: [2] });
    const optimizer = new OptimizerClass();
    expect(() => step(optimizer, parameters, { a: [1] })).toThrow(`${name}: expected a gradient of b, received none`);
    expect(() => step(optimizer, parameters, { b: [1, 2] })).toThrow(
      `${name}: expected the gradient of b to have shape [1], received [2].`,
    );
    expect([...values(parameters, "a"), ...values(parameters, "b")]).toEqual([1, 2]);
    expect(optimizer.steps).toBe(0);
  });

  it("a schedule whose rate is no number from 0 on", () => {
    const schedule: Schedule = { at: (index) => (index < 1 ? 0.1 : Number.NaN) };
    expect(() => run(new OptimizerClass({ learningRate: schedule }))).toThrow(
      `${name}, step 1: expected the schedule's rate at least 0, received NaN.`,
    );
  });
});

it.each([
  [() => new Momentum({ momentum: 1 }), "Momentum: expected momentum in [0, 1), received 1."],
  [() => new Nesterov({ momentum: -0.1 }), "Nesterov: expected momentum in [0, 1), received -0.1."],
  [() => new AdaGrad({ epsilon: 0 }), "AdaGrad: expected epsilon above 0, received 0."],
  [() => new RMSProp({ rho: 1 }), "RMSProp: expected rho in [0, 1), received 1."],
  [() => new RMSProp({ epsilon: -1 }), "RMSProp: expected epsilon above 0, received -1."],
  [() => new Adam({ beta1: 1 }), "Adam: expected beta1 in [0, 1), received 1."],
  [() => new AdamW({ beta2: -0.1 }), "AdamW: expected beta2 in [0, 1), received -0.1."],
  [() => new Adam({ epsilon: 0 }), "Adam: expected epsilon above 0, received 0."],
])("an optimizer's own option is checked: %s", (make, message) => {
  expect(make).toThrow(message);
});

/** The rules written out for one weight in float64: from (w, g, t) and its own memory to the new w. */
const learningRate = 0.1;
const rules: [string, Optimizer, () => (w: number, g: number, t: number) => number][] = [
  ["SGD", new SGD({ learningRate }), () => (w, g) => w - learningRate * g],
  [
    "Momentum",
    new Momentum({ learningRate, momentum: 0.8 }),
    () => {
      let v = 0;
      return (w, g) => {
        v = 0.8 * v - learningRate * g;
        return w + v;
      };
    },
  ],
  [
    "Nesterov: the gradient's point runs ahead of the weight by momentum · v",
    new Nesterov({ learningRate, momentum: 0.8 }),
    () => {
      let v = 0;
      return (ahead, g) => {
        const w = ahead - 0.8 * v;
        v = 0.8 * v - learningRate * g;
        return w + v + 0.8 * v;
      };
    },
  ],
  [
    "AdaGrad",
    new AdaGrad({ learningRate, epsilon: 0.01 }),
    () => {
      let h = 0;
      return (w, g) => {
        h += g * g;
        return w - (learningRate * g) / (Math.sqrt(h) + 0.01);
      };
    },
  ],
  [
    "RMSProp",
    new RMSProp({ learningRate, rho: 0.8, epsilon: 0.01 }),
    () => {
      let v = 0;
      return (w, g) => {
        v = 0.8 * v + 0.2 * g * g;
        return w - (learningRate * g) / (Math.sqrt(v) + 0.01);
      };
    },
  ],
  ...[0, 0.3].map((decay): [string, Optimizer, () => (w: number, g: number, t: number) => number] => [
    decay === 0 ? "Adam, the paper's algorithm 1, epsilon outside the root" : "AdamW, the decay apart from the moments",
    decay === 0
      ? new Adam({ learningRate, beta1: 0.8, beta2: 0.9, epsilon: 0.01 })
      : new AdamW({ learningRate, beta1: 0.8, beta2: 0.9, epsilon: 0.01, weightDecay: decay }),
    () => {
      let [m, v] = [0, 0];
      return (w, g, t) => {
        m = 0.8 * m + 0.2 * g;
        v = 0.9 * v + 0.1 * g * g;
        const [mHat, vHat] = [m / (1 - 0.8 ** t), v / (1 - 0.9 ** t)];
        return w - learningRate * decay * w - (learningRate * mHat) / (Math.sqrt(vHat) + 0.01);
      };
    },
  ]),
];

it.each(rules)("by hand, three steps: %s", (_name, optimizer, rule) => {
  const expected = start.map((first, i) => {
    const update = rule();
    return gradients.reduce((w, gradient, index) => update(w, gradient[i]!, index + 1), first);
  });
  expect(relativeError(run(optimizer), expected)).toBeLessThan(1e-6);
  expect(optimizer.steps).toBe(3);
});

describe.each(everyOptimizer)("%s", (_name, OptimizerClass) => {
  /** 20 steps of a small network from one seed; `before` may change parameters or steps. */
  function train(options: OptimizerOptions, steps = 20, before: (model: Sequential, index: number) => void = () => {}) {
    const random = new Random(8);
    const model = new Sequential(new Dense(3, 4, { random }), new ReLU(), new Dense(4, 1, { random: random.split(1) }));
    const x = tf.tensor2d(random.normals(30), [10, 3]);
    const y = tf.tensor2d(random.normals(10), [10, 1]);
    const loss = meanSquaredError();
    const optimizer = new OptimizerClass(options);
    const counts: number[] = [];
    for (let index = 0; index < steps; index++) {
      before(model, index);
      tf.tidy(() => {
        model.backward(loss.gradient(model.forward(x, true), y));
        optimizer.step(model.parameters);
      });
      counts.push(tf.memory().numTensors);
    }
    const weights = Object.fromEntries([...model.parameters].map(([name, { value }]) => [name, [...value.dataSync()]]));
    return { weights, counts, optimizer };
  }

  it("takes the same way from the same seed", () => {
    expect(train({})).toMatchObject({ weights: train({}).weights });
    expect(train({ learningRate: 0.5 }).weights).not.toEqual(train({}).weights);
  });

  const many = inFull(1000, 100);
  it(`leaves no tensors behind in ${many} steps, and none of its state once disposed`, { tags: "long" }, () => {
    const groups = [{ pattern: /bias$/, weightDecay: 0, learningRate: 0.001 }];
    const runs: [OptimizerOptions, number][] = [
      [{ clipNorm: 0.1, weightDecay: 0.1, groups }, many],
      [{ clipValue: 0.1 }, 50],
      [{}, 50],
    ];
    for (const [options, steps] of runs) {
      const { counts, optimizer } = train(options, steps);
      expect(new Set(counts).size).toBe(1);
      const [before, kept] = [tf.memory().numTensors, optimizer.state.size];
      optimizer.dispose();
      expect([tf.memory().numTensors, optimizer.state.size, optimizer.steps]).toEqual([before - kept, 0, 0]);
    }
  });

  it("leaves frozen parameters alone, and moves them once they are not", () => {
    const freeze = (until: number) => (model: Sequential, index: number) => {
      for (const [name, parameter] of model.parameters) parameter.frozen = name.startsWith("0.") && index < until;
    };
    const first = train({ weightDecay: 0.1 }, 0).weights;
    const frozen = train({ weightDecay: 0.1 }, 5, freeze(5));
    expect(frozen.weights["0.weight"]).toEqual(first["0.weight"]);
    expect(frozen.weights["2.weight"]).not.toEqual(first["2.weight"]);
    expect([...frozen.optimizer.state.keys()].filter((key) => key.startsWith("0."))).toEqual([]);
    expect(train({}, 6, freeze(5)).weights["0.weight"]).not.toEqual(first["0.weight"]);
  });

  it.each([{}, { clipValue: 1 }, { clipNorm: 1 }, { weightDecay: 0.1 }])("passes NaN on with %o", (options) => {
    expect(run(new OptimizerClass(options), [[Number.NaN, Number.NaN, Number.NaN]])).toEqual(
      new Float32Array(3).fill(Number.NaN),
    );
  });

  it("names its state after parameter and slot, so that a checkpoint can put it back", () => {
    const straight = new OptimizerClass();
    const expected = run(straight);
    for (const key of straight.state.keys()) expect(key).toMatch(/^w\.\w+$/);
    const parameters = parametersOf({ w: start });
    const first = new OptimizerClass();
    for (const gradient of gradients.slice(0, 2)) step(first, parameters, { w: gradient });
    const second = new OptimizerClass();
    for (const [key, variable] of first.state) second.state.set(key, tf.variable(variable.clone(), false));
    second.steps = first.steps;
    step(second, parameters, { w: gradients[2]! });
    expect(values(parameters)).toEqual(expected);
  });
});

describe("groups", () => {
  it("give parameters a rate and a decay of their own, the first that matches", () => {
    const optimizer = new SGD({
      learningRate: 0.1,
      weightDecay: 0.5,
      groups: [{ pattern: "a" }, { pattern: /^[ab]\.bias$/, weightDecay: 0 }, { pattern: "b", learningRate: 1 }],
    });
    const parameters = parametersOf({ "a.bias": [2], "b.bias": [2], "b.weight": [2], "c.weight": [2] });
    step(optimizer, parameters, { "a.bias": [1], "b.bias": [1], "b.weight": [1], "c.weight": [1] });
    const found = [...parameters.keys()].map((name) => values(parameters, name)[0]!);
    expect(relativeError(found, [2 - 0.1 * (1 + 1), 2 - 0.1, 2 - (1 + 1), 2 - 0.1 * (1 + 1)])).toBeLessThan(1e-6);
  });

  it("decay at their own rate where the decay is decoupled", () => {
    const groups = [{ pattern: "b", learningRate: 0.2 }];
    const parameters = parametersOf({ a: [2], b: [2] });
    step(new AdamW({ learningRate: 0.1, weightDecay: 0.5, groups }), parameters, { a: [0], b: [0] });
    expect(relativeError([values(parameters, "a")[0]!, values(parameters, "b")[0]!], [1.9, 1.8])).toBeLessThan(1e-6);
  });

  it("may have a schedule of their own", () => {
    const schedule = stepDecay(1, { every: 1, factor: 0.5 });
    const parameters = parametersOf({ a: [0], b: [0] });
    const optimizer = new SGD({ learningRate: 0.1, groups: [{ pattern: "b", learningRate: schedule }] });
    for (let index = 0; index < 3; index++) step(optimizer, parameters, { a: [-1], b: [-1] });
    expect(values(parameters, "a")[0]).toBeCloseTo(0.3, 6);
    expect(values(parameters, "b")[0]).toBe(1.75);
  });
});

describe("clipping", () => {
  it("by value cuts each element off", () => {
    const expected = [1 - 0.5, -2 + 0.5, 3 + 0.25];
    expect(relativeError(run(new SGD({ learningRate: 1, clipValue: 0.5 }), [[4, -9, -0.25]]), expected)).toBeLessThan(
      1e-6,
    );
  });

  it("by norm scales all gradients together, and only where they are too long", () => {
    for (const [clipNorm, scale] of [
      [1, 0.2],
      [10, 1],
    ] as const) {
      const parameters = parametersOf({ a: [0, 0], b: [0] });
      step(new SGD({ learningRate: 1, clipNorm }), parameters, { a: [0, 3], b: [4] });
      expect(
        relativeError([...values(parameters, "a"), ...values(parameters, "b")], [0, -3 * scale, -4 * scale]),
      ).toBeLessThan(1e-6);
    }
  });

  it("leaves the gradients on the parameters as they are, and frozen ones out of the norm", () => {
    const parameters = parametersOf({ a: [0], b: [0] });
    parameters.get("b")!.frozen = true;
    step(new SGD({ learningRate: 1, clipNorm: 1 }), parameters, { a: [3], b: [4] });
    expect([values(parameters, "a")[0], values(parameters, "b")[0]]).toEqual([-1, 0]);
    expect(parameters.get("a")!.gradient!.dataSync()[0]).toBe(3);
  });

  it("has nothing to do where everything is frozen", () => {
    const parameters = parametersOf({ w: start });
    parameters.get("w")!.frozen = true;
    new Adam({ clipNorm: 1 }).step(parameters);
    expect([...values(parameters)]).toEqual(start);
  });
});

describe("a schedule", () => {
  it("gives each step its rate, from step 0 on", () => {
    const optimizer = new SGD({ learningRate: stepDecay(1, { every: 2, factor: 0.1 }) });
    const parameters = parametersOf({ w: [0] });
    const rates = [0, 1, 2, 3, 4].map(() => {
      step(optimizer, parameters, { w: [0] });
      return optimizer.learningRate;
    });
    expect(relativeError(rates, [1, 1, 0.1, 0.1, 0.01])).toBeLessThan(1e-6);
  });

  it("is told the losses, once even where groups share it", () => {
    const schedule = reduceOnPlateau(1, { patience: 1, factor: 0.5 });
    const optimizer = new SGD({ learningRate: schedule, groups: [{ pattern: "w", learningRate: schedule }] });
    expect(optimizer.schedules).toEqual([schedule]);
    for (const loss of [1, 1, 1]) optimizer.observe(loss);
    run(optimizer);
    expect(optimizer.learningRate).toBe(0.5);
  });

  it("is not needed: the rate may be changed between steps", () => {
    const optimizer = new SGD({ learningRate: 1 });
    const parameters = parametersOf({ w: [0] });
    step(optimizer, parameters, { w: [-1] });
    optimizer.learningRate = 10;
    step(optimizer, parameters, { w: [-1] });
    expect(values(parameters)[0]).toBe(11);
    optimizer.learningRate = Number.NaN;
    expect(() => step(optimizer, parameters, { w: [-1] })).toThrow("SGD, step 2: expected learningRate above 0");
  });
});
