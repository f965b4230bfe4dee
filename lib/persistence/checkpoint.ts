/** Checkpoint: the state of a training run in one file, from which it continues as if it had never stopped. */

import { Random, type RandomState, restoreSeed, type SeedState, seedState } from "gradbook-engine/random";
import { tf } from "gradbook-engine/tensor";
import { Dropout } from "../layers/dropout.js";
import type { Json, Layer } from "../layers/layer.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import { type History, isHistory } from "../training/history.js";
import { metadataOf, readNotes } from "./notes.js";
import type { Described } from "./safetensors-reader.js";
import { writeSafetensors } from "./safetensors-writer.js";
import { checkState, type State, stateDict } from "./state-dict.js";
import type { NamedTensors } from "./tensors.js";

/** What takes part in a run and has a state. */
export interface CheckpointParts {
  /** Its parameters, buffers, frozen names and Dropout layers. */
  model: Layer;
  /** Its state, steps, learning rate and schedules. */
  optimizer: Optimizer;
  /** The streams the run draws from, such as `{ shuffle }`; those of Dropout layers and of `seed` are kept without being named. */
  randoms?: Readonly<Record<string, Random>>;
}

/** What is told about a run: the caller's, given back as it was. */
export interface CheckpointNotes {
  /** What `fit` returned, or was given; it continues from it. */
  history?: History;
  /** Anything else in JSON: the epoch and the loss of a loop of one's own. Default null. */
  notes?: Json;
}

/** Everything but the tensors. */
interface Snapshot extends CheckpointNotes {
  optimizer: { type: string; steps: number; learningRate: number };
  schedules: (Record<string, number | null> | null)[];
  /** Dropout layers by the names of `walk`. */
  masks: Record<string, { steps: number; random: RandomState }>;
  randoms: Record<string, RandomState>;
  seed: SeedState;
  /** Names of the parameters that are frozen. */
  frozen: string[];
}

const dropouts = (model: Layer): [string, Dropout][] =>
  [...model.walk()].filter((entry): entry is [string, Dropout] => entry[1] instanceof Dropout);

const prefixed = (prefix: string, state: State): State =>
  Object.fromEntries(Object.entries(state).map(([name, variable]) => [`${prefix}.${name}`, variable]));

/**
 * Writes a checkpoint to `file`, whole or not at all: the model's parameters and buffers and which are frozen; the optimizer's
 * state, steps, learning rate and schedules; the state of every random stream; and `history` and `notes`.
 *
 * @example
 * ```ts
 * import { Adam, Dataset, Dense, fit, loadCheckpoint, meanSquaredError, saveCheckpoint, seed, tf } from "gradbook";
 *
 * seed(0);
 * const x = tf.linspace(-1, 1, 64).reshape([64, 1]);
 * const data = new Dataset(x, tf.mul(x, 3));
 * const [model, optimizer, loss] = [new Dense(1, 1), new Adam(), meanSquaredError()];
 * const history = await fit(model, data, { loss, optimizer, epochs: 3 });
 * saveCheckpoint("run.safetensors", { model, optimizer, history });
 * console.log(loadCheckpoint("run.safetensors", { model, optimizer }).history!.epoch); // 3
 * ```
 */
export function saveCheckpoint(
  file: string,
  { model, optimizer, randoms = {}, history, notes = null }: CheckpointParts & CheckpointNotes,
): void {
  const { steps, learningRate, schedules } = optimizer;
  const snapshot: Snapshot = {
    optimizer: { type: optimizer.constructor.name, steps, learningRate },
    schedules: schedules.map(({ state }) => state ?? null),
    masks: Object.fromEntries(
      dropouts(model).map(([name, { steps, random }]) => [name, { steps, random: random.state }]),
    ),
    randoms: Object.fromEntries(Object.entries(randoms).map(([name, { state }]) => [name, state])),
    seed: seedState(),
    frozen: [...model.parameters].filter(([, { frozen }]) => frozen).map(([name]) => name),
    history,
    notes,
  };
  writeSafetensors(
    file,
    { ...prefixed("model", stateDict(model)), ...prefixed("optimizer", Object.fromEntries(optimizer.state)) },
    metadataOf("gradbook checkpoint 1", snapshot),
  );
}

