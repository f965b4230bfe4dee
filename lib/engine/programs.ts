/** Finds and runs the other programs that setting up an engine needs: Python with pip, a C++ compiler, tar, strip. */
import { type SpawnOptions, spawn, spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Whether it can be run; a file that cannot be looked at, as in a folder that may not be entered, cannot be run either. */
function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The full path of the first of these programs found on `PATH`, or `undefined`. */
export function findProgram(...names: string[]): string | undefined {
  const endings = process.platform === "win32" ? (process.env.PATHEXT ?? ".EXE;.CMD;.BAT").split(";") : [""];
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return names
    .flatMap((name) => folders.flatMap((folder) => endings.map((ending) => join(folder, name + ending))))
    .find(isExecutable);
}

/** The lines of a program's output that say what went wrong: at most three errors, else the last three lines. */
function gist(text: string): string {
  const lines = text.trim().split(/\r?\n/);
  const errors = lines.filter((line) => /^\S*error: |: (fatal )?error: /i.test(line));
  return (errors.length > 0 ? errors.slice(0, 3) : lines.slice(-3)).join(" ");
}

/**
 * Runs a program to its end without a shell.
 * @returns what it wrote to standard output
 * @throws Error with the gist of what it wrote when it cannot be started or its exit code is not 0
 */
export async function run(program: string, args: string[], options: SpawnOptions = {}): Promise<string> {
  const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let errors = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const status = await new Promise<number | string>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? signal ?? "an unknown end"));
  });
  if (status === 0) return output;
  throw failure(program, args, status, errors || output);
}

/** As `run`, while this process waits. */
export function runNow(program: string, args: string[], env: NodeJS.ProcessEnv): string {
  const { status, signal, error, stdout, stderr } = spawnSync(program, args, { env, encoding: "utf8" });
  if (error !== undefined) throw error;
  if (status === 0) return stdout;
  throw failure(program, args, status ?? signal ?? "an unknown end", stderr || stdout);
}

function failure(program: string, args: string[], status: number | string, text: string): Error {
  const words = gist(text);
  const said = words === "" ? "" : `: ${words}`;
  return new Error(`${program} ${args[0] ?? ""}: expected exit code 0, received ${status}${said}`);
}

/** A Python that has pip: the program, and a line about it for people. */
export interface Python {
  program: string;
  description: string;
}

/** Finds a Python 3 with pip; else says in words what is missing. */
export async function findPython(): Promise<Python | string> {
  const missing: string[] = [];
  for (const name of ["python3", "python", "py"]) {
    const program = findProgram(name);
    if (program === undefined) continue;
    try {
      const description = await run(program, ["-m", "pip", "--version"]);
      return { program, description: `${program}, ${description.trim()}` };
    } catch (error) {
      missing.push((error as Error).message);
    }
  }
  return missing.length === 0 ? "no Python found" : `no Python with pip found (${missing.join("; ")})`;
}

/** The C++ compiler, or `undefined`. */
export const findCompiler = (): string | undefined => findProgram("g++", "c++", "clang++");
