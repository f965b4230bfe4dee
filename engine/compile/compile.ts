/** Compile: a function of tensors that runs as one TensorFlow graph: `trace` makes the graph, `session` runs it. */
import { engine, type Tensor, type TensorContainer, tf } from "../tensor.js";
import { announce } from "./announce.js";
import { disposeGraph, type Graph, isWhole } from "./graph.js";
import { jitFailure, jit as jitGraph } from "./jit.js";
import { announceGraph, forgetGraph, runGraph } from "./session.js";
import { expectExisting } from "./share.js";
import { simplify } from "./simplify.js";
import { changeSince, trace } from "./trace.js";
import { TraceError } from "./trace-error.js";

/** Tensors, or lists and dictionaries of them, of any depth. */
export type Nested = Tensor | readonly Nested[] | { readonly [name: string]: Nested } | null | undefined;

/** Options of `compile`. */
export interface CompileOptions {
  /** So many graphs are kept, one for each combination of shapes and dtypes; the one not used for longest goes. Default 16. */
  most?: number;
  /**
   * Whether XLA, TensorFlow's own compiler, makes machine code of each graph when it first runs (Python's `jit_compile`). Default
   * false: compiling takes some tenths of a second. Sums may add up in another order; random tensors are the same as without. What
   * XLA cannot compile is said once, by the operation's name, and runs as with false, as does everything on WebAssembly.
   */
  jit?: boolean;
}

/** A compiled function: the same signature. */
export interface Compiled<Arguments extends Nested[], Result> {
  (...args: Arguments): Result;
  /**
   * Makes the graph for arguments of these shapes and dtypes, as a call would, and does not run it. Graphs that share variables
   * are loaded together when the first of them runs: prepare those that will be used, and loading is paid once.
   */
  prepare(...args: Arguments): void;
  /**
   * Says that JavaScript values which `fn` uses may have changed: before a graph runs next, it is compared with what `fn` does now, at
   * the cost of some operations, and made anew where it differs.
   */
  recheck(): void;
  /** Frees its graphs; variables have their values then. A later call compiles anew. */
  dispose(): void;
}

interface Traced {
  graph: Graph;
  /** As it was traced. */
  raw: Graph;
  /** Whether nothing can have changed in it since that was last looked at. */
  isSure: boolean;
  /** What the function returned, with the number of the result in the place of each tensor. */
  structure: unknown;
}

/**
 * `fn`, a function of tensors written in ordinary TensorFlow.js, as one TensorFlow graph: what `tf.function` is in Python. The
 * first call with arguments of new shapes or dtypes runs `fn` two or three times and writes down its operations; that call and
 * all others then run as one native call, several times faster than operation by operation. On WebAssembly, which has no graphs, `fn` runs as
 * it is, and that is said once.
 *
 *     const step = compile((x, y) => optimizer.minimize(() => loss(y, model.predict(x)), true));
 *
 * `fn` may use gradients and read and assign variables; outside, variables can be read and assigned at any time, at a cost that
 * is only paid then. All else in `fn` happens while tracing only: a JavaScript number is a constant (`live` makes one that is
 * asked for at each call), and so are a condition and the length of a loop. Random tensors of TensorFlow.js are drawn anew at
 * each call.
 * @returns a function of the same signature; its results are the caller's to dispose
 * @throws TraceError at a call, where `fn` reads values (`dataSync`, `print`), disposes variables, or uses an operation that a
 * graph cannot hold; TypeError for arguments and results other than tensors and lists and dictionaries of them
 *
 * @example
 * ```ts
 * import { compile, type Tensor, tf } from "gradbook";
 *
 * const length = compile((x: Tensor) => tf.sqrt(tf.sum(tf.square(x))));
 * console.log(length(tf.tensor1d([3, 4])).arraySync()); // 5
 * ```
 */
