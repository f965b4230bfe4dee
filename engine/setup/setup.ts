/**
 * Sets up the native engine: links the one in the user's cache folder into `@tensorflow/tfjs-node`, after making it there
 * when it is missing or broken, from the TensorFlow wheel or else from the official binary, whose sums nobody has published.
 * Where neither works the library runs on WebAssembly, and the reasons are told. Run by `gradbook setup`, `npm start` and
 * `npm test`.
 */
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import lockfile from "proper-lockfile";
import { forgetFailure, readFailure, sameConditions, writeFailure } from "./failure.js";
import { linkEngine } from "./link.js";
import { bindingPath, testLoading } from "./load-test.js";
import type { EngineMaker } from "./maker.js";
import { isCurrent, type Manifest, manifestPath, writeManifest } from "./manifest.js";
import { officialEngine } from "./official.js";
import { cachedEngineFolder, cacheFolder, installTfjsNode, notInstalled, tfjsNodeFolder } from "./paths.js";
import { consoleProgress, type Progress } from "./progress.js";
import { noteProven, proveEngine, provenEngine } from "./proof.js";
import { wheelEngine } from "./wheel.js";

export interface SetUpOptions {
  /** Examines an engine that is there once more, and tries again although an earlier attempt failed; default false. */
  retry?: boolean;
  /** Default: lines and bars on standard error. */
  progress?: Progress;
  /** The folder that keeps engines; default: `GRADBOOK_CACHE`, else the user's cache folder. */
  cache?: string;
  /** The folder of `@tensorflow/tfjs-node`; default: the installed one. */
  tfjsNode?: string;
  /** The ways of getting an engine, in order; default: the TensorFlow wheel, then the official binary. */
  makers?: EngineMaker[];
}

export interface SetUp {
  /** The engine that a process started now would choose. */
  name: "native" | "wasm";
  /** Why it is not the native one, a line each; empty when it is. */
  reasons: string[];
}

/** Whether a look for an engine has found one that works and is as it would be made today. */
const isToday = (found: Manifest | string): boolean => typeof found !== "string" && isCurrent(found);

const done: SetUp = { name: "native", reasons: [] };

const message = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Accepts an engine that npm's own install put into the package, once it has been seen to load. */
async function adopt(tfjsNode: string, cache: string, progress: Progress): Promise<boolean> {
  const lib = lstatSync(join(tfjsNode, "lib"), { throwIfNoEntry: false });
  if (!lib?.isDirectory() || existsSync(join(tfjsNode, manifestPath))) return false;
  if (![bindingPath, join("deps", "lib")].every((part) => existsSync(join(tfjsNode, part)))) return false;
  try {
    const version = await testLoading(tfjsNode, tfjsNode);
    noteProven(tfjsNode, await writeManifest(tfjsNode, "npm's install of the package", version), cache);
    return true;
  } catch (error) {
    progress.say(`The native engine in ${tfjsNode} does not work (${message(error)}); it is replaced.`);
    return false;
  }
}

/** Whether the cache holds an engine of today that is whole and loads; one that is not is said to be so. */
async function cachedIsGood(entry: string, options: Required<SetUpOptions>): Promise<boolean> {
  const { cache, tfjsNode, progress, retry } = options;
  if (!existsSync(entry)) return false;
  const found = await (retry ? proveEngine : provenEngine)(entry, tfjsNode, cache);
  if (isToday(found)) return true;
  const what = typeof found === "string" ? `broken (${found})` : "that of an older Gradbook";
  progress.say(`The native engine in ${entry} is ${what}; it is made anew.`);
  return false;
}

/**
 * Makes an engine in a folder of its own, tries it and only then moves it into its place in the cache.
 * @returns why each way failed; empty when one worked
 */
async function makeEngine(entry: string, { cache, tfjsNode, makers, progress }: Required<SetUpOptions>) {
  const reasons: string[] = [];
  for (const { name, make } of makers) {
    progress.say(`Setting up the native engine: trying ${name} …`);
    let folder: string | undefined;
    try {
      folder = mkdtempSync(join(cache, "staging-"));
      await make({ folder, tfjsNode, progress });
      const manifest = await writeManifest(folder, name, await testLoading(folder, tfjsNode));
      // Other checkouts may be looking: there is no engine in its place for as short as can be.
      const old = `${folder}-old`;
      if (existsSync(entry)) renameSync(entry, old);
      renameSync(folder, entry);
      rmSync(old, { recursive: true, force: true });
      noteProven(entry, manifest, cache);
      return [];
    } catch (error) {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
      reasons.push(`${name}: ${message(error)}`);
    }
  }
  return reasons;
}

