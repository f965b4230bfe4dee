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
  const has = dataFolders(program);
  const missing = extensions.filter(({ path }) => !has.some((each) => existsSync(join(each, path))));
  if (missing.length === 0) return undefined;
  const asked = missing.map(({ requirement }) => `${requirement}\n`).join("");
  const whole = join(folder, "whole");
  if (existsSync(whole) && readFileSync(whole, "utf8") === asked) return folder;
  console.log(`Fetching what shows widgets in JupyterLab into ${folder}, once …`);
  const python = findPython();
  const beside = `${folder}.${process.pid}`;
  const problem = python === undefined ? "there is no Python." : fetchInto(beside, python, asked.trim().split("\n"));
  if (problem !== undefined) {
    rmSync(beside, { recursive: true, force: true });
    console.log(
      `Sliders and other widgets will not show: ${problem}\n\`pip install ipywidgets anywidget\` beside JupyterLab mends it.`,
    );
    return undefined;
  }
  writeFileWhole(join(beside, "whole"), asked);
  rmSync(folder, { recursive: true, force: true });
  renameSync(beside, folder);
  return folder;
}

/** Where JupyterLab looks for extensions, as the `jupyter` beside it says. */
function dataFolders(program: string): string[] {
  const jupyter = join(dirname(realpathSync(program)), process.platform === "win32" ? "jupyter.exe" : "jupyter");
  const { status, stdout } = spawnSync(jupyter, ["--paths", "--json"], { encoding: "utf8" });
  return status === 0 ? (JSON.parse(stdout) as { data: string[] }).data : [];
}

/** Gives what went wrong, if anything. */
function fetchInto(folder: string, python: string, requirements: readonly string[]): string | undefined {
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--target", folder];
  const { status, stderr, error } = spawnSync(python, [...pip, ...requirements], { encoding: "utf8" });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}
