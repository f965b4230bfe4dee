/**
 * Session: where graphs run, and where the variables they share live between calls. A call feeds tensors, runs one graph in one
 * native call and fetches tensors. Whoever looks at a variable outside gets its value out of the session at that moment.
 */
import { type Tensor, tf, type Variable } from "../tensor.js";
import { type DataId, nativeBackend, type TensorData } from "./backend.js";
import { directly } from "./direct.js";
import { disposeGraph, dtypeNumbers, type Graph, type GraphNode, liveNodes } from "./graph.js";
import { type Model, makeModel, type Signature } from "./model.js";
import { giveBack, loadModel } from "./saved-model.js";
import { isForThreads } from "./threads.js";

/** How many rounds a loop has, or for each of them the number of each part's turn, below 0 where it has none. */
export type Rounds = number | readonly (readonly number[])[];

/** So many sessions are open at most; the one that has not run for longest is closed, and opened again when it is needed. */
const most = 8;

/** Open sessions, the one that ran last at the end. */
const open = new Set<Session>();
const sessions = new WeakMap<Graph, Session>();
const owners = new WeakMap<Variable, Session>();
/** Open sessions whose graphs will not run for a while, by the keys of their models. */
const resting = new Map<string, Session>();

/**
 * Runs `graph` on `args`; the variables it shares with graphs that ran before are in the same session.
 * @param rounds of a loop: how many, each with live numbers of its own, or the turns of its parts in each (see `inRounds`);
 * `undefined` for another graph
 */
export function runGraph(graph: Graph, args: readonly Tensor[], rounds?: Rounds): Tensor[] {
  const session = sessions.get(graph) ?? join(graph);
  return session.run(graph, args, rounds);
}

/**
 * Says that `graph` will run. Graphs that share variables are loaded as one model when the first of them runs: one that turns
 * up later means loading all of them again, which takes as long as some hundred runs of a small one.
 */
export function announceGraph(graph: Graph): void {
  if (!sessions.has(graph)) join(graph);
}

/** Frees what `graph` holds; variables get their values. */
export function forgetGraph(graph: Graph): void {
  sessions.get(graph)?.remove(graph);
  disposeGraph(graph);
}

/** Says that `graph` will not run for a while: another one that is the same may have its place, and its variables then move out. */
export function restGraph(graph: Graph): void {
  sessions.get(graph)?.rest();
}

/** How many sessions are open. */
export const openSessions = (): number => open.size;

/** A session with `graph` and all graphs that share variables with it. */
function join(graph: Graph): Session {
  const others = [...graph.variables.keys()].map((variable) => owners.get(variable));
  const joined = [...new Set(others)].filter((other) => other !== undefined);
  const session = new Session([...joined.flatMap((other) => [...other.graphs]), graph]);
  for (const other of joined) other.close();
  return session;
}

/** Stands in the backend's table for a value that is in a session, and gets it out when somebody asks for it. */
class InsideData implements TensorData {
  readonly values = null;
  refCount = 0;
  /** The binding's number of the tensor once the value has been fetched. */
  fetched?: number;

  constructor(
    readonly session: Session,
    readonly shape: number[],
    readonly dtype: number,
  ) {
    disposeInside();
  }

  get id(): number {
    if (this.fetched === undefined) this.session.fetchAll();
    return this.fetched!;
  }
}

let disposesInside = false;

/** Once: values in sessions are disposed where they are. TensorFlow.js asks for the number of all that it disposes, and so would get them out. */
function disposeInside(): void {
  if (disposesInside) return;
  disposesInside = true;
  const backend = nativeBackend();
  const { tensorMap, disposeData } = backend;
  backend.disposeData = (dataId, isForced) => {
    const data = tensorMap.has(dataId) ? tensorMap.get(dataId) : undefined;
    const isInside = data instanceof InsideData && data.fetched === undefined;
    // A tensor that shares the value keeps it.
    if (!isInside || (data.refCount > 1 && !isForced)) return disposeData.call(backend, dataId, isForced);
    tensorMap.delete(dataId);
    return true;
  };
}

