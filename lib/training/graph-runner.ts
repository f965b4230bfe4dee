/**
 * Graph runner: steps and evaluations as graphs. It goes ahead of the training loop, as far as nobody looks at the model on the way,
 * in one native call of some milliseconds, and then hands out what has come of it, one by one.
 */
import type { Dataset } from "./dataset.js";
import type { Evaluation } from "./evaluate.js";
import { Evaluator } from "./evaluator.js";
import { type Contents, Programs, type Rounds } from "./programs.js";
import { endEpoch, endStep, type Place, type Run } from "./run.js";
import { PlainRunner, type Runner } from "./runner.js";
import { UpcomingRows } from "./upcoming-rows.js";
import { firstDifference } from "./verify.js";

/** How long a call may compute, in ms, so that an interrupt and the progress bar stay live. */
const callMs = 25;

/** Of more examples than this the evaluation is a call of its own, in parts. */
const mostEvaluated = 2048;

/** What cannot be a graph (see `TraceError`) runs operation by operation, which is said once. */
export class GraphRunner implements Runner {
  readonly #plain: PlainRunner;
  readonly #programs: Programs;
  readonly #evaluator: Evaluator;
  readonly #rows: UpcomingRows;
  /** What has come of the last call, and how much of it has been asked for. */
  #outcomes: readonly (number | Evaluation)[] = [];
  #asked = 0;
  /** Of the run, when the graphs were last known to be right; those that an earlier call of `fit` has left are not. */
  #turns = -1;

  constructor(readonly run: Run) {
    const { model, data, options } = run;
    this.#plain = new PlainRunner(run);
    this.#programs = Programs.of(model, options);
    this.#evaluator = Evaluator.of(model, { loss: options.loss, metrics: options.metrics });
    this.#rows = new UpcomingRows(data, options);
  }

  get isAhead(): boolean {
    return this.#asked < this.#outcomes.length;
  }

  step(): number {
    if (!this.isAhead) {
      this.#lookForChanges();
      this.#verify();
      if (!this.#goAhead()) return this.#plain.step();
    }
    return this.#outcomes[this.#asked++] as number;
  }

  evaluate(data: Dataset): Evaluation {
    if (this.isAhead) return this.#outcomes[this.#asked++] as Evaluation;
    this.#lookForChanges();
    return this.#evaluator.evaluate(data);
  }

  end(): void {
    this.#programs.rest();
  }

  /** Computes the next rounds; false where steps are no graphs. */
  #goAhead(): boolean {
    const contents = this.#contents();
    const program = this.#programs.find(contents);
    if (!program) return false;
    const evaluates = contents.evaluated.length > 0 && this.#programs.evaluates(program, contents);
    const stepsOnly = { ...contents, evaluated: [] };
    if (!evaluates) this.#prepareEvaluations();
    let rounds = this.#upcoming(evaluates ? contents : stepsOnly, program.pace ?? 1);
    const begin = performance.now();
    try {
      this.#outcomes = this.#programs.run(program, contents, rounds);
    } catch (error) {
      // A rate, for example, that a later step refuses: that step has to say so, not this one.
      if (rounds.turns.length === 1) throw error;
      rounds = this.#upcoming(stepsOnly, 1);
      this.#outcomes = this.#programs.run(program, contents, rounds);
    }
    this.#asked = 0;
    const { length } = rounds.turns;
    const perRound = (performance.now() - begin) / length;
    const { pace } = program;
    // The first call's time is that of loading the graph.
    program.pace = pace ? Math.max(1, Math.min(Math.max(4 * length, pace), Math.floor(callMs / perRound))) : 1;
    return true;
  }

  /** What the program of this run does by itself: evaluations too, unless a callback is called between them and the step before. */
  #contents(): Contents {
    const { run } = this;
    const { data, validation } = run;
    const { metrics = {} } = run.options;
    const evaluated = [...(Object.keys(metrics).length > 0 ? [data] : []), ...(validation ? [validation] : [])];
    const areApart =
      run.hears("batchStart", "batchEnd", "valStart") || evaluated.some(({ length }) => length > mostEvaluated);
    return { data, sizes: this.#rows.sizes, evaluated: areApart ? [] : evaluated, metrics };
  }

  /** Makes the graphs of evaluations that are calls of their own, so that all graphs are loaded at once. */
  #prepareEvaluations(): void {
    const { data, options, validation } = this.run;
    if (Object.keys(options.metrics ?? {}).length > 0) this.#evaluator.prepare(data);
    if (validation) this.#evaluator.prepare(validation);
  }

  /** At most so many rounds from where the history stands, and the evaluations that belong to the last of them. */
  #upcoming({ sizes, evaluated }: Contents, most: number): Rounds {
    const { epoch, batch, step } = this.run.history;
    const place = { epoch, batch, step };
    const inEpoch = this.run.data.batchCount(this.run.options);
    const isLast = this.#whereSomebodyLooks(evaluated.length > 0);
    const turns: number[] = [];
    const rows: Int32Array[][] = sizes.map(() => []);
    do {
      const next = this.#rows.batch(place);
      const turn = sizes.indexOf(next.length);
      turns.push(turn);
      rows[turn]!.push(next);
      endStep(place);
      if (place.batch === inEpoch) endEpoch(place);
      const isEntry = this.run.isEntryDue(place) || this.run.isOver(place);
      if (isEntry) turns.push(...evaluated.map((_, i) => sizes.length + i));
    } while (turns.length < most && !isLast(place));
    return { turns, rows };
  }

  /** Whether a callback or a schedule looks at the model, or acts, after a step (and its entry), or the run is over. */
  #whereSomebodyLooks(evaluates: boolean): (place: Place) => boolean {
    const { run } = this;
    const { validation, metrics = {}, optimizer, verify = 0 } = run.options;
    const atBatches = run.hears("batchStart", "batchEnd");
    const atEpochs = run.hears("epochStart", "epochEnd");
    const observes = optimizer.schedules.some(({ observe }) => observe);
    const isApart = !evaluates && (validation !== undefined || Object.keys(metrics).length > 0);
    const atEntries = isApart || observes || run.hears("valStart", "valEnd");
    return (place) =>
      atBatches ||
      (atEpochs && place.batch === 0) ||
      (atEntries && run.isEntryDue(place)) ||
      (verify > 0 && place.step % verify === 0) ||
      run.isOver(place);
  }

  /** Computes the next step both ways, when the options say so, and says where they differ. */
  #verify(): void {
    const { model, data, options, history } = this.run;
    const { verify = 0 } = options;
    if (verify === 0 || history.step % verify > 0 || !this.#programs.areGraphs) return;
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
    this.#programs.doubt();
    this.#evaluator.doubt();
  }
}
