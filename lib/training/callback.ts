/** Callback: what can look into a run of `fit`, and end it. */
import type { Run } from "./run.js";

/**
 * Functions to be called at events of a run, all optional; what they return is awaited. The validation events come only with
 * validation data, and before the `epochEnd` of the epoch that they close. An error thrown ends the run.
 */
export interface Callback {
  fitStart?(run: Run): unknown;
  epochStart?(run: Run): unknown;
  batchStart?(run: Run): unknown;
  batchEnd?(run: Run): unknown;
  valStart?(run: Run): unknown;
  valEnd?(run: Run): unknown;
  /** Not called for an epoch that was cut short. */
  epochEnd?(run: Run): unknown;
  /** When the run ends by itself or by `stopFit`, not by an error. */
  fitEnd?(run: Run): unknown;
}
