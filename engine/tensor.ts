/**
 * The one door to TensorFlow.js: every other file takes `tf` from here. The engine that computes is chosen once, when this
 * file is first imported: native TensorFlow where it is set up (see `setup/setup.ts`), else WebAssembly, said aloud. In a browser
 * `browser/tensor.ts` stands in its place.
 */
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, sep } from "node:path";
import util from "node:util";
import type * as tfjs from "@tensorflow/tfjs";
import { type Choice, chooseEngine, type EngineName } from "./setup/choice.js";
import type { Manifest } from "./setup/manifest.js";
import { cacheFolder, notInstalled, tfjsNodeFolder } from "./setup/paths.js";
import { provenEngine } from "./setup/proof.js";
import { startWasm } from "./start-wasm.js";

export type {
  DataType,
  Rank,
  Scalar,
  Shape,
  Tensor,
  Tensor1D,
  Tensor2D,
  Tensor3D,
  Tensor4D,
  TensorContainer,
  TensorLike,
  Variable,
} from "@tensorflow/tfjs";

/** Types under the same name as the functions: `tf.Tensor2D`, as with `import * as tf from "@tensorflow/tfjs"`. */
export declare namespace tf {
  type Tensor<R extends tfjs.Rank = tfjs.Rank> = tfjs.Tensor<R>;
  type Scalar = tfjs.Scalar;
  type Tensor1D = tfjs.Tensor1D;
  type Tensor2D = tfjs.Tensor2D;
  type Tensor3D = tfjs.Tensor3D;
  type Tensor4D = tfjs.Tensor4D;
  type Tensor5D = tfjs.Tensor5D;
  type Variable<R extends tfjs.Rank = tfjs.Rank> = tfjs.Variable<R>;
  type Rank = tfjs.Rank;
  type DataType = tfjs.DataType;
  type TensorLike = tfjs.TensorLike;
  type TensorContainer = tfjs.TensorContainer;
  type NamedTensorMap = tfjs.NamedTensorMap;
  type Optimizer = tfjs.Optimizer;
  type LayersModel = tfjs.LayersModel;
  type Sequential = tfjs.Sequential;
}

export interface Engine {
  name: EngineName;
  /** For summaries: "native (TensorFlow 2.21.0, 1 thread)" or "wasm (1 thread)". */
  description: string;
  /** Why the engine is not the native one; `undefined` when it is. */
  reason?: string;
  /** Settles when tensors can be made: at once natively, some milliseconds later with WebAssembly. */
  ready: Promise<void>;
}

const require = createRequire(import.meta.url);

type TensorFlow = typeof import("@tensorflow/tfjs");

/** `GRADBOOK_THREADS`: among how many threads native TensorFlow divides an operation. */
function threads(): string {
  const { GRADBOOK_THREADS = "1" } = process.env;
  if (/^[1-9]\d*$/.test(GRADBOOK_THREADS)) return GRADBOOK_THREADS;
  throw new Error(
    `GRADBOOK_THREADS: Expected a positive integer, received "${GRADBOOK_THREADS}": correct it or unset it.`,
  );
}

/**
 * What the environment says to native TensorFlow unless the user has said otherwise; it looks once, when it is loaded. The
 * layers of a course are small: one thread beats two (compiled steps on two cores: 331 → 1, 5.5 times as fast; six layers of
 * width 100, 1.5 times; of width 1,000 two are 1.8 times as fast), and plain kernels beat oneDNN's up to 2× (for convolutions graphs
 * ask for oneDNN's by name: `compile/one-dnn.ts`). Parts of a graph that have nothing to do with each other may have a processor each: the networks
 * of `fitAll`.
 */
const nativeSettings = {
  TF_NUM_INTRAOP_THREADS: threads(),
  TF_NUM_INTEROP_THREADS: String(availableParallelism()),
  TF_ENABLE_ONEDNN_OPTS: "0",
  TF_CPP_MIN_LOG_LEVEL: "2",
};

/** Loads TensorFlow.js with native TensorFlow below it. */
function loadNative(): TensorFlow {
  for (const [name, value] of Object.entries(nativeSettings)) process.env[name] ??= value;
  // tfjs-node 4.22 calls these functions; Node 23 removed the first and warns of the second.
  const isNullOrUndefined = (value: unknown) => value === null || value === undefined;
  Object.assign(util, { isNullOrUndefined, isArray: Array.isArray });
  return require("@tensorflow/tfjs-node") as TensorFlow;
}

/**
 * Runs `start` while not letting the WebAssembly engine's loader listen for the process's uncaught errors: it does so only
 * to throw them once more, which would end a kernel.
 */
async function withoutLoaderListeners<T>(start: () => Promise<T>): Promise<T> {
  const { on } = process;
  const isLoaders = (listener: unknown) => /instanceof ExitStatus|\{ ?throw reason;? ?\}/.test(String(listener));
  const filtered = (event: "exit", listener: () => void) =>
    isLoaders(listener) ? process : on.call(process, event, listener);
  process.on = filtered as typeof on;
  try {
    return await start();
  } finally {
    process.on = on;
  }
}

/** Starts TensorFlow.js on WebAssembly. */
async function findAndStartWasm(): Promise<void> {
  const wasm = require("@tensorflow/tfjs-backend-wasm") as typeof import("@tensorflow/tfjs-backend-wasm");
  wasm.setWasmPaths(dirname(require.resolve("@tensorflow/tfjs-backend-wasm")) + sep);
  await startWasm(tf, () => withoutLoaderListeners(() => tf.setBackend("wasm")));
}

/** The native engine's manifest, or in words what keeps it from being used. */
function findNative(): Manifest | string {
  const folder = tfjsNodeFolder();
  return folder === undefined ? notInstalled : provenEngine(folder, folder, cacheFolder());
}

/** Chooses and loads. An engine that cannot be loaded in this process, for want of memory perhaps, is as good as none. */
function load(): { choice: Choice; tf: TensorFlow; description: string } {
  const { GRADBOOK_ENGINE: wanted } = process.env;
  const native = wanted === "wasm" ? "not asked for" : findNative();
  let choice = chooseEngine(wanted, typeof native === "string" ? native : undefined);
  if (typeof native === "object" && choice.name === "native") {
    try {
      const tf = loadNative();
      const count = process.env.TF_NUM_INTRAOP_THREADS;
      const description = `native (TensorFlow ${native.tensorflow}, ${count} thread${count === "1" ? "" : "s"})`;
      return { choice, tf, description };
    } catch (error) {
      choice = chooseEngine(wanted, `it does not load here (${(error as Error).message})`);
    }
  }
  return { choice, tf: require("@tensorflow/tfjs") as TensorFlow, description: "wasm (1 thread)" };
}

const { choice, description, ...loaded } = load();

/** TensorFlow.js on the chosen engine. */
export const tf = loaded.tf;

/** The engine that computes in this process. */
export const engine: Engine = {
  ...choice,
  description,
  ready: choice.name === "native" ? Promise.resolve() : findAndStartWasm(),
};

if (engine.reason !== undefined) console.error(`gradbook: engine wasm (${engine.reason})`);
