/**
 * Programs: graphs that take training steps and evaluate, many in one native call and in any order. The data stay on the engine; a
 * call is told the row numbers of its batches only.
 */
import { announce } from "gradbook-engine/compile/announce";
import { disposeGraph, type Graph, isWhole } from "gradbook-engine/compile/graph";
import { jitFailure } from "gradbook-engine/compile/jit";
import { loop } from "gradbook-engine/compile/loop";
import { announceGraph, forgetGraph, restGraph, runGraph } from "gradbook-engine/compile/session";
import { changeSince, trace } from "gradbook-engine/compile/trace";
import { TraceError } from "gradbook-engine/compile/trace-error";
import { type Tensor, tf, type Variable } from "gradbook-engine/tensor";
import { Dropout } from "../layers/dropout.js";
import type { Layer } from "../layers/layer.js";
import type { Metric } from "../metrics.js";
import { augmentSeed } from "./augment.js";
import { capacityOf } from "./capacity.js";
import { noteCounters } from "./counters.js";
import { type Dataset, tensorsOf } from "./dataset.js";
import type { Evaluation } from "./evaluation.js";
import { lossOf, metricsOf } from "./measures.js";
import { inRounds, inRuns, oneAfterTheOther } from "./rounds.js";
import { States, variablesOf } from "./states.js";
import type { StepOptions } from "./step-options.js";
import { type TracedStep, traceKind } from "./trace-step.js";

/** So many graphs are made anew before it is said what helps. */
const manyChanges = 3;

/** What a program can do: steps on batches of `sizes` of `data`, and evaluations of each of `evaluated`. */
export interface Contents {
  data: Dataset;
  sizes: readonly number[];
  evaluated: readonly Dataset[];
  metrics: Record<string, Metric>;
  /** Whether there is one thing more that it can do: keep the state of now. */
  keepsStates: boolean;
}

/** What a call does, one after the other: numbers of sizes, of what is evaluated, of the state; and by size the rows of each batch. */
export interface Rounds {
  turns: number[];
  rows: Int32Array[][];
}

/** The loss of a step, what an evaluation has found, or the number of a state. */
export type Outcome = number | Evaluation | { state: number };

/** A program, and what it was made from. */
export interface Program {
  /** Steps by size, then evaluations, as they were traced. */
  traced: Graph[];
  graph: Graph;
  /** Of the predictions for each of what is evaluated; nothing where that cannot be a graph. */
  predicted: number[][] | undefined;
  /** What is evaluated and has targets that have been checked. */
  checked: WeakSet<Dataset>;
  /** Of the predictions for a batch. */
  shape: number[];
  /** What states consist of; none where they are not kept. */
  variables: Variable[];
  /** Whether nothing can have changed in it since that was last looked at. */
  isSure: boolean;
  /** Where XLA compiles it: so many rounds a call has room for. */
  capacity?: number;
  /** So many rounds make a call of the length it should have; grows as long as calls are short. */
  pace?: number;
}

/** What each model was trained by last: training that goes on, or is done again, needs no new graph. */
const known = new WeakMap<Layer, Programs>();

/** Numbers for metrics: functions have no name that tells them apart. */
const metricNumbers = new WeakMap<Metric, number>();
let metricCount = 0;

function numberOf(metric: Metric): number {
  if (!metricNumbers.has(metric)) metricNumbers.set(metric, metricCount++);
  return metricNumbers.get(metric)!;
}

/** The programs for a model with one loss, optimizer and regularizers. */
export class Programs {
  readonly #model: Layer;
  readonly #options: StepOptions & { jit: boolean };
  readonly #dropouts: Dropout[];
  /** By what they contain and the frozen parameters. */
  readonly #programs = new Map<string, Program>();
  /** Data whose targets have been checked: a graph cannot do it, and a batch with a bad one may be the last. */
  readonly #checked = new WeakSet<Dataset>();
  #compiles = true;
  #jits: boolean;
  /** How many graphs had to be made anew. */
  #changes = 0;

  private constructor(model: Layer, options: StepOptions & { jit: boolean }) {
    this.#jits = options.jit;
    this.#model = model;
    this.#options = options;
    this.#dropouts = [...model.walk()].flatMap(([, layer]) => (layer instanceof Dropout ? [layer] : []));
  }

