import { describe, expect, it } from "vitest";
import type { Parameters } from "../../../lib/layers/layer.js";
import { SGD } from "../../../lib/optimizers/sgd.js";
import { Random } from "../../../lib/random.js";
import { damping } from "../../../lib/regularizers/damping.js";
import { maxNorm } from "../../../lib/regularizers/max-norm.js";
import { elastic, l1, l2, pNorm } from "../../../lib/regularizers/penalty.js";
import type { Regularizer } from "../../../lib/regularizers/regularizer.js";
import { tf } from "../../../lib/tensor.js";
import { inFull } from "../../helpers/long.js";
import { engines, onEngine } from "../../helpers/on-engine.js";
import { numericGradient, relativeError } from "../../helpers/tensors.js";

const start = [
  [3, -1],
  [-4, 0.5],
];

/** Two weights and a bias, with gradients of 1. */
function makeParameters(): Parameters {
  const parameters: Parameters = new Map();
  for (const name of ["0.weight", "0.bias", "1.weight"]) {
    const value = tf.variable(name.endsWith("bias") ? tf.tensor1d([5, 6]) : tf.tensor2d(start));
    parameters.set(name, { value, gradient: tf.onesLike(value), frozen: false });
  }
  return parameters;
}

/** Everything that a regularizer does in a step. */
function apply(regularizer: Regularizer, parameters: Parameters): void {
  regularizer.penalty?.(parameters).dispose();
  regularizer.addGradients?.(parameters);
  regularizer.before?.(parameters);
  regularizer.after?.(parameters);
}

const values = (parameters: Parameters) => [...parameters.values()].map(({ value }) => Array.from(value.dataSync()));
const gradients = (parameters: Parameters) =>
  [...parameters.values()].map(({ gradient }) => Array.from(gradient!.dataSync()));

const penalties: [string, (pattern?: RegExp) => Regularizer, (w: number) => number][] = [
  ["l1", (pattern) => l1(0.1, { pattern }), (w) => 0.1 * Math.abs(w)],
  ["l2", (pattern) => l2(0.1, { pattern }), (w) => 0.05 * w * w],
  ["elastic", (pattern) => elastic({ l1: 0.1, l2: 0.2 }, { pattern }), (w) => 0.1 * Math.abs(w) + 0.1 * w * w],
  ["pNorm", (pattern) => pNorm(3, 0.1, { pattern }), (w) => (0.1 / 3) * Math.abs(w) ** 3],
];
const every: [string, (pattern?: RegExp) => Regularizer][] = [
  ...penalties.map(([name, make]): [string, typeof make] => [name, make]),
  ["maxNorm", (pattern) => maxNorm(1, { pattern })],
  ["damping", (pattern) => damping(0.1, { pattern })],
];

describe("bad arguments", () => {
  it.each([
    [() => l1(-1), "l1: expected lambda at least 0, received -1."],
    [() => l2(Number.NaN), "l2: expected lambda at least 0, received NaN."],
    [() => elastic({ l1: 0, l2: -2 }), "elastic: expected l2 at least 0, received -2."],
    [() => pNorm(0.5, 1), "pNorm: expected p at least 1, received 0.5."],
    [() => pNorm(2, -1), "pNorm: expected lambda at least 0, received -1."],
    [() => maxNorm(0), "maxNorm: expected limit above 0, received 0."],
    [() => damping(1.5), "damping: expected lambda in [0, 1], received 1.5."],
  ])("%s", (make, message) => {
    expect(make).toThrow(message);
  });

  it.each(every)("%s refuses a pattern that matches nothing", (name, make) => {
    expect(() => apply(make(/kernel$/), makeParameters())).toThrow(
      `${name}: expected a pattern that matches a parameter (0.weight, 0.bias, 1.weight), received /kernel$/.`,
    );
  });

  it.each(penalties)("%s refuses to come before backward", (name, make) => {
    const parameters: Parameters = new Map([["weight", { value: tf.variable(tf.zeros([1])), frozen: false }]]);
    expect(() => make().addGradients!(parameters)).toThrow(`${name}: expected a gradient of weight, received none`);
  });

  it("maxNorm refuses what has no units", () => {
    expect(() => maxNorm(1, { pattern: /bias$/ }).after!(makeParameters())).toThrow(
      "maxNorm: expected weights with an axis of outputs after others, received 0.bias of shape [2].",
    );
  });
});