function expectSame(what: string, own: readonly string[], received: readonly string[]): void {
  if (own.toSorted().join() === received.toSorted().join()) return;
  throw new RangeError(`expected ${what} ${own.join(", ") || "none"}, received ${received.join(", ") || "none"}`);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;

/** Numbers or null by name, or nothing at all: the state of a schedule. */
const isState = (value: unknown): boolean =>
  value === null ||
  (isRecord(value) && Object.values(value).every((each) => typeof each === "number" || each === null));

/** Refuses notes that are not those of a checkpoint; what they say is looked at by `checkSnapshot`. */
function snapshotOf(notes: unknown): Snapshot {
  const snapshot = Object(notes) as Record<keyof Snapshot, unknown>;
  const { optimizer, schedules, masks, randoms, seed, frozen, history } = snapshot;
  const fields: [keyof Snapshot, boolean][] = [
    ["optimizer", isRecord(optimizer) && typeof optimizer.type === "string"],
    ["schedules", Array.isArray(schedules) && schedules.every(isState)],
    ["masks", isRecord(masks) && Object.values(masks).every(isRecord)],
    ["randoms", isRecord(randoms)],
    ["seed", isRecord(seed)],
    ["frozen", Array.isArray(frozen) && frozen.every((name) => typeof name === "string")],
    ["history", history === undefined || isHistory(history)],
  ];
  const wrong = fields.find(([, isRight]) => !isRight)?.[0];
  if (wrong === undefined) return notes as Snapshot;
  const received = (JSON.stringify(snapshot[wrong]) ?? "none").slice(0, 80);
  throw new RangeError(`expected a checkpoint's notes, received ${received} as ${wrong}`);
}

/** Refuses a snapshot that does not belong to these parts. What is read here first fails here, with nothing changed. */
function checkSnapshot(snapshot: Snapshot, { model, optimizer, randoms = {} }: CheckpointParts): void {
  const { type, steps, learningRate } = snapshot.optimizer;
  expectSame("the optimizer", [optimizer.constructor.name], [type]);
  if (!isCount(steps) || !(learningRate >= 0 && Number.isFinite(learningRate))) {
    throw new RangeError(`expected the optimizer's steps and learningRate, received ${steps} and ${learningRate}`);
  }
  const schedules = optimizer.schedules.map(({ state }) => (state ? Object.keys(state).toSorted().join("/") : "one"));
  const saved = snapshot.schedules.map((state) => (state ? Object.keys(state).toSorted().join("/") : "one"));
  expectSame("learning-rate schedules with the state", schedules, saved);
  const masks = Object.keys(snapshot.masks);
  expectSame(
    "the Dropout layers",
    dropouts(model).map(([name]) => name),
    masks,
  );
  expectSame("the random streams", Object.keys(randoms), Object.keys(snapshot.randoms));
  for (const name of masks) {
    if (isCount(snapshot.masks[name]!.steps)) continue;
    throw new RangeError(`expected the steps of Dropout ${name}, received ${snapshot.masks[name]!.steps}`);
  }
  const streams = [...masks.map((name) => snapshot.masks[name]!.random), ...Object.values(snapshot.randoms)];
  for (const state of streams) new Random(0).restore(state);
  const { seed, draws } = snapshot.seed;
  if (!Number.isSafeInteger(seed) || !isCount(draws)) {
    throw new RangeError(`expected the state of seed, received ${JSON.stringify(snapshot.seed)}`);
  }
  const unknown = snapshot.frozen.filter((name) => !model.parameters.has(name));
  if (unknown.length > 0) throw new RangeError(`expected frozen parameters of the model, received ${unknown}`);
}

/** The tensors under `prefix`, without it. */
const below = <T>(prefix: string, tensors: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(
    Object.entries(tensors)
      .filter(([name]) => name.startsWith(`${prefix}.`))
      .map(([name, tensor]) => [name.slice(prefix.length + 1), tensor]),
  );

/** Refuses an optimizer's state that is not one tensor of the parameter's shape for each "parameter.slot". */
function checkSlots(model: Layer, slots: Described, where: string): void {
  const expected = Object.keys(slots).flatMap((key) => {
    const parameter = model.parameters.get(key.slice(0, key.lastIndexOf(".")));
    return parameter ? [[key, parameter.value] as const] : [];
  });
  checkState(Object.fromEntries(expected), slots, `${where}: the optimizer's state`);
}

/** Puts back what has been checked. */
function restore(
  { optimizer: saved, schedules, masks, randoms, seed, frozen }: Snapshot,
  values: NamedTensors,
  slots: NamedTensors,
  { model, optimizer, randoms: streams = {} }: CheckpointParts,
): void {
  for (const [name, variable] of Object.entries(stateDict(model))) variable.assign(values[name]!);
  for (const [name, parameter] of model.parameters) parameter.frozen = frozen.includes(name);
  optimizer.dispose();
  for (const [key, value] of Object.entries(slots)) optimizer.state.set(key, tf.variable(value, false));
  optimizer.steps = saved.steps;
  optimizer.learningRate = saved.learningRate;
  for (const [i, schedule] of optimizer.schedules.entries()) {
    const state = schedules[i];
    if (state) schedule.state = state;
  }
  for (const [name, layer] of dropouts(model)) {
    layer.steps = masks[name]!.steps;
    layer.random.restore(masks[name]!.random);
  }
  for (const [name, random] of Object.entries(streams)) random.restore(randoms[name]!);
  restoreSeed(seed);
}

/**
 * Gives model, optimizer and random streams the state that `saveCheckpoint` wrote, and returns its `history` and `notes`. They
 * have to be made as they were then; hyperparameters other than the learning rate come from that code, not from the file. On
 * the same engine training then continues exactly, to the bit.
 * @throws when the file is missing, truncated, something else, or of another model or optimizer; nothing is changed then.
 */
export function loadCheckpoint(file: string, training: CheckpointParts): CheckpointNotes {
  const { notes, tensors } = readNotes(file, ["gradbook checkpoint 1"], (notes, given) => {
    checkState(stateDict(training.model), below("model", given), file);
    checkSlots(training.model, below("optimizer", given), file);
    try {
      checkSnapshot(snapshotOf(notes), training);
    } catch (error) {
      throw new RangeError(`${file}: ${(error as Error).message}.`, { cause: error });
    }
  });
  const snapshot = notes as Snapshot;
  try {
    restore(snapshot, below("model", tensors), below("optimizer", tensors), training);
    return { history: snapshot.history, notes: snapshot.notes };
  } finally {
    tf.dispose(tensors);
  }
}
