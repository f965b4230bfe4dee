/**
 * Replay: a graph's operations one after the other, each by a call of the binding. For small tensors this is faster than a session,
 * which hands every call over to a thread of its own, and than TensorFlow.js, whose bookkeeping takes longer than the operations.
 */
import type { Tensor, Variable } from "../tensor.js";
import { nativeBackend, type OpAttribute, opAttributes } from "./backend.js";
import { dtypeNumbers, type Graph, type GraphNode, type Output } from "./graph.js";

/** An operation, with the places where its inputs are and its outputs go. */
interface Step {
  op: string;
  attributes: OpAttribute[];
  inputs: number[];
  outputs: number[];
  /** Places whose tensors nobody needs afterwards. */
  last: number[];
}

/** A graph that only reads, ready to be replayed. */
export class Replay {
  readonly #steps: Step[] = [];
  readonly #size: number;
  readonly #args: number[];
  readonly #results: number[];
  readonly #variables: [place: number, variable: Variable][] = [];
  /** Tensors of the binding that stay until `dispose`. */
  readonly #constants: [place: number, id: number][] = [];
  readonly #captured: [place: number, tensor: Tensor][] = [];

  /** @throws Error for a graph that writes variables or asks for live numbers */
  constructor({ nodes, inputs, live, captured, results, writes }: Graph) {
    if (writes.length + live.length > 0) throw new Error("Replay: expected a graph that only reads.");
    const { binding } = nativeBackend();
    const places = new Map<GraphNode, number>();
    let size = 0;
    const placeOf = ({ node, index }: Output) => places.get(node)! + index;
    for (const node of nodes) {
      if (node.op === "ReadVariableOp") {
        places.set(node, size);
        this.#variables.push([size++, node.inputs[0]!.node.variable!]);
        continue;
      }
      places.set(node, size);
      size += node.outputs.length;
      if (node.op === "Placeholder" || node.variable) continue;
      const { dtype, shape } = node.outputs[0]!;
      if (node.values) {
        const count = shape!.reduce((product, length) => product * length, 1);
        const { values } = node;
        const whole = Array.from({ length: count }, (_, i) => values[Math.min(i, values.length - 1)]!);
        const typed = dtype === "float32" ? Float32Array : dtype === "int32" ? Int32Array : Uint8Array;
        this.#constants.push([
          places.get(node)!,
          binding.createTensor(shape!, dtypeNumbers[dtype]!, typed.from(whole)),
        ]);
        continue;
      }
      this.#steps.push({
        op: node.op,
        attributes: opAttributes(node.attributes),
        inputs: node.inputs.map(placeOf),
        outputs: node.outputs.map((_, index) => placeOf({ node, index })),
        last: [],
      });
    }
    for (const { node, tensor } of captured) this.#captured.push([places.get(node)!, tensor]);
    this.#size = size;
    this.#args = inputs.map((node) => places.get(node)!);
    this.#results = results.map(placeOf);
    const made = new Set(this.#steps.flatMap(({ outputs }) => outputs));
    for (const place of this.#results) made.delete(place);
    for (const step of this.#steps.toReversed()) {
      for (const place of [...step.inputs, ...step.outputs]) if (made.delete(place)) step.last.push(place);
    }
  }

  run(args: readonly Tensor[]): Tensor[] {
    const backend = nativeBackend();
    const { binding } = backend;
    const ids = new Array<number>(this.#size);
    const given = backend.getInputTensorIds([...args]);
    for (const [i, place] of this.#args.entries()) ids[place] = given[i]!;
    for (const [place, variable] of this.#variables) ids[place] = backend.getInputTensorIds([variable])[0]!;
    for (const [place, tensor] of this.#captured) ids[place] = backend.getInputTensorIds([tensor])[0]!;
    for (const [place, id] of this.#constants) ids[place] = id;
    const results = new Map<number, Tensor>();
    for (const { op, attributes, inputs, outputs, last } of this.#steps) {
      const made = binding.executeOp(
        op,
        attributes,
        inputs.map((place) => ids[place]!),
        outputs.length,
      );
      for (const [i, place] of outputs.entries()) {
        ids[place] = made[i]!.id;
        if (this.#results.includes(place)) results.set(place, backend.createOutputTensor(made[i]!));
      }
      for (const place of last) binding.deleteTensor(ids[place]!);
    }
    return this.#results.map((place) => results.get(place)!);
  }

  dispose(): void {
    const { binding } = nativeBackend();
    for (const [, id] of this.#constants) binding.deleteTensor(id);
    this.#constants.length = 0;
  }
}