describe.each(every)("%s", (_name, make) => {
  it("leaves biases and frozen parameters alone, unless asked", () => {
    const parameters = makeParameters();
    parameters.get("1.weight")!.frozen = true;
    const [before, slopes] = [values(parameters), gradients(parameters)];
    apply(make(), parameters);
    const changed = values(parameters).map((value, i) => {
      return `${value}` !== `${before[i]}` || `${gradients(parameters)[i]}` !== `${slopes[i]}`;
    });
    expect(changed).toEqual([true, false, false]);
  });

  it("does nothing where everything it acts on is frozen", () => {
    const parameters = makeParameters();
    for (const parameter of parameters.values()) parameter.frozen = true;
    const before = values(parameters);
    apply(make(), parameters);
    expect(values(parameters)).toEqual(before);
    expect(make().penalty?.(parameters).dataSync()[0] ?? 0).toBe(0);
  });

  const steps = inFull(1000, 100);
  it(`leaves no tensors behind in ${steps} steps`, { tags: "long" }, () => {
    const parameters = makeParameters();
    const regularizer = make();
    const count = tf.memory().numTensors;
    for (let step = 0; step < steps; step++) {
      const old = [...parameters.values()].map(({ gradient }) => gradient!);
      tf.tidy(() => {
        apply(regularizer, parameters);
        for (const [i, parameter] of [...parameters.values()].entries()) parameter.gradient = old[i]!;
      });
    }
    expect(tf.memory().numTensors).toBe(count);
  });

  it("passes NaN on", () => {
    const parameters = makeParameters();
    parameters.get("0.weight")!.value.assign(tf.fill([2, 2], Number.NaN));
    const regularizer = make();
    if (regularizer.penalty) expect(regularizer.penalty(parameters).dataSync()[0]).toBeNaN();
    apply(regularizer, parameters);
    expect(values(parameters)[0]!.every(Number.isNaN)).toBe(true);
  });
});

describe.each(penalties)("%s", (_name, make, term) => {
  it("by hand: the sum over all chosen weights", () => {
    const expected = 2 * start.flat().reduce((sum, w) => sum + term(w), 0);
    expect(relativeError(make().penalty!(makeParameters()), [expected])).toBeLessThan(1e-6);
    expect(relativeError(make(/^0.bias$/).penalty!(makeParameters()), [term(5) + term(6)])).toBeLessThan(1e-6);
  });

  it("its gradient is the numeric one and autodiff's", () => {
    const parameters = makeParameters();
    const { value } = parameters.get("0.weight")!;
    const penalty = () => make(/^0.weight$/).penalty!(parameters);
    const autodiff = tf.variableGrads(penalty, [value]).grads[value.name]!;
    const numeric = numericGradient((w) => {
      value.assign(tf.tensor2d(w, [2, 2]));
      return penalty().dataSync()[0]!;
    }, Float32Array.from(start.flat()));
    value.assign(tf.tensor2d(start));
    make(/^0.weight$/).addGradients!(parameters);
    const slope = tf.sub(parameters.get("0.weight")!.gradient!, 1);
    expect(relativeError(slope, autodiff)).toBeLessThan(1e-6);
    expect(relativeError(slope, numeric)).toBeLessThan(1e-3);
  });

  it("has no slope at 0", () => {
    const parameters: Parameters = new Map();
    parameters.set("weight", { value: tf.variable(tf.zeros([2])), gradient: tf.ones([2]), frozen: false });
    make().addGradients!(parameters);
    expect(gradients(parameters)).toEqual([[1, 1]]);
  });
});

