/** Verify: a training step both ways, to find the first place where the graph computes something else than the operations. */
import { forgetGraph, runGraph } from "gradbook-engine/compile/session";
import { simplify } from "gradbook-engine/compile/simplify";
import { trace } from "gradbook-engine/compile/trace";
import { type Tensor, tf } from "gradbook-engine/tensor";
import type { Layer } from "../layers/layer.js";
import { noteCounters } from "./counters.js";
import { type Batch, tensorsOf } from "./dataset.js";
import { withNativeUpdates } from "./native-updates.js";
import { variablesOf } from "./states.js";
import type { StepOptions } from "./step-options.js";
import { stepLoss, updateParameters } from "./train-step.js";

/** What a step computes on its way, by name, in order. */
type Values = Map<string, ArrayLike<number>>;

/** Differences up to this share of the largest number are rounding: a sum of products adds up in another order. */
const rounding = 1e-3;

/**
 * Compares a step on `batch` by its operations with the step as a graph, both from the state of now, which is kept.
 * @returns the first output of a layer, loss, gradient or update that differs, with the numbers; nothing where all agree
 */
export function firstDifference(model: Layer, batch: Batch, options: StepOptions): string | undefined {
  const restore = noteState(model, options);
  try {
    const plain = valuesOf(() => tappedStep(model, batch, options));
    restore.back();
    const graph = asGraph(model, batch, options);
    restore.back();
    // Where a gradient is nothing but rounding, Adam's update has its sign: updates are compared for the same gradients.
    const updates = valuesOf(() => {
      for (const [name, parameter] of model.parameters) {
        const gradient = graph.get(`gradient of ${name}`);
        parameter.gradient = gradient && tf.tensor(Float32Array.from(gradient), parameter.value.shape);
      }
      updateParameters(model.parameters, options);
      return updated(model, options);
    });
    const expected = new Map([...plain, ...updates]);
    const gradients = [...plain].filter(([name]) => name.startsWith("gradient")).map(([, values]) => largest(values));
    for (const [name, values] of expected) {
      const isGradient = name.startsWith("gradient");
      const found = difference(graph.get(name)!, values, isGradient ? Math.max(...gradients) / 100 : 1e-3);
      if (found !== undefined) return `another ${name} (${found})`;
    }
    return undefined;
  } finally {
    restore.back();
    restore.dispose();
  }
}

/** A step, and all that it computes on its way. */
function tappedStep(model: Layer, batch: Batch, options: StepOptions): [string, Tensor][] {
  const { optimizer } = options;
  const taps: [string, Tensor][] = [];
  const undo: (() => void)[] = [];
  for (const [name, layer] of model.walk()) {
    if (name === "" && model.layers.length > 0) continue; // its output is that of its last layer
    const what = `output of layer ${name} (${layer.constructor.name})`.replace("layer  ", "");
    const { forward } = layer;
    undo.push(
      replace(layer, "forward", (x, training) => {
        const output = forward.call(layer, x, training);
        taps.push([what, output]);
        return output;
      }),
    );
  }
  const { step } = optimizer;
  undo.push(
    replace(optimizer, "step", (parameters) => {
      for (const [name, { gradient, frozen }] of parameters) {
        if (gradient && !frozen) taps.push([`gradient of ${name}`, gradient]);
      }
      step.call(optimizer, parameters);
    }),
  );
  try {
    const loss = stepLoss(model, batch, options);
    const at = taps.findIndex(([name]) => name.startsWith("gradient"));
    taps.splice(at < 0 ? taps.length : at, 0, ["loss", loss]);
  } finally {
    for (const back of undo.toReversed()) back();
  }
  const buffers = [...model.buffers].map(([name, value]): [string, Tensor] => [name, value]);
  return [...taps, ...buffers, ...updated(model, options)];
}

/** What the update has changed. */
const updated = ({ parameters }: Layer, { optimizer }: StepOptions): [string, Tensor][] => [
  ...[...parameters].map(([name, { value }]): [string, Tensor] => [`update of ${name}`, value]),
  ...[...optimizer.state].map(([name, value]): [string, Tensor] => [`update of the optimizer's ${name}`, value]),
];

/** The values of a tapped step as a graph. */
function asGraph(model: Layer, batch: Batch, options: StepOptions): Values {
  let names: string[] = [];
  const graph = simplify(
    trace(tensorsOf(batch), ([x, y, weights]) =>
      withNativeUpdates(options.optimizer, () => {
        const taps = tappedStep(model, { x: x!, y: y!, ...(weights && { weights }) }, options);
        names = taps.map(([name]) => name);
        return taps.map(([, tensor]) => tensor);
      }),
    ),
  );
  try {
    return valuesOf(() => {
      const results = runGraph(graph, tensorsOf(batch));
      return names.map((name, i): [string, Tensor] => [name, results[i]!]);
    });
  } finally {
    forgetGraph(graph);
  }
}

/** The values of what `compute` gives, copied: a later step may change a variable. */
function valuesOf(compute: () => readonly (readonly [string, Tensor])[]): Values {
  const values: Values = new Map();
  tf.tidy(() => {
    for (const [name, tensor] of compute()) values.set(name, tensor.dataSync().slice());
  });
  return values;
}

/** Model and optimizer as they are now: the way back to it, as often as it is wanted. */
function noteState(model: Layer, { optimizer }: StepOptions): { back(): void; dispose(): void } {
  const counters = noteCounters(model, optimizer);
  const variables = () => variablesOf(model, optimizer);
  const values = new Map(variables().map((variable) => [variable, tf.keep(tf.clone(variable))]));
  return {
    back() {
      counters();
      for (const variable of variables()) {
        // What the first step has made starts at 0.
        tf.tidy(() => variable.assign(values.get(variable) ?? tf.zerosLike(variable)));
      }
    },
    dispose: () => tf.dispose([...values.values()]),
  };
}

/** Puts `instead` in the place of a method of one object; gives the way back. */
function replace<Of extends object, Name extends keyof Of>(of: Of, name: Name, instead: Of[Name]): () => void {
  const own = Object.getOwnPropertyDescriptor(of, name);
  of[name] = instead;
  return () => {
    if (own) Object.defineProperty(of, name, own);
    else Reflect.deleteProperty(of, name);
  };
}

function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most;
}

/** The first number that is further off than rounding may take it, in words. */
function difference(actual: ArrayLike<number>, expected: ArrayLike<number>, least: number): string | undefined {
  const allowed = rounding * Math.max(largest(expected), least);
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [actual[i]!, expected[i]!];
    if (Object.is(a, b) || Math.abs(a - b) <= allowed) continue;
    return `${a} in place of ${b}`;
  }
  return undefined;
}
