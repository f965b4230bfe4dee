/**
 * The training loop: what `fit` means. An epoch is one pass over the data, a step is forward, loss, backward, update on one batch
 * (`train-step.ts`), and now and then the history gets an entry. Who computes them is the runner's matter, operation by operation
 * or as graphs, many steps to a call; neither what is computed nor the order of events depends on it.
 */
import { addEntry } from "./history.js";
import { endEpoch, endStep, type Run, turnMs } from "./run.js";
import type { Runner } from "./runner.js";

/** Trains from where the history of `run` stands until the run is over. */
export async function train(run: Run, runner: Runner): Promise<void> {
  const { history } = run;
  const batches = run.data.batchCount(run.options);
  let turn = performance.now();

  /** An interrupt is obeyed where the model is as far as the history. */
  const goesOn = () => {
    if (!runner.isAhead) run.checkInterrupt();
    return !run.isOver();
  };
  /** What comes after a step: the end of the epoch, an entry of the history. */
  const finish = async () => {
    const isEpochOver = history.batch === batches;
    if (isEpochOver) endEpoch(history);
    if (run.isEntryDue()) await record(run, runner);
    if (isEpochOver) await run.emit("epochEnd");
  };
  const giveTurn = async () => {
    report(run);
    await run.giveTurn();
    turn = performance.now();
  };

  await run.emit("fitStart");
  await finish(); // what an error or an interrupt has cut off
  while (goesOn()) {
    await run.emit("epochStart");
    do {
      if (run.hears("batchStart")) await run.emit("batchStart");
      run.loss = runner.step();
      history.lossSum += run.loss;
      endStep(history);
      if (run.hears("batchEnd")) await run.emit("batchEnd");
      if (history.batch === batches || run.isEntryDue()) await finish();
      if (!runner.isAhead && performance.now() - turn > turnMs) await giveTurn();
    } while (history.batch > 0 && goesOn());
  }
  runner.settle();
  await record(run, runner);
  await run.emit("fitEnd");
}

/** Makes an entry of the history where steps have been taken since the last one. */
async function record(run: Run, runner: Runner): Promise<void> {
  const { data, options, history, validation } = run;
  if (run.stepsSinceEntry === 0) return;
  const trained = Object.keys(options.metrics ?? {}).length > 0 ? runner.evaluate(data) : undefined;
  if (validation) await run.emit("valStart");
  const validated = validation && runner.evaluate(validation);
  addEntry(history, trained, validated);
  run.optimizer.observe((validated ? history.valLoss : history.loss).at(-1)!);
  report(run);
  if (validation) await run.emit("valEnd");
}

/** Shows how far the run is. */
function report({ progress, options, history }: Run): void {
  const { epoch, step, loss, valLoss } = history;
  if (!progress) return;
  const text = (name: string, values: number[]) =>
    values.length > 0 ? [`${name} ${values.at(-1)!.toPrecision(4)}`] : [];
  const done = options.steps === undefined ? epoch : step;
  progress.update(done, [...text("loss", loss), ...text("valLoss", valLoss)].join(" "));
}
