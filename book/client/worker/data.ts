/** The data that ship with the package: fetched for the first cell that names what reads them, and kept in the worker's memory. */
import { existsSync, writeFileSync } from "../../../dist/lib/browser/fs.js";
import { folder } from "./node/process.js";

const ames = ["ames/train.csv", "ames/test.csv", "ames/solution.csv"];

/** The files that a function of the library reads, below `data`. */
const readBy: Record<string, readonly string[]> = {
  loadMnist: ["train", "t10k"].flatMap((part) =>
    ["images-idx3", "labels-idx1"].map((kind) => `mnist/${part}-first1000-${kind}-ubyte.gz`),
  ),
  amesFile: ames,
  loadHousePrices: ames,
  scoreSubmission: ames,
  loadBatchNormSweep: ["batchnorm/sweep.json"],
  pytorchFile: ["pytorch/mnist-mlp.safetensors", "pytorch/mnist-mlp-logits.safetensors"],
};

/** Fetches what code with these words may read. @throws Error where a file cannot be had */
export async function provideData(words: readonly string[]): Promise<void> {
  const wanted = new Set(words.flatMap((word) => (Object.hasOwn(readBy, word) ? readBy[word]! : [])));
  await Promise.all(Array.from(wanted, provide));
}

async function provide(name: string): Promise<void> {
  const path = `${folder}/data/${name}`;
  if (existsSync(path)) return;
  const address = new URL(`data/${name}`, import.meta.url).href;
  const response = await fetch(address).catch((error: Error) => error);
  if (response instanceof Error || !response.ok) {
    const received = response instanceof Error ? response.message : `status ${response.status}`;
    throw new Error(`${address}: expected the data of this chapter, received ${received}: load the page again.`);
  }
  writeFileSync(path, await unpacked(new Uint8Array(await response.arrayBuffer())));
}

/** Some servers unpack gzip on the way, some do not: what is packed is unpacked here, for the library does it in Node only. */
async function unpacked(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
