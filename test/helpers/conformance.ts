import { Random, seed, seedState } from "../../engine/random.js";
import type { Scalar, Tensor } from "../../engine/tensor.js";
import { BatchNorm } from "../../lib/layers/batch-norm.js";
import { Dense } from "../../lib/layers/dense.js";
import { Dropout } from "../../lib/layers/dropout.js";
import type { Parameter } from "../../lib/layers/layer.js";
import { Sequential } from "../../lib/layers/sequential.js";
import { Tanh } from "../../lib/layers/tanh.js";
import { meanSquaredError } from "../../lib/losses.js";
import { Momentum } from "../../lib/optimizers/momentum.js";
import type { Dataset } from "../../lib/training/dataset.js";
import { fit } from "../../lib/training/fit.js";
import type { History } from "../../lib/training/history.js";
import type { Callback, FitOptions, Run } from "../../lib/training/run.js";
import { examples } from "./noisy-line.js";

/** Momentum by its formula: a rule of one's own has no native operation. */
export class Formula extends Momentum {
  protected override update(name: string, parameter: Parameter, gradient: Tensor, learningRate: Scalar): void {
    super.update(name, parameter, gradient, learningRate);
  }
}

/** A model, what it is trained on, and with what. */
export interface Setup {
  model: Sequential;
  data: Dataset;
  options: FitOptions;
}

export const network = () => {
  const random = new Random(3);
  return new Sequential(
    new Dense(2, 6, { random: random.split(1) }),
    new BatchNorm(6),
    new Tanh(),
    new Dropout(0.3, { random: random.split(2) }),
    new Dense(6, 1, { random: random.split(3) }),
  );
};

/** Twenty examples in batches of 8, 8 and 4, for four epochs. */
export function plan(options: Partial<FitOptions> = {}, model = network(), data = examples(20)): Setup {
  const { epochs = options.steps === undefined ? 4 : undefined } = options;
  const optimizer = new Formula({ learningRate: 0.05 });
  return {
    model,
    data,
    options: { loss: meanSquaredError(), optimizer, batchSize: 8, shuffle: new Random(5), ...options, epochs },
  };
}

export const formula = (options: ConstructorParameters<typeof Momentum>[0]) => ({ optimizer: new Formula(options) });

/** All that a run leaves behind. */
export function outcome({ model, options }: Setup, history: History) {
  const { optimizer, shuffle } = options;
  const numbers = (tensors: Iterable<readonly [string, Tensor]>) =>
    [...tensors].map(([name, tensor]) => [name, Array.from(tensor.dataSync())]);
  return {
    history: { ...history, seconds: 0 },
    parameters: numbers([...model.parameters].map(([name, { value }]) => [name, value])),
    buffers: numbers(model.buffers),
    optimizer: numbers(optimizer.state),
    counters: [optimizer.steps, optimizer.learningRate, optimizer.schedules.map(({ state }) => state)],
    masks: [...model.walk()].flatMap(([, layer]) => (layer instanceof Dropout ? [layer.steps] : [])),
    random: [shuffle ? shuffle.state : null, seedState()],
  };
}

/** What `make` gives, trained by the plain runner or by graphs. */
export async function trained(make: () => Setup, compile: boolean) {
  seed(11);
  const setup = make();
  return outcome(setup, await fit(setup.model, setup.data, { ...setup.options, compile }));
}

export const events = [
  ...["fitStart", "epochStart", "batchStart", "batchEnd", "valStart", "valEnd", "epochEnd", "fitEnd"],
] as (keyof Callback)[];

/** A callback that does `act` at each of `events`. */
export const at = (events: readonly (keyof Callback)[], act: (event: keyof Callback, run: Run) => unknown): Callback =>
  Object.fromEntries(events.map((event) => [event, (run: Run) => act(event, run)]));

export const validation = () => examples(12, 2);
