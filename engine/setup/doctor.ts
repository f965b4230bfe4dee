/**
 * Examines what the engine finds on this machine: each check looks for the real thing (hashes the engine's files, loads the
 * engines, starts the programs) and says what was found, what is missing and how to mend it. Shown by
 * `gradbook-engine doctor`, and with more by `gradbook doctor`.
 */
import { lstatSync, readdirSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { chooseEngine } from "./choice.js";
import { readFailure } from "./failure.js";
import { testWasm } from "./load-test.js";
import { isCurrent, type Manifest, notSetUp, platform } from "./manifest.js";
import { cacheFolder, installTfjsNode, notInstalled, tfjsNodeFolder } from "./paths.js";
import { findCompiler, findPython, run } from "./programs.js";
import { proveEngine } from "./proof.js";

export interface Check {
  name: string;
  state: "found" | "missing" | "broken";
  /** What was found, or what is wrong. */
  detail: string;
  /** What to do about it; only where something is missing or broken. */
  mend?: string;
}

/** Outcomes of checks. */
export const found = (name: string, detail: string): Check => ({ name, state: "found", detail });
export const missing = (name: string, detail: string, mend: string): Check => ({
  name,
  state: "missing",
  detail,
  mend,
});
const broken = (name: string, detail: string, mend: string): Check => ({ name, state: "broken", detail, mend });

/** The words for installing something on this system. */
function toInstall(linux: string, mac: string, windows: string): string {
  if (process.platform === "darwin") return mac;
  return process.platform === "win32" ? windows : linux;
}

function checkNode(): Check {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const fits = major > 20 || (major === 20 && minor >= 19);
  return fits
    ? found("Node.js", process.version)
    : broken("Node.js", `${process.version}, expected 20.19 or newer`, "install a newer Node.js");
}

/** @param native the native engine's manifest, or what is wrong with it */
function checkChoice(native: Manifest | string): Check {
  const name = "engine in use";
  try {
    const choice = chooseEngine(process.env.GRADBOOK_ENGINE, typeof native === "string" ? native : undefined);
    return found(name, choice.reason === undefined ? choice.name : `${choice.name} (${choice.reason})`);
  } catch (error) {
    return broken(name, (error as Error).message, "unset GRADBOOK_ENGINE, or do as the message says");
  }
}

function checkNative(native: Manifest | string, cache: string): Check {
  const name = "native engine";
  const retry = "run `gradbook setup --retry`; where it fails for want of a program, install that first";
  if (native === notInstalled) return missing(name, native, installTfjsNode);
  if (native === notSetUp) return missing(name, [native, ...(readFailure(cache)?.reasons ?? [])].join("; "), retry);
  if (typeof native === "string") return broken(name, native, retry);
  const older = isCurrent(native) ? "" : "; an older Gradbook made it, `gradbook setup` makes it anew";
  return found(
    name,
    `TensorFlow ${native.tensorflow} from ${native.source}, every file intact, loads and computes${older}`,
  );
}

async function checkWasm(): Promise<Check> {
  try {
    await testWasm();
    return found("wasm engine", "loads and computes");
  } catch (error) {
    return broken("wasm engine", (error as Error).message, "install Gradbook's dependencies again");
  }
}

async function checkPython(): Promise<Check> {
  const python = await findPython();
  return typeof python === "string"
    ? missing(
        "Python with pip",
        python,
        toInstall("apt install python3-pip", "brew install python", "winget install python"),
      )
    : found("Python with pip", python.description);
}

/** A program that says its version when asked. */
export async function checkProgram(name: string, program: string | undefined, mend: string): Promise<Check> {
  if (program === undefined) return missing(name, "none on PATH", mend);
  try {
    const [version = ""] = (await run(program, ["--version"])).trim().split(/\r?\n/);
    return found(name, `${program}: ${version}`);
  } catch (error) {
    return broken(name, (error as Error).message, mend);
  }
}

/** The cache folder and its size; removing it only costs another set-up. */
function checkCache(cache: string): Check {
  const name = "cache folder";
  try {
    if (!statSync(cache, { throwIfNoEntry: false })?.isDirectory()) {
      return missing(name, `${cache} does not exist yet`, "`gradbook setup` makes it");
    }
    let bytes = 0;
    for (const entry of readdirSync(cache, { recursive: true })) {
      bytes += lstatSync(join(cache, String(entry)), { throwIfNoEntry: false })?.size ?? 0;
    }
    const size = `${Math.round(bytes / 1e6)} MB`;
    return found(name, `${cache}, ${size} (it may be removed: the next set-up makes it anew)`);
  } catch (error) {
    return broken(name, (error as Error).message, "give yourself access to it, or name another one in GRADBOOK_CACHE");
  }
}

/**
 * Examines the machine; takes some seconds, most of it hashing the engine's files.
 * @param tfjsNode the folder of `@tensorflow/tfjs-node`; default: the installed one
 * @param cache the folder that keeps engines; default: `GRADBOOK_CACHE`, else the user's cache folder
 * @returns a list of checks, the most important first
 */
export async function doctor(tfjsNode = tfjsNodeFolder(), cache = cacheFolder()): Promise<Check[]> {
  const native = tfjsNode === undefined ? notInstalled : await proveEngine(tfjsNode, tfjsNode, cache);
  return [
    checkNode(),
    found("system", `${platform}, ${availableParallelism()} processors`),
    checkChoice(native),
    checkNative(native, cache),
    await checkWasm(),
    await checkPython(),
    await checkProgram(
      "C++ compiler",
      findCompiler(),
      toInstall("apt install g++", "xcode-select --install", "not needed: on Windows the official binary is used"),
    ),
    checkCache(cache),
  ];
}

/** The report as text, a line a check and a line for how to mend it. */
export function renderReport(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  return checks
    .map(({ name, state, detail, mend }) => {
      const line = `${state.padEnd(7)}  ${name.padEnd(width)}  ${detail}`;
      return mend === undefined ? line : `${line}\n${" ".repeat(width + 11)}to mend it: ${mend}`;
    })
    .join("\n");
}
