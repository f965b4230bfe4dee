/** Watching the engine while a function is traced: every operation, every look at values and every change of a variable. */
import { type Tensor, tf, type Variable } from "../tensor.js";
import { type DataId, nativeBackend, type OpAttribute } from "./backend.js";
import { withTraceableKernels } from "./traceable-kernels.js";

/** Who is told. What these throw, the function that is watched gets to feel. */
export interface Watcher<Inputs> {
  /** Before an operation runs. */
  begins(op: string, inputs: Tensor[]): Inputs;
  /** Results to be taken in place of an operation's own, which then does not run. */
  results(op: string): Tensor[] | undefined;
  /** After it has run; `inputs` is what `begins` gave. */
  ends(op: string, attributes: OpAttribute[], inputs: Inputs, results: Tensor[]): void;
  reads(dataId: DataId): void;
  assigns(variable: Variable): void;
  disposes(variable: Variable): void;
  makes(variable: Variable): void;
}

/** Has `watcher` told of everything from now on; gives the way back. */
export function watch<Inputs>(watcher: Watcher<Inputs>): () => void {
  const backend = nativeBackend();
  const engine = tf.engine();
  const { executeSingleOutput, executeMultipleOutputs, readSync, read } = backend;
  const methods = {
    executeSingleOutput(op: string, attributes: OpAttribute[], inputs: Tensor[]) {
      const seen = watcher.begins(op, inputs);
      const [known] = watcher.results(op) ?? [];
      const result = known ?? executeSingleOutput.call(backend, op, attributes, inputs);
      watcher.ends(op, attributes, seen, [result]);
      return result;
    },
    executeMultipleOutputs(op: string, attributes: OpAttribute[], inputs: Tensor[], count: number) {
      const seen = watcher.begins(op, inputs);
      const known = watcher.results(op);
      const results = known ?? executeMultipleOutputs.call(backend, op, attributes, inputs, count);
      watcher.ends(op, attributes, seen, results);
      return results;
    },
    readSync(dataId: DataId) {
      watcher.reads(dataId);
      return readSync.call(backend, dataId);
    },
    read(dataId: DataId) {
      watcher.reads(dataId);
      return read.call(backend, dataId);
    },
  };
  const { assign, dispose } = tf.Variable.prototype;
  const { makeVariable } = engine;
  Object.assign(backend, methods);
  tf.Variable.prototype.assign = function (value) {
    watcher.assigns(this);
    assign.call(this, value);
  };
  tf.Variable.prototype.dispose = function () {
    watcher.disposes(this);
    dispose.call(this);
  };
  engine.makeVariable = (...args) => {
    const variable = makeVariable.apply(engine, args);
    watcher.makes(variable);
    return variable;
  };
  const restoreKernels = withTraceableKernels();
  return () => {
    restoreKernels();
    // The methods are the classes' again.
    for (const name of Object.keys(methods)) Reflect.deleteProperty(backend, name);
    Reflect.deleteProperty(engine, "makeVariable");
    Object.assign(tf.Variable.prototype, { assign, dispose });
  };
}
