/**
 * `gradbook lab`: JupyterLab with this kernel in it. An installed JupyterLab is used as it is; where there is none, one is
 * set up in the cache folder, once. Nothing of the user's own Jupyter is changed: the kernelspec and the page's part of widgets lie
 * in the cache folder.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import envPaths from "env-paths";
import which from "which";
import { installKernelspec } from "./kernelspec.js";
import { onlyTells, withFirstNotebook } from "./lab-notebook.js";
import { labWidgets } from "./lab-widgets.js";
import { writeFileWhole } from "./write-file.js";

/** What pip is asked for. */
const requirement = "jupyterlab>=4,<5";

/**
 * Runs `jupyter lab` with `words` (a notebook, options) until it ends; gives its exit code. Cells may import the package in the
 * folder `library` from anywhere. In a folder without a notebook a first one is made, and opened.
 * @throws Error where there is neither a JupyterLab nor a Python to set one up with.
 */
export async function runLab(words: readonly string[], library?: string): Promise<number> {
  const program = find("jupyter-lab") ?? setUpLab(join(cacheFolder(), "jupyterlab"));
  const prefix = join(cacheFolder(), library === undefined ? "lab-kernel" : "lab-kernel-with-library");
  await installKernelspec({ prefix }, library);
  const { JUPYTER_PATH } = process.env;
  const widgets = onlyTells(words) ? undefined : labWidgets(program, join(cacheFolder(), "lab-widgets"), findPython);
  const folders = [prefix, ...(widgets === undefined ? [] : [widgets])].map((folder) =>
    join(folder, "share", "jupyter"),
  );
  const paths = [...folders, ...(JUPYTER_PATH ? [JUPYTER_PATH] : [])];
  const env = { ...process.env, JUPYTER_PATH: paths.join(delimiter) };
  const lab = spawn(program, withFirstNotebook(words, library), { stdio: "inherit", env });
  // Ctrl+C reaches JupyterLab too, which asks before it ends.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => lab.kill(signal));
  return new Promise((resolve, reject) => {
    lab.once("error", reject);
    lab.once("exit", (code) => resolve(code ?? 1));
  });
}

/** The cache folder: `GRADBOOK_CACHE`, else the user's cache folder of this system (`XDG_CACHE_HOME` on Linux). */
function cacheFolder(): string {
  return resolve(process.env.GRADBOOK_CACHE || envPaths("gradbook", { suffix: "" }).cache);
}

function isThere(program: string): boolean {
  return spawnSync(program, ["--version"], { stdio: "ignore" }).status === 0;
}

/** The full path of the first of these programs that answers. (The system's own search ends at a folder it cannot look into.) */
function find(...names: string[]): string | undefined {
  const found = names.flatMap((name) => which.sync(name, { all: true, nothrow: true }) ?? []);
  return found.find(isThere);
}

const findPython = () => find("python3", "python", "py");

/** Makes a Python environment with JupyterLab in `folder`, unless it is there; gives the program to start. */
function setUpLab(folder: string): string {
  const windows = process.platform === "win32";
  const scripts = join(folder, windows ? "Scripts" : "bin");
  const lab = join(scripts, windows ? "jupyter-lab.exe" : "jupyter-lab");
  const whole = join(folder, "whole");
  if (existsSync(whole) && isThere(lab)) return lab;
  const python = findPython();
  if (python === undefined) {
    throw new Error(
      "Expected JupyterLab, or Python 3 to set it up with, received neither: install one of them (jupyter.org/install).",
    );
  }
  console.log(`Setting up JupyterLab in ${folder}, once …`);
  rmSync(whole, { force: true });
  run(python, ["-m", "venv", "--clear", folder]);
  run(join(scripts, windows ? "python.exe" : "python"), ["-m", "pip", "install", "--quiet", requirement]);
  writeFileWhole(whole, `${requirement}\n`);
  return lab;
}

/** Runs a command that sets JupyterLab up. @throws Error where it fails. */
function run(command: string, args: string[]): void {
  const { status, error, stderr } = spawnSync(command, args, {
    stdio: ["ignore", "inherit", "pipe"],
    encoding: "utf8",
    env: { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: "1" },
  });
  if (status === 0) return;
  const received = error?.message ?? stderr.trim();
  throw new Error(
    `Expected to set up JupyterLab by ${command} ${args.join(" ")}, received: ${received}\nMend this, or install JupyterLab yourself.`,
  );
}