/** What happens under the lock: nobody else changes the cache or the package meanwhile. */
async function setUpLocked(options: Required<SetUpOptions>): Promise<SetUp> {
  const { cache, tfjsNode, progress } = options;
  if (isToday(provenEngine(tfjsNode, tfjsNode, cache))) return done;
  for (const name of readdirSync(cache).filter((name) => name.startsWith("staging-"))) {
    // A program that the killed set-up had started may still be writing there.
    rmSync(join(cache, name), { recursive: true, force: true, maxRetries: 10, retryDelay: 500 });
  }
  if (await adopt(tfjsNode, cache, progress)) return done;
  const entry = cachedEngineFolder(cache);
  if (!(await cachedIsGood(entry, options))) {
    const reasons = await makeEngine(entry, options);
    if (reasons.length > 0) {
      await writeFailure(cache, reasons).catch((error) => reasons.push(`this cannot be noted: ${message(error)}`));
      return { name: "wasm", reasons };
    }
  }
  try {
    await linkEngine(entry, tfjsNode);
  } catch (error) {
    return { name: "wasm", reasons: [`${tfjsNode} cannot be written to: ${message(error)}`] };
  }
  forgetFailure(cache);
  progress.say(`The native engine is set up; it is kept in ${entry} for other checkouts.`);
  return done;
}

/**
 * Sets up the native engine where that is possible; takes milliseconds when it is done already. Several processes may do
 * this at once: one works, the others wait. `GRADBOOK_ENGINE=wasm` asks for nothing to be set up.
 * @returns the engine to expect, and the reasons when it is not the native one (they have been told through `progress`)
 */
export async function setUpEngine(options: SetUpOptions = {}): Promise<SetUp> {
  if (process.env.GRADBOOK_ENGINE === "wasm") return { name: "wasm", reasons: ["GRADBOOK_ENGINE=wasm"] };
  const { retry = false, progress = consoleProgress, cache = cacheFolder() } = options;
  const { tfjsNode = tfjsNodeFolder(), makers = [wheelEngine, officialEngine] } = options;
  let result: SetUp;
  if (tfjsNode === undefined) {
    result = { name: "wasm", reasons: [`${notInstalled}: run \`${installTfjsNode}\``] };
  } else {
    const linked = await (retry ? proveEngine : provenEngine)(tfjsNode, tfjsNode, cache);
    if (isToday(linked)) return done;
    const failure = retry ? undefined : readFailure(cache);
    const inCache = () => isToday(provenEngine(cachedEngineFolder(cache), tfjsNode, cache));
    const known = failure !== undefined && !inCache() && (await sameConditions(failure));
    result = known
      ? { name: "wasm", reasons: failure.reasons }
      : await locked(cache, progress, () => setUpLocked({ retry, progress, cache, tfjsNode, makers }));
    if (result.name === "wasm" && typeof linked === "object") {
      progress.say(
        "The native engine stays that of an older Gradbook, whose short calls take longer; a new one cannot be had:",
      );
      for (const reason of result.reasons) progress.say(`  ${reason}`);
      return done;
    }
  }
  if (result.name === "wasm") {
    progress.say("No native engine, so WebAssembly computes, more slowly:");
    for (const reason of result.reasons) progress.say(`  ${reason}`);
    progress.say("`gradbook doctor` tells how to mend it, `gradbook setup --retry` tries again.");
  }
  return result;
}

/** Runs `work` while holding the cache folder's lock, which goes stale by itself when its owner is killed. */
async function locked(cache: string, progress: Progress, work: () => Promise<SetUp>): Promise<SetUp> {
  try {
    mkdirSync(cache, { recursive: true });
    const lock = { lockfilePath: join(cache, "lock"), stale: 20_000 };
    if (await lockfile.check(cache, lock)) progress.say("Waiting for another set-up of the native engine to end …");
    const retries = { forever: true, minTimeout: 500, maxTimeout: 500 };
    const release = await lockfile.lock(cache, { ...lock, update: 5_000, retries });
    try {
      return await work();
    } finally {
      await release();
    }
  } catch (error) {
    return { name: "wasm", reasons: [`the cache folder ${cache} cannot be used: ${message(error)}`] };
  }
}
