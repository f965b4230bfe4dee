/** A published run of the BatchNorm experiment, to compare one's own with (see data/batchnorm/README.md). */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFolder } from "./package-folder.js";

/** Training accuracies after the updates 1, 11, …, 191 of two networks whose first weights are N(0, weightScale²). */
export interface BatchNormCurves {
  /** 1 for the first of the 16, then smaller and smaller, down to 1e-4, by equal factors. */
  weightScale: number;
  /** Without BatchNorm; 20 numbers. */
  plain: number[];
  /** With BatchNorm before each hidden activation; 20 numbers. */
  batchNorm: number[];
}

/** Reads the 16 weight scales of the published run, the largest first. It was not seeded: small scales vary from run to run. */
export function loadBatchNormSweep(): BatchNormCurves[] {
  return JSON.parse(readFileSync(join(packageFolder, "data", "batchnorm", "sweep.json"), "utf8")) as BatchNormCurves[];
}
