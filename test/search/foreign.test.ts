/** Tasks and outcomes that others have written: what is none is refused, and nothing but that is thrown. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { outcomeOf, taskOf } from "../../search/foreign.js";
import { most } from "../../search/space.js";
import type { Task } from "../../search/trial.js";

const code = { project: "own 1.0.0 (gradbook 0.1.0)", path: "trials.ts", export: "trial", hash: "0123456789abcdef" };
const trial = { number: 3, parameters: { rate: 0.1, kind: "a", deep: true }, seed: -7 };
const task: Task = { search: "trial", trial, code, attempt: 0, rungs: [1, 3], timeLimit: 2 };
const done = { status: "done", loss: 1, metrics: { rmse: 2 }, reports: [[1, 0.5]], seconds: 0.1 };

/** `value` with `part` in place of what stands at `path`. */
function withPart(value: object, path: string, part: unknown): unknown {
  const [first, ...rest] = path.split(".") as [string, ...string[]];
  const own = (value as Record<string, object>)[first]!;
  return { ...value, [first]: rest.length > 0 ? withPart(own, rest.join("."), part) : part };
}

it("a task comes as it was sent, without what nobody asked for", () => {
  expect(taskOf(JSON.parse(JSON.stringify(task)))).toEqual(task);
  const { timeLimit: _, ...short } = task;
  expect(taskOf({ ...short, stopped: true, code: { ...code, more: 1 } })).toEqual(short);
});

const many = Object.fromEntries(Array.from({ length: most.hyperparameters + 1 }, (_, i) => [`p${i}`, i]));
it.each<[string, unknown, string]>([
  ["trial.parameters.rate", null, "expected a finite number, a truth value or a text of at most 10000 letters as rate"],
  ["trial.parameters.rate", Number.NaN, "as rate, received NaN"],
  ["trial.parameters.rate", Number.POSITIVE_INFINITY, "as rate"],
  ["trial.parameters.kind", ["a"], 'as kind, received ["a"]'],
  ["trial.parameters.kind", { toString: "a" }, "as kind"],
  ["trial.parameters.kind", "a".repeat(most.text + 1), "as kind"],
  ["trial.parameters", many, "expected at most 1000 hyperparameters, received 1001"],
  ["trial.parameters", { ["n".repeat(most.name + 1)]: 1 }, "expected a name of 1 to 200 letters"],
  ["trial.parameters", { "": 1 }, 'for each hyperparameter, received ""'],
  ["trial.parameters", [1, 2], "expected hyperparameters by name, received [1,2]"],
  ["trial.number", -1, "expected a whole number for the trial, received -1"],
  ["trial.seed", 0.5, "expected a whole number as seed, received 0.5"],
  ["trial", null, "expected a trial with its number, parameters and seed, received null"],
  ["attempt", "0", 'expected a whole number of attempts, received "0"'],
  ["rungs", [3, 1], "expected at most 1000 rungs, ascending whole numbers, received [3,1]"],
  ["rungs", "1", "rungs"],
  ["timeLimit", 0, "expected a time limit above 0, received 0"],
  ["timeLimit", "2", 'received "2"'],
  ["code.path", 3, "expected a text as path of the code, received 3"],
  ["code.hash", "", "expected a text as hash of the code"],
  ["code", undefined, "expected the code of a trial, received undefined"],
  ["search", {}, "expected a name of at most 200 letters for the search, received {}"],
])("refuses a task with another %s", (path, part, message) => {
  expect(() => taskOf(withPart(task, path, part))).toThrow(message);
});

it("an outcome comes as it was sent", () => {
  expect(outcomeOf(JSON.parse(JSON.stringify(done)))).toEqual(done);
  const failed = { status: "failed", reason: "", reports: [], seconds: 0 };
  expect(outcomeOf(failed)).toEqual(failed);
  const stopped = { status: "stopped", reports: [[2, -1]], seconds: 3 };
  expect(outcomeOf({ ...stopped, loss: 7 })).toEqual(stopped);
});

it.each<[string, unknown, string]>([
  ["loss", null, "expected a finite loss, received null"],
  ["loss", "1", 'expected a finite loss, received "1"'],
  ["metrics", { rmse: null }, "expected metrics that are finite numbers"],
  ["metrics", undefined, "expected metrics by name, received undefined"],
  ["status", "fine", 'expected a status "done", "failed" or "stopped", received "fine"'],
  [
    "reports",
    [
      [2, 1],
      [1, 1],
    ],
    "expected reports [step, loss], the steps ascending whole numbers",
  ],
  ["reports", [[1, null]], "the losses finite"],
  ["reports", [1], "expected reports"],
  ["reports", undefined, "expected reports"],
  ["seconds", -1, "expected the seconds of a trial, received -1"],
])("refuses an outcome with another %s", (path, part, message) => {
  expect(() => outcomeOf(withPart(done, path, part))).toThrow(message);
});

it("whatever is sent, it is taken or refused", () => {
  const paths = [
    "trial",
    "trial.parameters",
    "trial.parameters.rate",
    "code",
    "code.path",
    "rungs",
    "search",
    "attempt",
  ];
  const some = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(undefined, Number.NaN, () => 1),
  );
  const read = (what: () => unknown) => {
    try {
      what();
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
      expect((error as Error).message).toMatch(/^expected .*, received /s);
    }
  };
  fc.assert(
    fc.property(some, fc.constantFrom(...paths), (value, path) => {
      for (const each of [value, withPart(task, path, value)]) read(() => taskOf(each));
      for (const each of [value, { ...done, reports: value }, { ...done, metrics: value }]) read(() => outcomeOf(each));
    }),
    { numRuns: 300 },
  );
});