class Session {
  readonly graphs: Set<Graph>;
  #variables: readonly Variable[] = [];
  #written: readonly Variable[] = [];
  /** Those that TensorFlow's threads share out. */
  readonly #threaded: ReadonlySet<Graph>;
  /** The data that the session has of each variable; another one means that it was assigned outside. */
  readonly #known = new Map<Variable, DataId>();
  #loaded?: Model & { session: number };

  constructor(graphs: Graph[]) {
    this.graphs = new Set(graphs);
    this.#threaded = new Set(graphs.filter(isForThreads));
    this.#collect();
    for (const graph of graphs) sessions.set(graph, this);
    for (const variable of this.#variables) owners.set(variable, this);
  }

  run(graph: Graph, args: readonly Tensor[], rounds?: Rounds): Tensor[] {
    const backend = nativeBackend();
    const { binding } = backend;
    const { session, graphs } = this.#open(graph);
    const { feeds, fetches } = graphs.get(graph)!;
    // A variable as an argument is its value of now, whatever is written.
    const isWriting = graph.written.size > 0;
    const shared = args.map((arg) => (isWriting && arg instanceof tf.Variable ? tf.clone(arg) : arg));
    for (const { dataId } of graph.written) keepForOthers(dataId);
    for (const variable of graph.written) this.#moveInside(variable);
    const live = [...liveNumbers(graph, rounds ?? 1)].map(([{ outputs }, values]) => {
      const { dtype, shape } = outputs[0]!;
      const size = shape!.slice(1).reduce((product, length) => product * length, 1);
      const length = graph.capacity ? graph.capacity * size : values.length;
      const numbers = dtype === "int32" ? new Int32Array(length) : new Float32Array(length);
      numbers.set(values);
      const whole = rounds === undefined ? shape! : [length / size, ...shape!.slice(1)];
      return binding.createTensor(whole, dtypeNumbers[dtype]!, numbers);
    });
    try {
      const ids = [
        ...backend.getInputTensorIds(shared),
        ...live,
        ...backend.getInputTensorIds(graph.captured.map(({ tensor }) => tensor)),
      ];
      const run = () => binding.runSavedModel(session, ids, feeds, fetches);
      const fetched = this.#threaded.has(graph) ? run() : directly(run);
      if (graph.results.length > 0) return fetched.map((metadata) => backend.createOutputTensor(metadata));
      for (const { id } of fetched) binding.deleteTensor(id);
      return [];
    } finally {
      for (const id of live) binding.deleteTensor(id);
      for (const [i, tensor] of shared.entries()) if (tensor !== args[i]) tensor.dispose();
    }
  }

  /** Gets out every value that is only in the session. */
  fetchAll(): void {
    const { tensorMap, binding } = nativeBackend();
    const { session, readAll } = this.#loaded!;
    const fetched = directly(() => binding.runSavedModel(session, [], readAll.feeds, readAll.fetches));
    for (const [i, variable] of this.#written.entries()) {
      const { id } = fetched[i]!;
      const dataId = this.#known.get(variable)!;
      const data = tensorMap.has(dataId) ? tensorMap.get(dataId) : undefined;
      if (data instanceof InsideData && data.fetched === undefined) data.fetched = id;
      else binding.deleteTensor(id);
    }
  }

  /** Gives the variables their values and frees the session; the next call opens it again. */
  close(): void {
    if (!this.#loaded) return;
    const { tensorMap } = nativeBackend();
    const inside = this.#written.some((variable) => {
      const dataId = this.#known.get(variable)!;
      if (!tensorMap.has(dataId)) return false;
      const data = tensorMap.get(dataId);
      return data instanceof InsideData && data.fetched === undefined;
    });
    if (inside) this.fetchAll();
    giveBack(this.#loaded, this.#loaded.session);
    if (resting.get(this.#loaded.key) === this) resting.delete(this.#loaded.key);
    this.#loaded = undefined;
    this.#known.clear();
    open.delete(this);
  }

  rest(): void {
    if (this.#loaded) resting.set(this.#loaded.key, this);
  }

  remove(graph: Graph): void {
    this.close();
    this.graphs.delete(graph);
    this.#collect();
    sessions.delete(graph);
  }

  /** The loaded model, with the values that the variables of `graph` have outside. */
  #open(graph: Graph): Model & { session: number } {
    open.delete(this);
    open.add(this);
    if (this.#loaded && resting.get(this.#loaded.key) === this) resting.delete(this.#loaded.key);
    let changed = false;
    for (const variable of graph.variables.keys()) changed ||= variable.dataId !== this.#known.get(variable);
    if (this.#loaded && !changed) return this.#loaded;
    if (this.#variables.some(({ isDisposed }) => isDisposed)) this.#dropDisposed();
    if (!this.#loaded) {
      for (const session of open) if (session.#isLeft()) session.close();
      for (const session of [...open].slice(0, -most)) session.close();
      const model = makeModel([...this.graphs], this.#variables, this.#written);
      resting.get(model.key)?.close();
      this.#loaded = { ...model, session: loadModel(model) };
    }
    this.#assignAll(this.#loaded);
    return this.#loaded;
  }

  /** Whether it had variables, and all of them are disposed. */
  #isLeft(): boolean {
    return this.#variables.length > 0 && this.#variables.every(({ isDisposed }) => isDisposed);
  }

  /** Goes on without the graphs of variables that are disposed. */
  #dropDisposed(): void {
    this.close();
    for (const graph of this.graphs) {
      if ([...graph.variables.keys()].some(({ isDisposed }) => isDisposed)) this.graphs.delete(graph);
    }
    this.#collect();
  }

  #collect(): void {
    this.#variables = [...new Set([...this.graphs].flatMap(({ variables }) => [...variables.keys()]))];
    this.#written = [...new Set([...this.graphs].flatMap(({ written }) => [...written]))];
  }

  /** Takes over the values that the variables have outside. */
  #assignAll({ session, assignAll }: { session: number; assignAll: Signature }): void {
    const backend = nativeBackend();
    const { binding } = backend;
    const ids = backend.getInputTensorIds([...this.#variables]);
    const assign = () => binding.runSavedModel(session, ids, assignAll.feeds, assignAll.fetches);
    for (const { id } of directly(assign)) binding.deleteTensor(id);
    for (const variable of this.#variables) this.#known.set(variable, variable.dataId);
  }

  /** Before `variable` is written inside: what it has outside is no longer its value, but stays that of tensors that share it. */
  #moveInside(variable: Variable): void {
    const { tensorMap, binding } = nativeBackend();
    const { dataId, shape } = variable;
    const data = tensorMap.get(dataId);
    if (data.refCount === 1) {
      if (data instanceof InsideData && data.session === this) {
        if (data.fetched !== undefined) binding.deleteTensor(data.fetched);
        data.fetched = undefined;
        return;
      }
      const inside = new InsideData(this, shape, data.dtype);
      inside.refCount = 1;
      if (data.id >= 0) binding.deleteTensor(data.id);
      tensorMap.delete(dataId);
      tensorMap.set(dataId, inside);
      return;
    }
    const engine = tf.engine();
    engine.disposeTensor(variable);
    variable.dataId = {};
    tensorMap.set(variable.dataId, new InsideData(this, shape, data.dtype));
    engine.incRef(variable, engine.backend);
    this.#known.set(variable, variable.dataId);
  }
}

/** Gets out a value that other tensors share, by asking for its number. */
function keepForOthers(dataId: DataId): void {
  const data = nativeBackend().tensorMap.get(dataId);
  if (data.refCount > 1 && data.id === undefined) throw new Error("compile: expected a value in its session.");
}

/** The numbers for each placeholder of live numbers; round after round they are asked for, in the order of the trace. */
function liveNumbers(graph: Graph, rounds: Rounds): Map<GraphNode, number[]> {
  const numbers = new Map(liveNodes(graph).map((of) => [of, []] as [GraphNode, number[]]));
  const asked = graph.live.map(({ node: of, value, part = 0 }) => ({ list: numbers.get(of)!, value, part }));
  const count = typeof rounds === "number" ? rounds : rounds.length;
  for (let round = 0; round < count; round++) {
    for (const { list, value, part } of asked) {
      if (typeof rounds !== "number" && rounds[round]![part]! < 0) continue;
      const now = value();
      if (typeof now === "number") list.push(now);
      else list.push(...now);
    }
  }
  return numbers;
}
