/** Threads: among how many TensorFlow shares out what does not depend on each other. */
import { availableParallelism } from "node:os";
import process from "node:process";

/** As many as processors, unless the environment says otherwise. */
export const threads = (): number => Number(process.env.TF_NUM_INTEROP_THREADS) || availableParallelism();
