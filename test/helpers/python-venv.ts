/**
 * A Python environment with the packages a test needs, made once and kept in the user's cache folder: other front ends of
 * Jupyter drive the kernel from it. A test that uses it needs "Python" (`needs.ts`).
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import lockfile from "proper-lockfile";
import { cacheFolder } from "../../engine/setup/paths.js";
import { python } from "./needs.js";

export interface PythonVenv {
  /** The environment's folder, for `gradbook install --prefix`. */
  folder: string;
  /** Its interpreter. */
  python: string;
  /** The present environment variables, with this Python first on the PATH and no other Jupyter's paths. */
  env: NodeJS.ProcessEnv;
}

/** An environment with `packages`, as pip names them ("nbclient==0.10.2"). */
export async function pythonVenv(...packages: string[]): Promise<PythonVenv> {
  const name = createHash("sha256")
    .update([...packages].sort().join(" "))
    .digest("hex")
    .slice(0, 12);
  const folder = join(cacheFolder(), "test-venvs", name);
  mkdirSync(folder, { recursive: true });
  const scripts = join(folder, process.platform === "win32" ? "Scripts" : "bin");
  const venv: PythonVenv = {
    folder,
    python: join(scripts, process.platform === "win32" ? "python.exe" : "python"),
    env: {
      ...process.env,
      VIRTUAL_ENV: folder,
      PATH: `${scripts}${delimiter}${process.env.PATH}`,
      JUPYTER_PATH: "",
      JUPYTER_DATA_DIR: join(folder, "share", "jupyter"),
      JUPYTER_RUNTIME_DIR: join(folder, "runtime"),
      IPYTHONDIR: join(folder, "ipython"),
      PYDEVD_DISABLE_FILE_VALIDATION: "1",
    },
  };
  // Test files run side by side: one makes it, the others wait.
  const release = await lockfile.lock(folder, {
    retries: { retries: 600, minTimeout: 1000, maxTimeout: 1000 },
    stale: 60_000,
  });
  try {
    const whole = join(folder, "whole");
    if (!existsSync(whole)) {
      rmSync(venv.python, { force: true });
      await run(python()!, "-m", "venv", "--clear", folder);
      await run(venv.python, "-m", "pip", "install", "--quiet", ...packages);
      writeFileSync(whole, `${packages.join("\n")}\n`);
    }
  } finally {
    await release();
  }
  return venv;
}

/** Runs a command; meanwhile the lock is renewed, which would look like a dead process's otherwise. */
async function run(command: string, ...args: string[]): Promise<void> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text));
  const [status] = await once(child, "close");
  if (status !== 0) throw new Error(`Expected ${args.join(" ")} to succeed, received ${status}:\n${said}`);
}
