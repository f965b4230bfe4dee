/**
 * Graph runner: steps and evaluations as graphs. It goes ahead of the training loop, as many steps as nobody looks at the model
 * between, in one native call of some milliseconds, and then hands out their losses one by one.
 */
import type { Dataset } from "./dataset.js";
import type { Evaluation } from "./evaluate.js";
import { Evaluator } from "./evaluator.js";
import type { Place, Run } from "./run.js";
import { PlainRunner, type Runner } from "./runner.js";
import { Steps } from "./steps.js";
import { UpcomingRows } from "./upcoming-rows.js";
import { firstDifference } from "./verify.js";

/** What cannot be a graph (see `TraceError`) runs operation by operation, which is said once. */
export class GraphRunner implements Runner {
  readonly #plain: PlainRunner;
  readonly #steps: Steps;
  readonly #evaluator: Evaluator;
  readonly #rows: UpcomingRows;
  /** Of the steps of the last call, and how many of them have been asked for. */
  #losses: ArrayLike<number> = [];
  #asked = 0;
  #isPrepared = false;
  /** Of the run, when the graphs were last known to be right; those that an earlier call of `fit` has left are not. */
  #turns = -1;

  constructor(readonly run: Run) {
    const { model, data, options } = run;
    this.#plain = new PlainRunner(run);
    this.#steps = Steps.of(model, options);
    this.#evaluator = Evaluator.of(model, { loss: options.loss, metrics: options.metrics });
    this.#rows = new UpcomingRows(data, options);
  }

  get isAhead(): boolean {
    return this.#asked < this.#losses.length;
  }

  step(): number {
    if (!this.isAhead) {
      this.#lookForChanges();
      if (!this.#isPrepared) this.#prepare();
      this.#verify();
      const { data, history } = this.run;
      const losses = this.#steps.take(data, this.#rows.next(history, this.#steps.pace, this.#whereSomebodyLooks()));
      if (!losses) return this.#plain.step();
      this.#losses = losses;
      this.#asked = 0;
    }
    return this.#losses[this.#asked++]!;
  }

  evaluate(data: Dataset): Evaluation {
    this.#lookForChanges();
    return this.#evaluator.evaluate(data);
  }

  end(): void {
    this.#steps.rest();
  }

  /** Makes the graphs of the run before the first one is loaded, so that all are loaded at once. */
  #prepare(): void {
    const { data, options, validation } = this.run;
    this.#isPrepared = true;
    this.#steps.prepare(data, this.#rows.sizes);
    if (Object.keys(options.metrics ?? {}).length > 0) this.#evaluator.prepare(data);
    if (validation) this.#evaluator.prepare(validation);
  }

  /** Computes the next step both ways, when the options say so, and says where they differ. */
  #verify(): void {
    const { model, data, options, history } = this.run;
    const { verify = 0 } = options;
    if (verify === 0 || history.step % verify > 0 || !this.#steps.areGraphs) return;
    const batch = data.rows(this.#rows.batch(history));
    try {
      const found = firstDifference(model, batch, options);
      if (found === undefined) return;
      throw new Error(
        `fit: expected step ${history.step} as a graph to compute what its operations do, received ${found}: train with { compile: false }, or mend what is named.`,
      );
    } finally {
      batch.dispose();
    }
  }

  /** Graphs hold numbers of JavaScript as constants: after other code has run they are compared with what is there now. */
  #lookForChanges(): void {
    if (this.run.turns === this.#turns) return;
    this.#turns = this.run.turns;
    this.#steps.doubt();
    this.#evaluator.doubt();
  }

  /** Whether the loop, a callback or a schedule asks for the model, or acts, at the end of a step. */
  #whereSomebodyLooks(): (place: Place) => boolean {
    const { run } = this;
    const { validation, metrics = {}, optimizer, verify = 0 } = run.options;
    const atBatches = run.hears("batchStart", "batchEnd");
    const atEpochs = run.hears("epochStart", "epochEnd");
    const observes = optimizer.schedules.some(({ observe }) => observe);
    const atEntries = validation !== undefined || Object.keys(metrics).length > 0 || observes;
    return (place) =>
      atBatches ||
      (atEpochs && place.batch === 0) ||
      (atEntries && run.isEntryDue(place)) ||
      (verify > 0 && place.step % verify === 0) ||
      run.isOver(place);
  }
}
