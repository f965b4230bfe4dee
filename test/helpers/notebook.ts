/** Small notebooks for tests, and the compiled `gradbook` command to run them with. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Cell, formatNotebook } from "../../kernel/runner/notebook-file.js";
import { root } from "./needs.js";

/** A code cell that has not run; ids come from the position when the notebook is written. */
export const code = (source: string, ...tags: string[]): Cell => ({
  cell_type: "code",
  id: "",
  metadata: tags.length > 0 ? { tags } : {},
  source,
  outputs: [],
  execution_count: null,
});

export const markdown = (source: string): Cell => ({ cell_type: "markdown", id: "", metadata: {}, source });

/** Writes a notebook of `cells`; gives its path. */
export function writeTestNotebook(file: string, cells: readonly Cell[], metadata = {}): string {
  const named = cells.map((cell, index) => ({ ...cell, id: `cell-${index + 1}` }));
  writeFileSync(file, formatNotebook({ cells: named, metadata, nbformat: 4, nbformat_minor: 5 }));
  return file;
}

/** The compiled command, for tests that spawn it themselves. */
export const gradbookCommand = join(root, "dist/cli/main.js");

/** Runs the compiled `gradbook` command in `cwd`, to its end. */
export function gradbook(args: string[], { cwd = root, env = {} }: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [gradbookCommand, ...args], {
    cwd,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  return { status, stdout, stderr };
}
