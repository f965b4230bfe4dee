/**
 * The proof that a native engine works: its files have the hashes that its manifest lists, and a process of its own has loaded
 * it and computed with it, so that a damaged engine, or one for other processors, crashes nobody. A note of the outcome is kept
 * in the cache folder. It holds for this Node, these instructions of the processor and these files with these change times, so
 * a start only looks for the note (under a millisecond); without one it proves the engine first (some two seconds, once).
 */
import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, readFileSync, readSync, realpathSync, statSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { testLoading, testLoadingNow } from "./load-test.js";
import { type Manifest, manifestPath, readManifest } from "./manifest.js";

/** The instructions that the processor knows, as Linux lists them; else its name. */
function processor(): string {
  try {
    const file = openSync("/proc/cpuinfo", "r");
    const text = Buffer.alloc(16_384);
    const length = readSync(file, text);
    closeSync(file);
    const [flags] = /^(flags|Features)\s*:.*$/m.exec(text.toString("utf8", 0, length)) ?? [];
    if (flags !== undefined) return flags;
  } catch {
    // No such file outside of Linux.
  }
  return cpus()[0]?.model ?? "unknown";
}

/** The note about the engine in `folder` as it is now. Change times tell, as nobody can set them back. */
function noteFile(folder: string, manifest: Manifest, cache: string): string {
  const paths = [manifestPath, ...manifest.files.map(({ path }) => path)].map((path) => join(folder, path));
  const files = paths.map((path) => {
    const { size, ctimeMs, ino } = statSync(path);
    return [realpathSync(path), size, ctimeMs, ino];
  });
  const state = JSON.stringify([process.versions.node, processor(), files]);
  return join(cache, "proofs", `${createHash("sha256").update(state).digest("hex").slice(0, 32)}.json`);
}

/** Notes the outcome and gives it. Where the cache folder cannot be written to, the next start proves the engine again. */
function note(file: string, problem?: string): string | undefined {
  try {
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileAtomic.sync(file, `${JSON.stringify({ problem })}\n`);
  } catch {
    // What has been found holds without the note.
  }
  return problem;
}

/** The noted outcome, `{}` for an engine that works; `undefined` without a note that can be read. */
function noted(file: string): { problem?: string } | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as { problem?: string };
  } catch {
    return undefined;
  }
}

const message = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** An engine's manifest and the file of its note, or what is wrong in words. */
function examine(folder: string, cache: string): { manifest: Manifest; file: string } | string {
  const manifest = readManifest(folder);
  if (typeof manifest === "string") return manifest;
  try {
    return { manifest, file: noteFile(folder, manifest, cache) };
  } catch (error) {
    // Another process is putting an engine in its place.
    return message(error);
  }
}

/**
 * Looks for the proof of the engine in `folder`, and proves it where there is none.
 * @param folder the engine's, in the cache or in the package
 * @param tfjsNode the folder of `@tensorflow/tfjs-node`
 * @param cache the folder that keeps engines
 * @returns the engine's manifest, or what is wrong in words
 */
export function provenEngine(folder: string, tfjsNode: string, cache: string): Manifest | string {
  const engine = examine(folder, cache);
  if (typeof engine === "string") return engine;
  const { manifest, file } = engine;
  const known = noted(file);
  if (known !== undefined) return known.problem ?? manifest;
  let problem: string | undefined;
  try {
    testLoadingNow(folder, tfjsNode, manifest);
  } catch (error) {
    problem = message(error);
  }
  return note(file, problem) ?? manifest;
}

/** As `provenEngine`, whatever a note says. */
export async function proveEngine(folder: string, tfjsNode: string, cache: string): Promise<Manifest | string> {
  const engine = examine(folder, cache);
  if (typeof engine === "string") return engine;
  const { manifest, file } = engine;
  const problem = await testLoading(folder, tfjsNode, manifest).then(() => undefined, message);
  return note(file, problem) ?? manifest;
}

/** Notes that the engine in `folder`, whose manifest has just been written, has been seen to load. */
export function noteProven(folder: string, manifest: Manifest, cache: string): void {
  note(noteFile(folder, manifest, cache));
}
