/**
 * Graph runner: steps and evaluations as graphs. It goes ahead of the training loop, as far as nobody looks at the model on the way,
 * in one native call of some milliseconds, and then hands out what has come of it, one by one.
 */
import { type Tensor, tf, type Variable } from "gradbook-engine/tensor";
import type { Schedule } from "../schedules.js";
import { type Back, noteCounters } from "./counters.js";
import type { Dataset } from "./dataset.js";
import type { Evaluation } from "./evaluation.js";
import { Evaluator } from "./evaluator.js";
import { nextPace } from "./pace.js";
import { type Contents, type Outcome, type Program, Programs, type Rounds } from "./programs.js";
import { endEpoch, endStep, type Place, type Run } from "./run.js";
import { PlainRunner, type Runner } from "./runner.js";
import { modelVariables, type States, variablesOf } from "./states.js";
import { UpcomingRows } from "./upcoming-rows.js";
import { firstDifference } from "./verify.js";

/** Of more examples than this the evaluation is a call of its own, in parts. */
const mostEvaluated = 2048;

/** So many numbers may the states of one call hold: to copy them takes a millisecond. */
const mostKept = 1e6;

/** So many rounds may come on top of those that were asked for: evaluations of two data sets, a state. */
const lastEvaluations = 4;

/** XLA takes its time, and is not interrupted. */
const showCompiling = ({ progress, options, history: { epoch, step } }: Run) =>
  progress?.update(options.steps === undefined ? epoch : step, "compiling (XLA)");

/** What a call began with. */
interface Call {
  program: Program;
  back: Back;
  /** The optimizer's steps, and how many the call has taken. */
  steps: number;
  count: number;
  /** Schedules that a loss may change, and their rates for each step of the call. */
  observing: Schedule[];
  rates: number[][];
}

/** What cannot be a graph (see `TraceError`) runs operation by operation, which is said once. */
export class GraphRunner implements Runner {
  readonly #plain: PlainRunner;
  readonly #programs: Programs;
  readonly #evaluator: Evaluator;
  readonly #rows: UpcomingRows;
  /** What has come of the last call, and how much of it has been asked for. */
  #outcomes: readonly Outcome[] = [];
  #asked = 0;
  /** How many of them were steps. */
  #steps = 0;
  /** States on the way of the last call, and the one that the loop is at. */
  #states: States | undefined;
  #here = 0;
  #call?: Call;
  /** Of the run, when the graphs were last known to be right; those that an earlier call of `fit` has left are not. */
  #turns = -1;

  constructor(readonly run: Run) {
    const { model, data, options } = run;
    this.#plain = new PlainRunner(run);
    this.#programs = Programs.of(model, options, options.jit ?? false);
    this.#evaluator = Evaluator.of(model, { loss: options.loss, metrics: options.metrics });
    this.#rows = new UpcomingRows(data, options);
    run.ahead = this;
  }

  get isAhead(): boolean {
    return this.#asked < this.#outcomes.length;
  }