export function compile<Arguments extends Nested[], Result>(
  fn: (...args: Arguments) => Result,
  options: CompileOptions = {},
): Compiled<Arguments, Result> {
  if (typeof fn !== "function") throw new TypeError(`compile: expected a function of tensors, received ${typeof fn}.`);
  const { most = 16, jit = false, ...others } = options;
  if (typeof options !== "object" || Object.keys(others).length > 0) {
    throw new TypeError(`compile: expected options in braces, { most, jit }, received ${JSON.stringify(options)}.`);
  }
  if (!(Number.isInteger(most) && most > 0)) {
    throw new RangeError(`compile: expected most to be a positive integer, received ${most}.`);
  }
  if (engine.name !== "native") {
    announce(`compile: functions run operation by operation on ${engine.description}.`);
    const nothing = () => {};
    const rest = { prepare: nothing, recheck: nothing, dispose: nothing };
    return Object.assign((...args: Arguments) => runAsItIs(fn, args), rest);
  }
  const traces = new Map<string, Traced>();
  let jits = jit;
  const find = (args: Arguments): Traced & { tensors: Tensor[] } => {
    const tensors: Tensor[] = [];
    const structure = flatten(args, tensors);
    const key = `${JSON.stringify(structure)} ${tensors.map(({ dtype, shape }) => `${dtype}[${shape}]`).join(" ")}`;
    let traced = traces.get(key);
    traces.delete(key);
    if (traced && !(isWhole(traced.graph) && isStill(traced))) {
      forgetGraph(traced.graph);
      traced = undefined;
    }
    traced ??= traceFunction(fn, structure, tensors, jits);
    traces.set(key, traced);
    for (const [old, { graph }] of [...traces].slice(0, -most)) {
      traces.delete(old);
      forgetGraph(graph);
    }
    return { ...traced, tensors };
  };
  /** Does `work`, without jit where XLA cannot compile the function. */
  const orWithoutJit = <Outcome>(work: () => Outcome): Outcome => {
    try {
      return work();
    } catch (error) {
      const what = jits ? jitFailure(error) : undefined;
      if (what === undefined) throw error;
      announce(`compile: a function runs without jit: XLA cannot compile ${what}.`);
      jits = false;
      dispose();
      return work();
    }
  };
  const compiled = (...args: Arguments): Result =>
    orWithoutJit(() => {
      const { graph, structure, tensors } = find(args);
      return unflatten(structure, runGraph(graph, tensors)) as Result;
    });
  const prepare = (...args: Arguments) => orWithoutJit(() => announceGraph(find(args).graph));
  const recheck = () => {
    for (const traced of traces.values()) traced.isSure = false;
  };
  const dispose = () => {
    for (const { graph } of traces.values()) forgetGraph(graph);
    traces.clear();
  };
  return Object.assign(compiled, { prepare, recheck, dispose });
}

/** Calls `fn` with the same arguments and results as a graph would have: its results are the caller's alone, and all else is freed. */
function runAsItIs<Arguments extends Nested[], Result>(fn: (...args: Arguments) => Result, args: Arguments): Result {
  return tf.tidy(() => {
    flatten(args, []);
    const results: Tensor[] = [];
    const structure = flatten(fn(...args), results);
    const own = results.map((result) => result.clone());
    return unflatten(structure, own) as TensorContainer;
  }) as Result;
}

function traceFunction<Arguments extends Nested[]>(
  fn: (...args: Arguments) => unknown,
  structure: unknown,
  tensors: Tensor[],
  jits: boolean,
): Traced {
  let returned: unknown;
  const raw = trace(tensors, (inputs) => {
    const results: Tensor[] = [];
    const result = fn(...(unflatten(structure, inputs) as Arguments));
    if (result instanceof Promise) {
      result.catch(() => {}); // it cannot end well
      throw new TraceError("expected a function that is not async", "await what it needs before, outside of it");
    }
    returned = flatten(result, results);
    return results;
  });
  try {
    const graph = jits ? jitGraph(simplify(raw, false)) : simplify(raw);
    return { graph, raw, isSure: true, structure: returned };
  } catch (error) {
    disposeGraph(raw);
    throw error;
  }
}

/** Whether a graph is still what its function does. */
function isStill(traced: Traced): boolean {
  traced.isSure ||= changeSince(traced.raw) === undefined;
  return traced.isSure;
}

/** A tensor's place in a structure: its number among the tensors. */
class Place {
  constructor(readonly tensor: number) {}
}

/** Puts the tensors of `value` into `tensors`, and gives its structure. */
function flatten(value: unknown, tensors: Tensor[]): unknown {
  if (value instanceof tf.Tensor) {
    expectExisting(value);
    return new Place(tensors.push(value) - 1);
  }
  if (value === undefined || value === null) return value;
  if (Array.isArray(value)) return value.map((element) => flatten(element, tensors));
  if (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([name, element]) => [name, flatten(element, tensors)]));
  }
  throw new TypeError(
    `compile: expected tensors, or lists and dictionaries of them, as arguments and result, received ${String(value)}: ` +
      "turn numbers into tensors, and return nothing but tensors.",
  );
}

function unflatten(structure: unknown, tensors: Tensor[]): unknown {
  if (structure instanceof Place) return tensors[structure.tensor];
  if (Array.isArray(structure)) return structure.map((element) => unflatten(element, tensors));
  if (typeof structure === "object" && structure !== null) {
    return Object.fromEntries(Object.entries(structure).map(([name, element]) => [name, unflatten(element, tensors)]));
  }
  return structure;
}
