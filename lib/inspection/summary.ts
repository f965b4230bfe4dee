/** Summary: a table of a model's layers with their output shapes and how many numbers each one learns. */
import { type Tensor, tf } from "gradbook-engine/tensor";
import { expectModel } from "../checks/expect-model.js";
import { expectGiven } from "../checks/expect-numbers.js";
import type { Layer } from "../layers/layer.js";
import { keepingState, observe } from "./observe.js";

type Row = [name: string, type: string, shape: string, count: string];

/** A row for `model` and each layer inside it, with the output for one example of zeros. */
function describe(model: Layer, inputShape: number[]): Row[] {
  const shapes = new Map<Layer, number[]>();
  const forward = (_: string, layer: Layer, y: Tensor) => void shapes.set(layer, y.shape);
  keepingState(model, () => observe(model, { forward }, () => void model.forward(tf.zeros([1, ...inputShape]), false)));
  return [...model.walk()].map(([name, layer]) => {
    const inside = new Set([...layer.children.values()].flatMap(({ parameters }) => [...parameters.values()]));
    const own = [...layer.parameters.values()].filter((parameter) => !inside.has(parameter));
    const count = own.reduce((sum, { value }) => sum + value.size, 0);
    const note = count > 0 && own.every(({ frozen }) => frozen) ? " frozen" : "";
    const shape = ["batch", ...(shapes.get(layer) ?? []).slice(1)].join(", ");
    return [name, layer.constructor.name, `[${shape}]`, `${count > 0 ? count.toLocaleString("en") : ""}${note}`];
  });
}

/**
 * The layers of `model` as text: name, type, shape of the output and number of parameters, one a line, then the sums.
 *
 * @param inputShape shape of one example, without the batch: `summary(model, [28, 28, 1])`
 *
 * @example
 * ```ts
 * import { Dense, ReLU, Sequential, summary } from "gradbook";
 *
 * const model = new Sequential(new Dense(784, 32), new ReLU(), new Dense(32, 10));
 * console.log(summary(model, [784]).split("\n").at(-1)); // 25,450 parameters: 25,450 trainable, 0 frozen
 * ```
 */
export function summary(model: Layer, inputShape: number[]): string {
  expectModel("summary", model);
  expectGiven("summary", "summary(model, [28, 28, 1])", { inputShape });
  const table: Row[] = [["name", "layer", "output", "parameters"], ...describe(model, inputShape)];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  );
  const count = (frozen: boolean) =>
    [...model.parameters.values()].reduce((sum, one) => sum + (one.frozen === frozen ? one.value.size : 0), 0);
  const [trainable, frozen] = [count(false), count(true)];
  const numbers = [trainable + frozen, trainable, frozen].map((sum) => sum.toLocaleString("en"));
  return `${lines.join("\n")}\n${numbers[0]} parameters: ${numbers[1]} trainable, ${numbers[2]} frozen`;
}
