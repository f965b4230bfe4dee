/**
 * Foreign tasks and outcomes: they come out of a queue or a file, where others may have written, and are checked before they
 * are used. What is not asked for is left out.
 */
import { type Hyperparameters, isName, isPlain, most } from "./space.js";
import type { Outcome, Report, Task } from "./trial.js";
import type { TrialCode } from "./trial-code.js";

type Fields = Record<string, unknown>;

const shown = (value: unknown): string =>
  (typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value))).slice(0, 60);

function expect(ok: boolean, what: string, received: unknown): asserts ok {
  if (!ok) throw new RangeError(`expected ${what}, received ${shown(received)}`);
}

const isRecord = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown, longest: number): value is string =>
  typeof value === "string" && value.length <= longest;
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isNumber = (value: unknown): value is number => Number.isFinite(value);

function record(value: unknown, what: string): Fields {
  expect(isRecord(value), what, value);
  return value;
}

/** @throws RangeError for what is no trial's code */
export function codeOf(value: unknown): TrialCode {
  const { project, path, export: name, hash } = record(value, "the code of a trial");
  for (const [field, text] of Object.entries({ project, path, export: name, hash })) {
    expect(isText(text, most.text) && text !== "", `a text as ${field} of the code`, text);
  }
  return { project, path, export: name, hash } as TrialCode;
}

function hyperparametersOf(value: unknown): Hyperparameters {
  const entries = Object.entries(record(value, "hyperparameters by name"));
  expect(entries.length <= most.hyperparameters, `at most ${most.hyperparameters} hyperparameters`, entries.length);
  for (const [name, each] of entries) {
    expect(isName(name), `a name of 1 to ${most.name} letters for each hyperparameter`, name);
    const what = `a finite number, a truth value or a text of at most ${most.text} letters as ${name}`;
    expect(isPlain(each), what, each);
  }
  return Object.fromEntries(entries) as Hyperparameters;
}

const isAscending = (steps: unknown[]): steps is number[] =>
  steps.every((step, i) => isCount(step) && step > Number(steps[i - 1] ?? 0));

/** @throws RangeError for what is no task, or has more than `most` */
export function taskOf(value: unknown): Task {
  const { search, trial, code, attempt, rungs, timeLimit } = record(value, "a trial with its code");
  const { number, parameters, seed } = record(trial, "a trial with its number, parameters and seed");
  expect(isText(search, most.name), `a name of at most ${most.name} letters for the search`, search);
  expect(isCount(number), "a whole number for the trial", number);
  expect(Number.isSafeInteger(seed), "a whole number as seed", seed);
  expect(isCount(attempt), "a whole number of attempts", attempt);
  const isList = Array.isArray(rungs) && rungs.length <= most.rungs;
  expect(isList && isAscending(rungs), `at most ${most.rungs} rungs, ascending whole numbers`, rungs);
  expect(timeLimit === undefined || (isNumber(timeLimit) && timeLimit > 0), "a time limit above 0", timeLimit);
  const plain: Task = {
    search,
    trial: { number, parameters: hyperparametersOf(parameters), seed: Number(seed) },
    ...{ code: codeOf(code), attempt, rungs },
  };
  return timeLimit === undefined ? plain : { ...plain, timeLimit };
}

/** @throws RangeError for what are no reports of a trial */
export function reportsOf(value: unknown): Report[] {
  const isReport = (each: unknown) => Array.isArray(each) && each.length === 2 && isNumber(each[1]);
  const isList = Array.isArray(value) && value.every(isReport) && isAscending(value.map(([step]) => step));
  expect(isList, "reports [step, loss], the steps ascending whole numbers, the losses finite", value);
  return value as Report[];
}

/** @throws RangeError for what is no outcome of a trial */
export function outcomeOf(value: unknown): Outcome {
  const { status, reports, seconds, loss, metrics, reason } = record(value, "the outcome of a trial");
  expect(isNumber(seconds) && seconds >= 0, "the seconds of a trial", seconds);
  const common = { reports: reportsOf(reports), seconds };
  if (status === "stopped") return { status, ...common };
  if (status === "failed") {
    expect(typeof reason === "string", "the reason of a failure", reason);
    return { status, reason, ...common };
  }
  expect(status === "done", 'a status "done", "failed" or "stopped"', status);
  expect(isNumber(loss), "a finite loss", loss);
  const numbers = record(metrics, "metrics by name");
  expect(Object.values(numbers).every(isNumber), "metrics that are finite numbers", metrics);
  return { status, loss, metrics: numbers as Record<string, number>, ...common };
}
