/** Summary: a table of a model's layers with their output shapes and how many numbers each one learns. */
import { type Tensor, tf } from "gradbook-engine/tensor";
import type { Layer } from "./layer.js";
import { Sequential } from "./sequential.js";

type Row = [name: string, type: string, shape: string, count: string];

/** Rows for `layer` and the layers inside it, and its output for `x`. */
function describe(name: string, layer: Layer, x: Tensor): { rows: Row[]; y: Tensor } {
  const rows: Row[] = [];
  if (layer instanceof Sequential) {
    let inner = x;
    for (const [i, child] of layer.layers.entries()) {
      const described = describe(name === "" ? `${i}` : `${name}.${i}`, child, inner);
      rows.push(...described.rows);
      inner = described.y;
    }
  }
  const y = layer.forward(x, false);
  const own = layer.layers.length === 0 ? [...layer.parameters.values()] : [];
  const count = own.reduce((sum, { value }) => sum + value.size, 0);
  const note = count > 0 && own.every(({ frozen }) => frozen) ? " frozen" : "";
  const shape = `[${["batch", ...y.shape.slice(1)].join(", ")}]`;
  rows.unshift([name, layer.constructor.name, shape, `${count > 0 ? count.toLocaleString("en") : ""}${note}`]);
  return { rows, y };
}

/**
 * The layers of `model` as text: name, type, shape of the output and number of parameters, one a line, then the sums.
 *
 * @param inputShape shape of one example, without the batch: `summary(model, [28, 28, 1])`
 */
export function summary(model: Layer, inputShape: number[]): string {
  const { rows } = tf.tidy(() => ({ rows: describe("", model, tf.zeros([1, ...inputShape])).rows }));
  const table: Row[] = [["name", "layer", "output", "parameters"], ...rows];
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
