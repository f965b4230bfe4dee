/** Where the small PyTorch model that ships with the package lies (see data/pytorch/README.md). */
import { join } from "node:path";
import { packageFolder } from "./package-folder.js";

/**
 * A file of the shipped PyTorch model 784-32-10, a classifier of MNIST; absolute. `mnist-mlp.safetensors` is its state dict,
 * `mnist-mlp-logits.safetensors` what it gives there for the 1,000 test images of `loadMnist`, [1000, 10].
 */
export function pytorchFile(name: "mnist-mlp.safetensors" | "mnist-mlp-logits.safetensors"): string {
  return join(packageFolder, "data", "pytorch", name);
}
