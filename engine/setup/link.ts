/** Puts a cached engine into `@tensorflow/tfjs-node`, where that package looks for it: by links, or copies where links are refused. */
import { renameSync, rmSync, symlinkSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";

/**
 * Replaces `lib` and `deps` of the package by those of the engine. `lib` holds the manifest: it goes first and comes last,
 * so that a process looking meanwhile finds no engine rather than half of one.
 * @param engine the engine's folder in the cache
 * @param tfjsNode the folder of `@tensorflow/tfjs-node`
 */
export async function linkEngine(engine: string, tfjsNode: string): Promise<void> {
  rmSync(join(tfjsNode, "lib"), { recursive: true, force: true });
  for (const part of ["deps", "lib"]) {
    const target = join(tfjsNode, part);
    const beside = `${target}.new`;
    rmSync(beside, { recursive: true, force: true });
    try {
      // A junction is Windows' link to a folder that needs no privilege; elsewhere the word is ignored.
      symlinkSync(join(engine, part), beside, "junction");
    } catch (error) {
      if (!["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"].includes((error as NodeJS.ErrnoException).code ?? ""))
        throw error;
      await cp(join(engine, part), beside, { recursive: true });
    }
    rmSync(target, { recursive: true, force: true });
    renameSync(beside, target);
  }
}
