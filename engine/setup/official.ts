/**
 * A native engine from the binaries that the makers of `@tensorflow/tfjs-node` publish: TensorFlow's C library and the
 * addon, from the addresses that the package's own files name. `TFJS_NODE_CDN_STORAGE` names a mirror, as for the package.
 * Node's `fetch` takes no notice of proxies before Node 24; pip, which fetches the wheel, does.
 */
import { createWriteStream, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { bindingPath } from "./load-test.js";
import type { EngineMaker, MakeOptions } from "./maker.js";
import { findProgram, run } from "./programs.js";
import type { Progress } from "./progress.js";

const require = createRequire(import.meta.url);

/** How long a download may stand still before it is given up, in ms. */
const stallLimit = 30_000;

/** What the package's `scripts/deps-constants.js` exports. */
interface Constants {
  LIBTENSORFLOW_VERSION: string;
  ARCH_MAPPING: Record<string, string>;
  PLATFORM_MAPPING: Record<string, string>;
  PLATFORM_EXTENSION: string;
  ALL_SUPPORTED_COMBINATION: string[];
}

/** The addresses of TensorFlow's C library and of the addon for this platform. */
export function officialAddresses(tfjsNode: string, mirror = process.env.TFJS_NODE_CDN_STORAGE) {
  const constants = require(join(tfjsNode, "scripts", "deps-constants.js")) as Constants;
  const { version, binary } = JSON.parse(readFileSync(join(tfjsNode, "package.json"), "utf8")) as {
    version: string;
    binary: { host: string };
  };
  const system = constants.PLATFORM_MAPPING[process.platform];
  const combination = `cpu-${system}-${constants.ARCH_MAPPING[process.arch]}`;
  if (!constants.ALL_SUPPORTED_COMBINATION.includes(combination)) {
    throw new Error(`none is published for ${process.platform}-${process.arch}`);
  }
  const host = new URL(binary.host);
  const storage = mirror ?? `${host.origin}/`;
  const ending = constants.PLATFORM_EXTENSION;
  return {
    library: `${storage}tensorflow/libtensorflow/libtensorflow-${combination}-${constants.LIBTENSORFLOW_VERSION}.${ending}`,
    addon: `${storage}${host.pathname.slice(1)}/napi-v8/${version}/CPU-${system}-${version}.${ending}`,
  };
}

/**
 * Downloads a file.
 * @throws Error when the server does not answer with it, or nothing comes for `limit` ms
 */
export async function download(address: string, file: string, progress: Progress, limit = stallLimit): Promise<void> {
  const abort = new AbortController();
  const stalled = () => abort.abort(new Error(`nothing came for ${limit / 1000} s`));
  let timer = setTimeout(stalled, limit);
  try {
    const response = await fetch(address, { signal: abort.signal });
    if (!response.ok || response.body === null) throw new Error(`the server answered ${response.status}`);
    const bar = progress.bar("Fetching", Math.round(Number(response.headers.get("content-length") ?? 0) / 1e6));
    let done = 0;
    const watch = new Transform({
      transform(chunk: Uint8Array, _encoding, next) {
        clearTimeout(timer);
        timer = setTimeout(stalled, limit);
        done += chunk.length;
        bar.update(done / 1e6);
        next(undefined, chunk);
      },
    });
    try {
      await pipeline(response.body, watch, createWriteStream(file), { signal: abort.signal });
    } finally {
      bar.stop();
    }
  } catch (error) {
    const { message, cause } = (abort.signal.aborted ? abort.signal.reason : error) as Error;
    throw new Error(`${address}: ${message}${cause instanceof Error ? ` (${cause.message})` : ""}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

async function make({ folder, tfjsNode, progress }: MakeOptions): Promise<void> {
  progress.say("The official binary hands each compiled graph to a thread of TensorFlow's, some .1 ms a call.");
  const { library, addon } = officialAddresses(tfjsNode);
  const tar = findProgram("tar");
  if (tar === undefined) throw new Error("no tar found to unpack it with");
  const archive = join(folder, "archive");
  // The addon is small: when it cannot be had, nothing large has been downloaded in vain.
  for (const [address, target] of [[addon, "lib"] as const, [library, "deps"] as const]) {
    mkdirSync(join(folder, target));
    await download(address, archive, progress);
    await run(tar, ["-xf", archive, "-C", join(folder, target)]);
    rmSync(archive);
  }
  if (process.platform === "win32") {
    // Windows looks for a library beside the addon that needs it.
    renameSync(join(folder, "deps", "lib", "tensorflow.dll"), join(folder, bindingPath, "..", "tensorflow.dll"));
  }
}

/** The engine from the published binaries. Nobody has published their sums, so nothing tells one that was tampered with. */
export const officialEngine: EngineMaker = { name: "the official binary (unverified)", make };
