/** Runner: who computes what the training loop asks for. The plain one does each operation when it is asked to. */
import { tf } from "gradbook-engine/tensor";
import type { Dataset } from "./dataset.js";
import { evaluate } from "./evaluate.js";
import type { Evaluation } from "./evaluation.js";
import type { Run } from "./run.js";
import { trainStep } from "./train-step.js";
import { UpcomingRows } from "./upcoming-rows.js";

/** What computes the steps and evaluations of one run, in the order in which the training loop asks for them. */
export interface Runner {
  /** Takes the step that is next by the run's history; the batch's loss before the update. */
  step(): number;
  /** Loss and metrics of the model on all of `data`, with `training` false. */
  evaluate(data: Dataset): Evaluation;
  /** Whether steps have been computed that were not asked for yet: the model is then further than the history. */
  readonly isAhead: boolean;
  /** The run ends here, where the history is at an entry: a runner that is ahead goes back. */
  settle(): void;
  /** When the run is over, by whatever reason. */
  end(): void;
}

/** Operation by operation: what a graph has to agree with. */
export class PlainRunner implements Runner {
  readonly isAhead = false;
  readonly #rows: UpcomingRows;
  #isChecked = false;

  constructor(readonly run: Run) {
    this.#rows = new UpcomingRows(run.data, run.options);
  }

  step(): number {
    const { model, data, options, history } = this.run;
    this.#checkTargets();
    const batch = data.rows(this.#rows.batch(history));
    try {
      return trainStep(model, batch, options);
    } finally {
      batch.dispose();
    }
  }

  evaluate(data: Dataset): Evaluation {
    const { model, options } = this.run;
    return evaluate(model, data, { loss: options.loss, metrics: options.metrics });
  }

  settle(): void {}

  end(): void {}

  /** Refuses bad targets before the first step: their batch may be the last. */
  #checkTargets(): void {
    const { model, data, options } = this.run;
    const { loss } = options;
    if (this.#isChecked) return;
    this.#isChecked = true;
    if (!loss.checkTargets) return;
    const [, ...shape] = tf.tidy(() => model.forward(tf.slice(data.x, 0, 1), false).shape);
    loss.checkTargets([data.length, ...shape], data.y);
  }
}
