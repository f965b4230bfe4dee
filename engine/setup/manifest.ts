/**
 * The manifest of a native engine: which files it consists of, how long each is and what it hashes to. It is written
 * last, so a folder without one is half-finished. `proof.ts` compares the hashes.
 */
import { createHash } from "node:crypto";
import { createReadStream, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import writeFileAtomic from "write-file-atomic";

export interface EngineFile {
  /** Relative to the engine's folder, with forward slashes. */
  path: string;
  /** In bytes. */
  size: number;
  sha256: string;
}

export interface Manifest {
  /** Where the engine came from, for people to read. */
  source: string;
  /** The version of TensorFlow, such as "2.21.0". */
  tensorflow: string;
  /** `process.platform` and `process.arch`, such as "linux-x64". */
  platform: string;
  /** The number of the recipe it was made by; none in the manifests of the first one. */
  recipe?: number;
  files: EngineFile[];
}

/** Inside `lib`, so that linking `lib` and `deps` brings it along. */
export const manifestPath = "lib/gradbook-engine.json";

/** The number of today's way to make an engine: set-up replaces one that was made by an older one, where it can. */
const recipe = 2;

/** Whether an engine was made as set-up would make it today. */
export const isCurrent = (manifest: Manifest): boolean => manifest.recipe === recipe;

/** What is wrong with an engine that is not there. */
export const notSetUp = "it is not set up";

/** The platform this process runs on, as manifests and cache folders name it. */
export const platform = `${process.platform}-${process.arch}`;

async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

/** Every file below `lib` and `deps/lib` of an engine's folder; headers and licences do not run and are not counted. */
function engineFiles(folder: string): string[] {
  return ["lib", "deps/lib"].flatMap((part) =>
    readdirSync(join(folder, part), { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(folder.length + 1)
          .replaceAll("\\", "/"),
      )
      .filter((path) => path !== manifestPath)
      .sort(),
  );
}

/** Hashes the files of the engine in `folder` and writes its manifest beside them. */
export async function writeManifest(folder: string, source: string, tensorflow: string): Promise<Manifest> {
  const files: EngineFile[] = [];
  for (const path of engineFiles(folder)) {
    const file = join(folder, path);
    files.push({ path, size: statSync(file).size, sha256: await sha256(file) });
  }
  const manifest = { source, tensorflow, platform, recipe, files };
  await writeFileAtomic(join(folder, manifestPath), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/**
 * Reads the manifest of the engine in `folder` and compares the sizes of its files, which takes less than a millisecond.
 * @returns the manifest, or what is wrong in words
 */
export function readManifest(folder: string): Manifest | string {
  let text: string;
  try {
    text = readFileSync(join(folder, manifestPath), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return notSetUp;
    return `its manifest cannot be read (${(error as Error).message})`;
  }
  let manifest: Manifest | null;
  try {
    manifest = JSON.parse(text) as Manifest | null;
  } catch {
    return "its manifest is damaged";
  }
  if (!Array.isArray(manifest?.files) || manifest.files.length === 0) return "its manifest is damaged";
  if (manifest.platform !== platform) return `it is for ${manifest.platform}, this is ${platform}`;
  for (const { path, size } of manifest.files) {
    const found = sizeOf(join(folder, path));
    if (found !== size) return `${path}: expected ${size} bytes, received ${found}`;
  }
  return manifest;
}

/** In bytes, or in words why it cannot be told. */
function sizeOf(file: string): number | string {
  try {
    return statSync(file, { throwIfNoEntry: false })?.size ?? "no file";
  } catch (error) {
    return (error as Error).message;
  }
}
