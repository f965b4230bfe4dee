/** Capacity: how many rounds a call has room for that XLA has compiled, whose arrays have one length whatever the call. */
import { first } from "gradbook-engine/compile/graph";
import type { Part } from "gradbook-engine/compile/loop";
import { tf } from "gradbook-engine/tensor";

/** As many rounds as hold so many numbers. */
const mostInArrays = 1e6;

/** How many rounds that is for a program of `parts`; the last evaluations of a call, which may come on top, included. */
export function capacityOf(parts: readonly Part[]): number {
  // Row numbers, masks, and what comes out.
  const outputs = parts.flatMap(({ graph: { inputs, nodes, results }, sliced }) => [
    ...[...sliced.map((i) => inputs[i]!), ...nodes.filter(({ op }) => op.startsWith("Stateless"))].map(first),
    ...results,
  ]);
  const sizes = outputs.map(({ node, index }) => tf.util.sizeFromShape(node.outputs[index]!.shape!));
  const inRound = sizes.reduce((sum, size) => sum + size, 1);
  return Math.max(8, Math.min(512, Math.floor(mostInArrays / inRound)));
}
