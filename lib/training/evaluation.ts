/** Evaluation: what `evaluate` found. */
export interface Evaluation<Name extends string = string> {
  loss: number;
  /** By name. */
  metrics: Record<Name, number>;
  /** The predictions for all examples, row after row. */
  predictions: Float32Array;
}