  /** @param jit whether XLA compiles them */
  static of(
    model: Layer,
    { loss, optimizer, regularizers = [], augment, shuffle }: StepOptions,
    jit: boolean,
  ): Programs {
    const options = { loss, optimizer, regularizers, ...(augment && { augment, shuffle }) };
    const before = known.get(model);
    if (before) {
      if (before.#trains(options) && before.#options.jit === jit) return before;
      for (const { graph } of before.#programs.values()) forgetGraph(graph);
    }
    const programs = new Programs(model, { ...options, jit });
    known.set(model, programs);
    return programs;
  }

  /** Whether the next steps are graphs: not where dropout is given a mask, or a step could not be traced. */
  get areGraphs(): boolean {
    return this.#compiles && !this.#dropouts.some(({ mask }) => mask !== undefined);
  }

  /** The program with these contents; none where steps are no graphs. That a step cannot be traced is said. */
  find(contents: Contents): Program | undefined {
    if (!this.areGraphs) return undefined;
    const key = this.#keyOf(contents);
    let found = this.#programs.get(key);
    if (found && isWhole(found.graph) && this.#isStill(found)) return found;
    if (found) forgetGraph(found.graph);
    this.#programs.delete(key);
    try {
      found = this.#make(contents);
      this.#programs.set(key, found);
      announceGraph(found.graph);
      return found;
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      if (this.#jits && jitFailure(error) !== undefined) {
        announce(`fit trains without jit: ${error.message}`);
        this.#jits = false;
        return this.find(contents);
      }
      announce(`fit trains operation by operation: ${error.message}`);
      this.#compiles = false;
      return undefined;
    }
  }

  /** Whether a program does the evaluations: not where targets are refused, which whoever evaluates alone will say in time. */
  evaluates({ predicted, checked }: Program, { evaluated, metrics }: Contents): boolean {
    if (!predicted) return false;
    try {
      for (const [i, data] of evaluated.entries()) {
        if (checked.has(data)) continue;
        for (const checks of [this.#options.loss, ...Object.values(metrics)]) {
          checks.checkTargets?.(predicted[i]!, data.y);
        }
        checked.add(data);
      }
      return true;
    } catch {
      return false;
    }
  }

  /** After an error of a program's first run: whether it is that XLA cannot compile it, which is said. From then on graphs run as they are. */
  goesWithoutJit(program: Program, error: unknown): boolean {
    const what = program.capacity === undefined ? undefined : jitFailure(error);
    if (what === undefined) return false;
    announce(`fit trains without jit: XLA cannot compile ${what}.`);
    this.#jits = false;
    for (const { graph } of this.#programs.values()) forgetGraph(graph);
    this.#programs.clear();
    return true;
  }

  /** Does all rounds. @returns for each the loss of a step, what an evaluation has found, or the number of a state; and these */
  run(program: Program, contents: Contents, { turns, rows }: Rounds): { outcomes: Outcome[]; states: States } {
    const { graph, shape, predicted, variables, capacity } = program;
    const { data, sizes } = contents;
    const evaluated = predicted ? contents.evaluated : [];
    this.#check(data, shape);
    const restoreCounters = noteCounters(this.#model, this.#options.optimizer);
    const outcomes: Outcome[] = [];
    let states = new States([], []);
    try {
      tf.tidy(() => {
        const counts = [...sizes, ...evaluated, ...(variables.length > 0 ? [0] : [])].map(() => 0);
        const slots = turns.map((turn) => counts[turn]!++);
        const rounds = inRounds(turns, slots, counts.length);
        /** How long arrays with something for each turn of a part are. */
        const room = (count: number) => capacity ?? count;
        const order = counts.length === 1 ? rounds : inRuns(turns, slots, counts.length);
        const width = order[0]!.length;
        const flat = new Int32Array(room(order.length) * width);
        for (const [i, round] of order.entries()) flat.set(round, i * width);
        const scalar = (value: number) => tf.scalar(value, "int32");
        const inputs: Tensor[] = sizes.flatMap((size, i) => [
          ...tensorsOf(data),
          tf.tensor2d(oneAfterTheOther(rows[i]!, size, room(counts[i]!)), [room(counts[i]!), size], "int32"),
        ]);
        for (const each of evaluated) inputs.push(...tensorsOf(each));
        if (counts.length > 1)
          inputs.push(...counts.map(scalar), tf.tensor2d(flat, [flat.length / width, width], "int32"));
        const tensors = runGraph(graph, [...inputs, scalar(order.length)], rounds);
        const stacks = tensors.splice(tensors.length - variables.length);
        states = new States(
          variables,
          stacks.map((stack) => tf.keep(stack)),
        );
        const results = tensors.map((result) => result.dataSync());
        const names = Object.keys(contents.metrics);
        const losses = results.slice(0, sizes.length);
        for (const [i, turn] of turns.entries()) {
          const slot = slots[i]!;
          if (turn < sizes.length) {
            outcomes.push(losses[turn]![slot]!);
            continue;
          }
          if (turn === sizes.length + evaluated.length) {
            outcomes.push({ state: slot });
            continue;
          }
          const each = 2 + names.length;
          const from = sizes.length + (turn - sizes.length) * each;
          const [predictions, values, ...metrics] = results.slice(from, from + each) as Float32Array[];
          const size = predictions!.length / room(counts[turn]!);
          outcomes.push({
            loss: values![slot]!,
            metrics: Object.fromEntries(names.map((name, k) => [name, metrics[k]![slot]!])),
            predictions: predictions!.subarray(slot * size, (slot + 1) * size),
          });
        }
      });
    } catch (error) {
      restoreCounters();
      throw error;
    }
    return { outcomes, states };
  }

  /** Other code has run: numbers that the graphs have as constants may have changed. */
  doubt(): void {
    for (const each of this.#programs.values()) each.isSure = false;
  }

  /** No more steps for a while. */
  rest(): void {
    for (const { graph } of this.#programs.values()) restGraph(graph);
  }

  #trains({ loss, optimizer, regularizers = [], augment, shuffle }: StepOptions): boolean {
    const own = this.#options.regularizers ?? [];
    const { augment: before, shuffle: order } = this.#options;
    if (before !== augment || augmentSeed(order) !== augmentSeed(shuffle)) return false;
    const same = own.length === regularizers.length && own.every((regularizer, i) => regularizer === regularizers[i]);
    return same && loss === this.#options.loss && optimizer === this.#options.optimizer;
  }

  #keyOf({ data: { x, y, weights }, sizes, evaluated, metrics, keepsStates }: Contents): string {
    const frozen = [...this.#model.parameters].filter(([, { frozen }]) => frozen).map(([name]) => name);
    const shapes = evaluated.map((each) => [each.x.shape, each.y.dtype, each.y.shape, each.weights?.shape]);
    const named = evaluated.length > 0 ? Object.entries(metrics).map(([name, metric]) => [name, numberOf(metric)]) : [];
    const own = [x.shape.slice(1), y.dtype, y.shape.slice(1), weights !== undefined];
    return JSON.stringify([sizes, own, frozen, shapes, named, keepsStates]);
  }

  #check(data: Dataset, [, ...shape]: readonly number[]): void {
    if (this.#checked.has(data)) return;
    this.#options.loss.checkTargets?.([data.length, ...shape], data.y);
    this.#checked.add(data);
  }

  /** Whether a program is still what training would be now; where it is not, time and again, what helps is said. */
  #isStill(found: Program): boolean {
    if (found.isSure) return true;
    const change = found.traced.map(changeSince).find((text) => text !== undefined);
    found.isSure = change === undefined;
    if (change === undefined) return true;
    this.#changes += 1;
    if (this.#changes === manyChanges) {
      announce(`fit makes its graph anew each time that a number changes (${change}): ask for it by live(() => …).`);
    }
    return false;
  }

  #make(contents: Contents): Program {
    const { data, sizes } = contents;
    let shape: number[] = [];
    const steps: Graph[] = [];
    for (const size of sizes) {
      const rows = tf.tensor1d(new Int32Array(size), "int32");
      let step: TracedStep;
      try {
        step = traceKind(this.#model, data, rows, this.#options, !this.#jits);
      } catch (error) {
        for (const graph of steps) disposeGraph(graph);
        throw error;
      } finally {
        rows.dispose();
      }
      shape = step.shape;
      // Other data of the same kind, such as another fold's, then have the same graph.
      for (const { attributes, outputs } of step.graph.inputs.slice(0, -1)) {
        attributes.shape = { shape: [-1, ...outputs[0]!.shape!.slice(1)] };
      }
      steps.push(step.graph);
    }
    const evaluations = this.#evaluations(contents);
    const variables = contents.keepsStates ? variablesOf(this.#model, this.#options.optimizer) : [];
    const states = variables.length > 0 ? [trace([], () => variables)] : [];
    const traced = [...steps, ...(evaluations ?? []).map((each) => each.graph), ...states];
    const sliced = [tensorsOf(data).length]; // the rows
    const parts = traced.map((graph, i) => ({ graph, sliced: i < sizes.length ? sliced : [] }));
    const capacity = this.#jits ? capacityOf(parts) : undefined;
    const graph = loop(parts, { capacity, jit: this.#jits });
    const predicted = evaluations?.map((each) => each.shape);
    return { traced, graph, predicted, checked: new WeakSet(), shape, variables, capacity, isSure: true };
  }

  /** The evaluations, with the shapes of the predictions; none where they cannot be graphs: whoever evaluates alone will say so. */
  #evaluations({ evaluated, metrics }: Contents): { graph: Graph; shape: number[] }[] | undefined {
    const { loss } = this.#options;
    try {
      return evaluated.map((data) => {
        let shape: number[] = [];
        const graph = trace(tensorsOf(data), ([inputs, targets, weights]) => {
          const predictions = this.#model.forward(inputs!, false);
          shape = predictions.shape;
          const values = metricsOf(metrics, predictions, targets!);
          return [predictions, lossOf(loss, predictions, targets!, weights), ...values];
        });
        return { graph, shape };
      });
    } catch {
      return undefined;
    }
  }
}
