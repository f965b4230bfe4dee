/** The PyTorch model that ships: the files its README describes, and the same outputs here as there. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import {
  accuracy,
  Dense,
  fromPyTorch,
  loadMnist,
  loadTensor,
  loadTensors,
  predict,
  pytorchFile,
  ReLU,
  Sequential,
} from "../../../entry/index.js";
import { root } from "../../helpers/needs.js";

it.each(["mnist-mlp.safetensors", "mnist-mlp-logits.safetensors"] as const)("%s is the file of the README", (name) => {
  const readme = readFileSync(join(root, "data/pytorch/README.md"), "utf8");
  const hash = createHash("sha256")
    .update(readFileSync(pytorchFile(name)))
    .digest("hex");
  expect(readme).toContain(`\`${name}\``);
  expect(readme).toContain(hash);
});

it("gives PyTorch's outputs for the test images", () => {
  const model = new Sequential(new Dense(784, 32), new ReLU(), new Dense(32, 10));
  fromPyTorch(model, loadTensors(pytorchFile("mnist-mlp.safetensors")));
  const { test } = loadMnist({ flat: true });
  const logits = predict(model, test.x);
  const theirs = loadTensor(pytorchFile("mnist-mlp-logits.safetensors"));
  const worst = logits.sub(theirs).abs().max().dataSync()[0]!;
  expect(worst).toBeLessThan(1e-4);
  expect(accuracy(logits, test.y).dataSync()[0]).toBeGreaterThan(0.8);
});
