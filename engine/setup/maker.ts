/** What a way of getting a native engine looks like to `setup.ts`: the official binary is one, the wheel is another. */
import type { Progress } from "./progress.js";

export interface MakeOptions {
  /** An empty folder to make the engine in, as `lib/napi-v8/tfjs_binding.node` and `deps/lib/…`. */
  folder: string;
  /** The folder of `@tensorflow/tfjs-node`. */
  tfjsNode: string;
  progress: Progress;
}

export interface EngineMaker {
  /** For people, such as "the official binary". */
  name: string;
  /** Makes an engine in the folder; throws an Error that says why it cannot. */
  make(options: MakeOptions): Promise<void>;
}
