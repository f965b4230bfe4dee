/**
 * How Jupyter finds and starts this kernel: `gradbook install` writes a folder with a `kernel.json` and a logo where
 * Jupyter looks, `gradbook uninstall` removes it.
 * Source: "Kernel specs", jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { protocolVersion } from "./wire/message.js";
import { writeFileWhole } from "./write-file.js";

/** The name of the kernel in notebook files and the title of its tile in Jupyter. */
export const kernelName = "gradbook";
export const displayName = "TypeScript (Gradbook)";

/**
 * The command line that starts this package's kernel with the Node of this process; cells may import the package in the folder
 * `library` from anywhere. An interrupt ends a timer's loop without
 * the steps by which Node keeps the ids of asynchronous work; where Node checks these ids, it ends the process over that.
 */
export function kernelCommand(library?: string): string[] {
  return [
    process.execPath,
    "--no-force-async-hooks-checks",
    fileURLToPath(new URL("main.js", import.meta.url)),
    "kernel",
    "--connection-file",
    "{connection_file}",
    ...(library === undefined ? [] : ["--library", library]),
  ];
}

/** Where to install; the default is the user's own Jupyter folder. At most one may be given. */
export interface Place {
  /** Into the active Python environment (a virtual environment, or that of the `python3` on the PATH). */
  sysPrefix?: boolean;
  /** Into `DIR/share/jupyter`. */
  prefix?: string;
}

/**
 * Writes the kernelspec of a kernel with the library in the folder `library`; gives its folder. An earlier one of this name is
 * replaced.
 * @throws Error instead of taking the library from a kernel that has one.
 */
export async function installKernelspec(place: Place = {}, library?: string): Promise<string> {
  const folder = specFolder(place);
  const installed = library ?? libraryOf(join(folder, "kernel.json"));
  if (installed !== library) {
    throw new Error(
      `Expected no kernel with a library in ${folder}, received the one of ${installed}: keep it, name the library by ` +
        "--library FOLDER, or uninstall it first.",
    );
  }
  const spec = {
    argv: kernelCommand(library),
    display_name: displayName,
    language: "typescript",
    interrupt_mode: "message",
    kernel_protocol_version: protocolVersion,
    metadata: { debugger: true },
  };
  const { logoFiles } = await import("./logo.js");
  for (const [name, content] of Object.entries(logoFiles())) writeFileWhole(join(folder, name), content);
  // Last: with it the kernel is installed.
  writeFileWhole(join(folder, "kernel.json"), `${JSON.stringify(spec, null, 2)}\n`);
  return folder;
}

/** Removes the kernelspec; gives the folder it was in. @throws Error when it is not there. */
export function uninstallKernelspec(place: Place = {}): string {
  const folder = specFolder(place);
  if (!existsSync(folder)) {
    throw new Error(
      `Expected the installed kernel in ${folder}, received nothing there: name the place it was installed to.`,
    );
  }
  rmSync(folder, { recursive: true });
  return folder;
}

/** The library that the kernelspec in `file` names; undefined without one. */
function libraryOf(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  const { argv = [] } = JSON.parse(readFileSync(file, "utf8")) as { argv?: string[] };
  const at = argv.indexOf("--library");
  return at < 0 ? undefined : argv[at + 1];
}

function specFolder({ sysPrefix = false, prefix }: Place): string {
  if (sysPrefix && prefix !== undefined) {
    throw new Error("Expected --sys-prefix or --prefix DIR, received both: choose one.");
  }
  if (sysPrefix) return join(pythonPrefix(), "share", "jupyter", "kernels", kernelName);
  if (prefix !== undefined) return join(resolve(prefix), "share", "jupyter", "kernels", kernelName);
  return join(userDataFolder(), "kernels", kernelName);
}

/** Jupyter's data folder of this user. Source: docs.jupyter.org/en/latest/use/jupyter-directories.html. */
function userDataFolder(): string {
  const { JUPYTER_DATA_DIR, XDG_DATA_HOME, APPDATA } = process.env;
  if (JUPYTER_DATA_DIR) return JUPYTER_DATA_DIR;
  if (process.platform === "darwin") return join(homedir(), "Library", "Jupyter");
  if (process.platform === "win32") return join(APPDATA || join(homedir(), "AppData", "Roaming"), "jupyter");
  return join(XDG_DATA_HOME || join(homedir(), ".local", "share"), "jupyter");
}

function pythonPrefix(): string {
  const { VIRTUAL_ENV, CONDA_PREFIX } = process.env;
  const active = VIRTUAL_ENV || CONDA_PREFIX;
  if (active) return active;
  const { stdout, status } = spawnSync("python3", ["-c", "import sys; print(sys.prefix)"], { encoding: "utf8" });
  if (status !== 0)
    throw new Error(
      "Expected a Python environment for --sys-prefix, received none: activate one, or use --prefix DIR.",
    );
  return stdout.trim();
}
