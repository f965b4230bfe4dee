/**
 * Worker threads of TypeScript: `new Worker("./job.ts")`, which Node 20 refuses, starts as any local file does. A worker of anything
 * else is Node's own business.
 */
import { existsSync } from "node:fs";
import { createRequire, syncBuiltinESMExports } from "node:module";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Worker, WorkerOptions } from "node:worker_threads";
import type { Library } from "../library.js";
import { installLoader } from "./loader.js";

/** What such a worker is to run, and where its imports are looked for. */
interface Job {
  file: string;
  folder: string;
  library: Library | undefined;
}

/** Makes this thread's `Worker` take TypeScript; a relative path is looked for in the working directory, then in `folder`. */
export function installWorkers(folder: string, library?: Library): void {
  const threads = createRequire(import.meta.url)("node:worker_threads") as { Worker: typeof Worker };
  threads.Worker = class Worker extends threads.Worker {
    constructor(file: string | URL, options?: WorkerOptions) {
      const found = options?.eval ? undefined : typescriptFile(file, folder);
      super(found === undefined ? file : starter({ file: found, folder, library }), options);
    }
  };
  syncBuiltinESMExports();
}

/** The worker's first step: from then on it knows TypeScript. */
export async function startJob({ file, folder, library }: Job): Promise<void> {
  installLoader(folder, { library });
  const { __import } = globalThis as unknown as { __import: (specifier: string) => Promise<unknown> };
  await __import(pathToFileURL(file).href);
}

function typescriptFile(file: string | URL, folder: string): string | undefined {
  const path = file instanceof URL || file.startsWith("file:") ? fileURLToPath(file) : file;
  if (!/\.m?ts$/.test(path)) return undefined;
  return [resolve(path), resolve(folder, path)].find((place) => existsSync(place));
}

/** A module that starts `job`; what the worker is given as `workerData` stays the user's. */
function starter(job: Job): URL {
  const code = `import { startJob } from ${JSON.stringify(import.meta.url)}; await startJob(${JSON.stringify(job)});`;
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}
