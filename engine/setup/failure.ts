/**
 * Remembers in the cache folder that no native engine could be made here and why, so that the next start does not try
 * again for as long as the same programs are found (or until `gradbook setup --retry`).
 */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { platform } from "./manifest.js";
import { findCompiler, findPython } from "./programs.js";

export interface Failure {
  /** What the attempt depended on. */
  conditions: Record<string, string>;
  /** One line for each way that was tried. */
  reasons: string[];
}

const failurePath = (cache: string) => join(cache, "failure.json");

/** What a new attempt would depend on: the platform, Python with pip and the compiler that are found. */
export async function conditions(): Promise<Record<string, string>> {
  const python = await findPython();
  return {
    platform,
    python: typeof python === "string" ? python : python.description,
    compiler: findCompiler() ?? "no C++ compiler found",
  };
}

/** The remembered failure, or `undefined` where there is none (or the note of it is unreadable, which costs one attempt). */
export function readFailure(cache: string): Failure | undefined {
  try {
    const failure = JSON.parse(readFileSync(failurePath(cache), "utf8")) as Failure;
    return Array.isArray(failure.reasons) ? failure : undefined;
  } catch {
    return undefined;
  }
}

export async function writeFailure(cache: string, reasons: string[]): Promise<void> {
  const failure: Failure = { conditions: await conditions(), reasons };
  await writeFileAtomic(failurePath(cache), `${JSON.stringify(failure, null, 2)}\n`);
}

/** Whether a new attempt would find what the failed one found. */
export async function sameConditions(failure: Failure): Promise<boolean> {
  return JSON.stringify(failure.conditions) === JSON.stringify(await conditions());
}

export function forgetFailure(cache: string): void {
  rmSync(failurePath(cache), { force: true });
}
