/**
 * What JupyterLab's page needs to show widgets: the extensions jupyterlab_widgets (sliders and their like) and anywidget (widgets of
 * one's own). What a JupyterLab has is used as it is; what it lacks is put into a folder of its own.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeFileWhole } from "./write-file.js";

/** What pip is asked for, and where it then lies below `share/jupyter`. */
const extensions = [
  { requirement: "jupyterlab_widgets>=3,<4", path: join("labextensions", "@jupyter-widgets", "jupyterlab-manager") },
  { requirement: "anywidget>=0.9,<1", path: join("labextensions", "anywidget") },
];

/**
 * Puts the extensions that the JupyterLab of `program` lacks into `folder`, unless they are there, by the Python that `findPython` finds; gives the prefix
 * under which JupyterLab finds them, undefined where it lacks none. Where they cannot be had, that is said: all else works without.
 */
export function labWidgets(program: string, folder: string, findPython: () => string | undefined): string | undefined {
  const beside = `${folder}.${process.pid}`;
  try {
    const has = dataFolders(program);
    const missing = extensions.filter(({ path }) => !has.some((each) => existsSync(join(each, path))));
    if (missing.length === 0) return undefined;
    const asked = missing.map(({ requirement }) => `${requirement}\n`).join("");
    const whole = join(folder, "whole");
    if (existsSync(whole) && readFileSync(whole, "utf8") === asked) return folder;
    console.log(`Fetching what shows widgets in JupyterLab into ${folder}, once …`);
    const python = findPython();
    if (python === undefined) throw new Error("there is no Python.");
    fetchInto(beside, python, asked.trim().split("\n"));
    writeFileWhole(join(beside, "whole"), asked);
    rmSync(folder, { recursive: true, force: true });
    renameSync(beside, folder);
    return folder;
  } catch (error) {
    const { message } = error as Error;
    console.log(
      `Sliders and other widgets will not show: ${message}\n\`pip install ipywidgets anywidget\` beside JupyterLab mends it.`,
    );
    if (existsSync(beside)) rmSync(beside, { recursive: true, force: true });
    return undefined;
  }
}

/** Where JupyterLab looks for extensions, as the `jupyter` beside it says. */
function dataFolders(program: string): string[] {
  const jupyter = join(dirname(realpathSync(program)), process.platform === "win32" ? "jupyter.exe" : "jupyter");
  const { status, stdout } = spawnSync(jupyter, ["--paths", "--json"], { encoding: "utf8" });
  return status === 0 ? (JSON.parse(stdout) as { data: string[] }).data : [];
}

/** Without a network it gives up soon: each start tries again. @throws Error for what went wrong. */
function fetchInto(folder: string, python: string, requirements: readonly string[]): void {
  const soon = ["--retries", "0", "--timeout", "10"];
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...soon, "--no-deps"];
  const args = [...pip, "--target", folder, ...requirements];
  const { status, stderr, error } = spawnSync(python, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(error?.message ?? stderr.trim());
}
