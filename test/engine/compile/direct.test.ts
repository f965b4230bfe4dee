/** Sessions on the thread that asks: the function that our set-up adds to the binding, and what does without it. */
import { expect, it, onTestFinished } from "vitest";
import { type Binding, nativeBackend } from "../../../engine/compile/backend.js";
import { compile } from "../../../engine/compile/compile.js";
import { directly } from "../../../engine/compile/direct.js";
import { isCurrent, readManifest } from "../../../engine/setup/manifest.js";
import { tfjsNodeFolder } from "../../../engine/setup/paths.js";
import { wheelEngine } from "../../../engine/setup/wheel.js";
import { type Tensor, tf } from "../../../engine/tensor.js";
import { describeNative } from "../../helpers/native.js";

const manifest = readManifest(tfjsNodeFolder() ?? "");
/** Where it cannot be, an older engine or the official binary stays, and set-up says so. */
const isCompiledHere = typeof manifest === "object" && manifest.source === wheelEngine.name && isCurrent(manifest);

const value = (tensor: Tensor) => {
  const [number] = tensor.dataSync();
  tensor.dispose();
  return number!;
};

/** JavaScript's half of the smallest number with all digits: denormal, or 0 on a thread that takes such numbers for zero. */
const denormal = () => [2.2250738585072014e-308].map((smallest) => smallest / 2)[0];

/** How often the process has given up its processor while it waited, in 1,000 calls of `f`. */
function waits(f: () => Tensor): number {
  f().dispose();
  const before = process.resourceUsage().voluntaryContextSwitches;
  for (let i = 0; i < 1000; i++) f().dispose();
  return process.resourceUsage().voluntaryContextSwitches - before;
}

/** As with the official binary. */
function withoutDirect(): void {
  const backend = nativeBackend() as { binding: Binding };
  const { binding } = backend;
  backend.binding = Object.create(binding, { direct: { value: undefined } });
  onTestFinished(() => {
    backend.binding = binding;
  });
}

describeNative("a session", () => {
  it.runIf(isCompiledHere)("runs on the thread that asks, in the engine that was compiled here", () => {
    const x = tf.scalar(2);
    const square = compile((x: Tensor) => tf.square(x));
    expect(waits(() => square(x))).toBeLessThan(500);
    expect(square(x).dataSync()[0]).toBe(4);
  });

  it("runs on a thread of TensorFlow's where the binding knows no other, with the same results", () => {
    withoutDirect();
    const x = tf.scalar(2);
    const square = compile((x: Tensor) => tf.square(x));
    if (process.platform === "linux") expect(waits(() => square(x))).toBeGreaterThan(500);
    expect(value(square(x))).toBe(4);
  });

  it("takes denormal numbers for zero, and leaves JavaScript's as they are", () => {
    const product = compile((a: Tensor, b: Tensor) => tf.mul(a, b));
    expect(denormal()).toBeGreaterThan(0);
    // A float32 holds 1e-40 with fewer digits than others.
    expect(value(product(tf.scalar(1e-30), tf.scalar(1e-10)))).toBe(0);
    expect(denormal()).toBeGreaterThan(0);
  });

  it("that fails leaves denormal numbers and what comes after as they were", () => {
    const take = compile((x: Tensor, at: Tensor) => tf.gather(x, at as tf.Tensor1D));
    const x = tf.tensor1d([1, 2]);
    expect(() => take(x, tf.tensor1d([7], "int32"))).toThrow("not in [0, 2)");
    expect(denormal()).toBeGreaterThan(0);
    expect(value(take(x, tf.tensor1d([1], "int32")))).toBe(2);
  });
});

describeNative("directly", () => {
  it("gives what the work gives, and ends when it fails", () => {
    const said: boolean[] = [];
    const backend = nativeBackend() as { binding: Binding };
    const { binding } = backend;
    backend.binding = Object.create(binding, { direct: { value: (on: boolean) => said.push(on) } });
    onTestFinished(() => {
      backend.binding = binding;
    });
    expect(directly(() => 7)).toBe(7);
    const failing = () => {
      throw new Error("no such graph");
    };
    expect(() => directly(failing)).toThrow("no such graph");
    expect(said).toEqual([true, false, true, false]);
  });
});