  step(): number {
    if (this.isAhead && this.#ratesHaveChanged()) this.settle();
    if (!this.isAhead) {
      this.#lookForChanges();
      this.#verify();
      if (!this.#goAhead()) return this.#plain.step();
    }
    this.#steps += 1;
    return this.#next() as number;
  }

  evaluate(data: Dataset): Evaluation {
    if (this.isAhead) return this.#next() as Evaluation;
    this.#lookForChanges();
    return this.#evaluator.evaluate(data);
  }

  /** Goes back to where the loop is, which is at an entry of the history: what came of later steps is not asked for. */
  settle(): void {
    if (!this.isAhead) return;
    const { optimizer } = this.run;
    const { program, back, observing, rates, count, steps } = this.#call!;
    // What is thrown away was computed for nothing, and may be again: the next call is as long as this one was good for.
    program.pace = Math.max(1, this.#asked);
    this.#states!.back(this.#here);
    back(this.#steps, count);
    const last = this.#steps - 1;
    const { schedule } = optimizer;
    if (schedule) optimizer.learningRate = rates[last]![observing.indexOf(schedule)] ?? schedule.at(steps + last);
    this.#outcomes = [];
    this.#asked = 0;
  }

  copyModel(): [Variable, Tensor][] {
    const variables = modelVariables(this.run.model);
    if (this.isAhead) return this.#states!.copies(this.#here, variables);
    return variables.map((variable) => [variable, tf.keep(tf.clone(variable))]);
  }

  end(): void {
    this.settle();
    this.#states?.dispose();
    this.#programs.rest();
  }

  /** What has come of the next round; a state behind it is where the loop is then. */
  #next(): Outcome {
    const outcome = this.#outcomes[this.#asked++]!;
    const after = this.#outcomes[this.#asked];
    if (typeof after === "object" && "state" in after) {
      this.#here = after.state;
      this.#asked += 1;
    }
    return outcome;
  }

  /** Computes the next rounds; false where steps are no graphs. */
  #goAhead(): boolean {
    const contents = this.#contents();
    const program = this.#programs.find(contents);
    if (!program) return false;
    const evaluates = this.#programs.evaluates(program, contents);
    const stepsOnly = { ...contents, evaluated: [], keepsStates: false };
    if (!evaluates || contents.evaluated.length === 0) this.#prepareEvaluations();
    const most = (program.capacity ?? Number.POSITIVE_INFINITY) - lastEvaluations;
    let rounds = this.#upcoming(evaluates ? contents : stepsOnly, Math.min(most, program.pace ?? 1));
    if (program.capacity !== undefined && program.pace === undefined) showCompiling(this.run);
    const begin = performance.now();
    try {
      this.#run(program, contents, rounds);
    } catch (error) {
      if (this.#programs.goesWithoutJit(program, error)) return this.#goAhead();
      // A rate, for example, that a later step refuses: that step has to say so, not this one.
      if (rounds.turns.length === 1) throw error;
      rounds = this.#upcoming(stepsOnly, 1);
      this.#run(program, contents, rounds);
    }
    const { length } = rounds.turns;
    const { pace } = program;
    // The first call's time is that of loading the graph.
    program.pace = pace ? nextPace(pace, length, performance.now() - begin) : 1;
    return true;
  }

  #run(program: Program, contents: Contents, rounds: Rounds): void {
    const { model, optimizer } = this.run;
    const { steps } = optimizer;
    const back = noteCounters(model, optimizer);
    const count = rounds.turns.filter((turn) => turn < contents.sizes.length).length;
    const observing = optimizer.schedules.filter(({ observe }) => observe);
    const rates = Array.from({ length: count }, (_, i) => observing.map((schedule) => schedule.at(steps + i)));
    this.#states?.dispose();
    this.#states = undefined;
    const { outcomes, states } = this.#programs.run(program, contents, rounds);
    this.#outcomes = outcomes;
    this.#states = states;
    this.#call = { program, back, observing, rates, count, steps };
    this.#asked = 0;
    this.#steps = 0;
  }

  /** Whether a loss that has been observed since the call gives its next step another rate. */
  #ratesHaveChanged(): boolean {
    const { observing, rates, steps } = this.#call!;
    return observing.some((schedule, i) => !Object.is(schedule.at(steps + this.#steps), rates[this.#steps]![i]));
  }

  /** What the program of this run does by itself: evaluations too, unless a callback is called between them and the step before. */
  #contents(): Contents {
    const { run } = this;
    const { data, validation } = run;
    const { metrics = {} } = run.options;
    const evaluated = [...(Object.keys(metrics).length > 0 ? [data] : []), ...(validation ? [validation] : [])];
    const areApart =
      run.hears("batchStart", "batchEnd", "valStart") || evaluated.some(({ length }) => length > mostEvaluated);
    const keepsStates = !areApart && this.#follows() && this.#mostStates > 0;
    return { data, sizes: this.#rows.sizes, evaluated: areApart ? [] : evaluated, metrics, keepsStates };
  }

  /** Whether at entries there is only what follows the history: a schedule, a callback that promises it. */
  #follows(): boolean {
    const { run } = this;
    const { callbacks = [], optimizer } = run.options;
    const listening = callbacks.filter(({ valEnd }) => valEnd);
    const observes = optimizer.schedules.some(({ observe }) => observe);
    return (
      (observes || listening.length > 0) &&
      listening.every(({ followsHistory }) => followsHistory) &&
      !run.hears("epochStart", "epochEnd")
    );
  }

  get #mostStates(): number {
    const { model, optimizer } = this.run;
    return Math.floor(mostKept / variablesOf(model, optimizer).reduce((sum, { size }) => sum + size, 1));
  }

  /** Makes the graphs of evaluations that are calls of their own, so that all graphs are loaded at once. */
  #prepareEvaluations(): void {
    const { data, options, validation } = this.run;
    if (Object.keys(options.metrics ?? {}).length > 0) this.#evaluator.prepare(data);
    if (validation) this.#evaluator.prepare(validation);
  }

  /** At most so many rounds from where the history stands, and the evaluations that belong to the last of them. */
  #upcoming({ sizes, evaluated, keepsStates }: Contents, most: number): Rounds {
    const { epoch, batch, step } = this.run.history;
    const place = { epoch, batch, step };
    const inEpoch = this.run.data.batchCount(this.run.options);
    const isLast = this.#whereSomebodyLooks(evaluated.length > 0, keepsStates);
    let states = keepsStates ? this.#mostStates : Number.POSITIVE_INFINITY;
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
      if (isEntry && keepsStates) turns.push(sizes.length + evaluated.length);
      if (isEntry) states -= 1;
    } while (turns.length < most && states > 0 && !isLast(place));
    return { turns, rows };
  }

  /** Whether a callback or a schedule looks at the model, or acts, after a step (and its entry), or the run is over. */
  #whereSomebodyLooks(evaluates: boolean, keepsStates: boolean): (place: Place) => boolean {
    const { run } = this;
    const { validation, metrics = {}, optimizer, verify = 0 } = run.options;
    const atBatches = run.hears("batchStart", "batchEnd");
    const atEpochs = run.hears("epochStart", "epochEnd");
    const observes = optimizer.schedules.some(({ observe }) => observe);
    const isApart = !evaluates && (validation !== undefined || Object.keys(metrics).length > 0);
    const atEntries = isApart || run.hears("valStart") || (!keepsStates && (observes || run.hears("valEnd")));
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
