/** Options: what every optimizer takes. */
import type { Pattern } from "../layers/parameters.js";
import type { Schedule } from "../schedules.js";

/** Settings of their own for the parameters whose names match `pattern`; what is left out is the optimizer's. */
export interface ParameterGroup {
  pattern: Pattern;
  learningRate?: number | Schedule;
  weightDecay?: number;
}

/** What every optimizer takes. */
export interface OptimizerOptions {
  /** Step size η: a number > 0, or a schedule. */
  learningRate?: number | Schedule;
  /**
   * λ ≥ 0, of every parameter, biases too, unless a group says otherwise. Coupled: g ← g + λ w before the rule, as if the loss
   * had the penalty ½ λ Σ w². AdamW's is decoupled: w ← w − η λ w. Default 0; AdamW's 0.01.
   */
  weightDecay?: number;
  /** c > 0: each element of each gradient is cut off at ±c. */
  clipValue?: number;
  /** c > 0: where ‖g‖ over all gradients together exceeds c, all are multiplied by c / ‖g‖. Pascanu et al. 2013. */
  clipNorm?: number;
  /** A parameter belongs to the first group that matches its name; a group that matches none is refused. */
  groups?: ParameterGroup[];
}
