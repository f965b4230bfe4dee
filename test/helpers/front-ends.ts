/** The front ends of Jupyter that are written in Python, in one environment with this kernel installed. */
import { spawnSync } from "node:child_process";
import { gradbook } from "./notebook.js";
import { type PythonVenv, pythonVenv } from "./python-venv.js";

let ready: Promise<PythonVenv> | undefined;

/** The environment with JupyterLab, nbclient, nbconvert, papermill and the console; `gradbook` is one of its kernels. */
export function frontEnds(): Promise<PythonVenv> {
  ready ??= prepare();
  return ready;
}

async function prepare(): Promise<PythonVenv> {
  const venv = await pythonVenv("jupyterlab>=4,<5", "papermill>=2.6,<3", "jupyter-console>=6.6,<7");
  const { status, stderr } = gradbook(["install", "--prefix", venv.folder]);
  if (status !== 0) throw new Error(`Expected to install the kernel, received: ${stderr}`);
  return venv;
}

/** Runs `python -m module …` of the environment in `cwd` to its end, with `input` on stdin. */
export function runModule(venv: PythonVenv, cwd: string, args: readonly string[], input = "") {
  const { status, stdout, stderr } = spawnSync(venv.python, ["-m", ...args], {
    cwd,
    env: venv.env,
    encoding: "utf8",
    input,
    maxBuffer: 2 ** 28,
  });
  return { status, stdout, stderr };
}
