/**
 * Predictor: `forward` of a model that is asked again and again, as a compiled graph, once its calls have cost more than making
 * one. What the graph has as constants must not change: models of Gradbook's own layers alone, whose numbers are all in their `config`.
 */
import { feedVariables } from "gradbook-engine/compile/feed-variables";
import type { Graph } from "gradbook-engine/compile/graph";
import { forgetGraph, runGraph } from "gradbook-engine/compile/session";
import { simplify } from "gradbook-engine/compile/simplify";
import { trace } from "gradbook-engine/compile/trace";
import { isTracing } from "gradbook-engine/live";
import { engine, type Tensor, tf, type Variable } from "gradbook-engine/tensor";
import { noteProbabilities, probabilitiesFrom } from "../checks/probabilities.js";
import type { Layer } from "../layers/layer.js";
import { isOwnKind } from "../layers/registry.js";
import { setFaster } from "./forward.js";
import { modelVariables } from "./states.js";
import { threads } from "./threads.js";

/** To make a graph takes about as long as so many ms of short calls, and as two calls more. */
const graphMs = 10;

/** A call of more ms is computing, not a sum of operations' own times: a graph saves none of that. */
const longMs = 100;

/** A thread has so many examples of a call at least. */
const fewestRows = 256;

/** So many graphs are kept for a model, one for each shape of inputs. */
const most = 4;

const known = new WeakMap<Layer, Predictor>();

setFaster((model) => {
  const { gradientDepth } = tf.engine().state;
  // A gradient needs the operations one by one, and so does a graph that is being made.
  if (engine.name !== "native" || isTracing() || gradientDepth > 0) return undefined;
  const predictor = known.get(model) ?? new Predictor(model);
  known.set(model, predictor);
  return predictor.isOwn() ? (x) => predictor.forward(x) : undefined;
});

/** A graph of `forward` and what it takes after the inputs. */
interface Compiled {
  graph: Graph;
  variables: Variable[];
}

/** The examples, in a part for each thread where there are many: each is predicted by itself. */
function shares(x: Tensor): Tensor[] {
  const [rows] = x.shape as [number];
  const count = Math.min(threads(), Math.floor(rows / fewestRows));
  if (count < 2) return [x];
  const size = Math.ceil(rows / count);
  return tf.split(x, [...new Array<number>(count - 1).fill(size), rows - (count - 1) * size]);
}

class Predictor {
  readonly #model: Layer;
  /** By the shape of what is asked: ms that all calls and the last one have cost, and the graph that they have paid. */
  readonly #asked = new Map<string, { spent: number; last: number; compiled?: Compiled }>();
  #kind?: string;
  /** What the model was when the graphs were made. */
  #config = "";
  #variables: readonly Variable[] = [];

  constructor(model: Layer) {
    this.#model = model;
  }

  /** Whether all of the model's numbers are in its config, as they are in Gradbook's own layers. */
  isOwn(): boolean {
    for (const [, layer] of this.#model.walk()) {
      if (!isOwnKind(layer) || !layer.isMade || Object.hasOwn(layer, "forward")) return false;
    }
    return true;
  }

  forward(x: Tensor): Tensor {
    this.#expectSame();
    const shape = `${x.dtype} ${x.shape}`;
    const asked = this.#asked.get(shape) ?? { spent: 0, last: 0 };
    this.#asked.delete(shape);
    this.#asked.set(shape, asked);
    for (const [old, { compiled }] of [...this.#asked].slice(0, -most)) {
      if (compiled) forgetGraph(compiled.graph);
      this.#asked.delete(old);
    }
    if (asked.compiled || (asked.spent > graphMs && asked.last < longMs)) {
      asked.compiled ??= this.#compile(x);
      const { graph, variables } = asked.compiled;
      return noteProbabilities(runGraph(graph, [x, ...variables])[0]!, this.#kind);
    }
    const begin = performance.now();
    const y = this.#model.forward(x, false);
    asked.last = performance.now() - begin;
    asked.spent += asked.last;
    return y;
  }

  #compile(x: Tensor): Compiled {
    const graph = trace([x], ([inputs]) => {
      const ys = shares(inputs!).map((part) => this.#model.forward(part, false));
      this.#kind = probabilitiesFrom(ys[0]!);
      return [ys.length === 1 ? ys[0]! : tf.concat(ys)];
    });
    // The same operations as without, so that all digits are the same.
    return feedVariables(simplify(graph, false));
  }

  /** Begins anew where the model has changed. */
  #expectSame(): void {
    const config = JSON.stringify(this.#model.config);
    const variables = modelVariables(this.#model);
    const isSame =
      config === this.#config &&
      variables.length === this.#variables.length &&
      variables.every((variable, i) => variable === this.#variables[i] && !variable.isDisposed);
    if (isSame) return;
    for (const { compiled } of this.#asked.values()) if (compiled) forgetGraph(compiled.graph);
    this.#asked.clear();
    this.#config = config;
    this.#variables = variables;
  }
}