it("pNorm is l1 with p = 1 and l2 with p = 2", () => {
  const parameters = makeParameters();
  for (const [p, same] of [
    [1, l1(0.3)],
    [2, l2(0.3)],
  ] as const) {
    expect(relativeError(pNorm(p, 0.3).penalty!(parameters), same.penalty!(parameters))).toBeLessThan(1e-6);
  }
});

it("with SGD, l2 is coupled weight decay, and damping is l2 of lambda / learningRate", () => {
  const after = (optimizer: SGD, regularizer: Regularizer) => {
    const parameters = makeParameters();
    regularizer.addGradients?.(parameters);
    regularizer.before?.(parameters);
    optimizer.step(parameters);
    return values(parameters).flat();
  };
  const groups = [{ pattern: /bias$/, weightDecay: 0 }];
  const decayed = after(new SGD({ learningRate: 0.1, weightDecay: 0.5, groups }), {});
  expect(relativeError(after(new SGD({ learningRate: 0.1 }), l2(0.5)), decayed)).toBeLessThan(1e-6);
  expect(relativeError(after(new SGD({ learningRate: 0.1 }), damping(0.05)), decayed)).toBeLessThan(1e-6);
});

describe("maxNorm", () => {
  it("by hand: shortens the columns that are too long, and only those", () => {
    const parameters = makeParameters();
    maxNorm(2).after!(parameters);
    expect(relativeError(values(parameters)[0]!, [(3 * 2) / 5, -1, (-4 * 2) / 5, 0.5])).toBeLessThan(1e-6);
  });

  it("takes a filter of a convolution as one unit", () => {
    const value = tf.variable(tf.tensor4d(new Random(1).normals(3 * 3 * 2 * 5), [3, 3, 2, 5]));
    maxNorm(0.5).after!(new Map([["weight", { value, frozen: false }]]));
    const norms = tf.sqrt(tf.sum(tf.square(value), [0, 1, 2]));
    expect(relativeError(norms, [0.5, 0.5, 0.5, 0.5, 0.5])).toBeLessThan(1e-6);
  });
});

it.each(engines)("on the engine %s: penalties, gradients and weights by hand", (engine) => {
  const results = onEngine<{ penalty: number; gradient: number[]; weight: number[] }[]>(
    engine,
    `const { damping, elastic, l1, l2, maxNorm, pNorm } = lib;
    report([l1(0.1), l2(0.1), elastic({ l1: 0.1, l2: 0.2 }), pNorm(3, 0.1), maxNorm(2), damping(0.1)].map((regularizer) => {
      const value = tf.variable(tf.tensor2d(${JSON.stringify(start)}));
      const parameters = new Map([["weight", { value, gradient: tf.zeros([2, 2]), frozen: false }]]);
      const penalty = regularizer.penalty?.(parameters).dataSync()[0] ?? 0;
      for (const part of ["addGradients", "before", "after"]) regularizer[part]?.(parameters);
      const [gradient, weight] = [parameters.get("weight").gradient, value].map((x) => Array.from(x.dataSync()));
      return { penalty, gradient, weight };
    }));`,
  );
  const w = start.flat();
  const [same, none] = [w, [0, 0, 0, 0]];
  const expected: [number, number[], number[]][] = [
    [0.1 * 8.5, w.map((x) => 0.1 * Math.sign(x)), same],
    [0.05 * 26.25, w.map((x) => 0.1 * x), same],
    [0.1 * 8.5 + 0.1 * 26.25, w.map((x) => 0.1 * Math.sign(x) + 0.2 * x), same],
    [(0.1 / 3) * 92.125, w.map((x) => 0.1 * Math.sign(x) * x * x), same],
    [0, none, [(3 * 2) / 5, -1, (-4 * 2) / 5, 0.5]],
    [0, none, w.map((x) => 0.9 * x)],
  ];
  for (const [i, [penalty, gradient, weight]] of expected.entries()) {
    expect(relativeError([results[i]!.penalty], [penalty])).toBeLessThan(1e-6);
    expect(relativeError(results[i]!.gradient, gradient)).toBeLessThan(1e-6);
    expect(relativeError(results[i]!.weight, weight)).toBeLessThan(1e-6);
  }
});
