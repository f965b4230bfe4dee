/**
 * The Python side of the bench: an environment with numpy, PyTorch and pandas, made once in the user's cache folder, and one
 * process in it that waits for calls. It stays alive from the first round to the last, so that rounds of Python and of Node
 * can alternate. A call is a line of JSON, {call, arguments}, and so is its answer, {result} or {error}: see `python/serve.py`.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "gradbook-engine/setup/paths";

const packages = ["torch==2.13.0", "pandas==2.3.3", "polars==2.1.0", "numpy", "threadpoolctl"];

/** What can go to Python and back. */
type Json = string | number | boolean | null | undefined | readonly Json[] | { readonly [key: string]: Json };

/** The Python process. */
export class Python {
  readonly #lines: AsyncIterator<string>;

  private constructor(
    /** The interpreter. */
    readonly command: string,
    readonly child: ChildProcess,
    lines: Interface,
  ) {
    this.#lines = lines[Symbol.asyncIterator]();
  }

  /** Starts the process in the environment, which is made first where there is none. @throws Error with the reason */
  static async start(): Promise<Python> {
    const script = fileURLToPath(new URL("../../bench/python/serve.py", import.meta.url));
    const command = environment();
    const child = spawn(command, ["-u", script], { stdio: ["pipe", "pipe", "inherit"] });
    return new Python(command, child, createInterface({ input: child.stdout! }));
  }

  /** Calls `python/MODULE.py`'s function: "MODULE.FUNCTION". @throws Error with Python's traceback */
  async call<Result>(call: string, args: Json): Promise<Result> {
    this.child.stdin!.write(`${JSON.stringify({ call, arguments: args })}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`Expected an answer to ${call}, received the end of the Python process.`);
    const { result, error } = JSON.parse(value) as { result: Result; error?: string };
    if (error !== undefined) throw new Error(`Python failed in ${call}:\n${error}`);
    return result;
  }

  /** Ends the process. */
  end(): void {
    this.child.stdin!.end();
  }
}

/** The interpreter of the environment. */
function environment(): string {
  const folder = join(cacheFolder(), "bench", "python");
  const windows = process.platform === "win32";
  const own = join(folder, windows ? "Scripts" : "bin", windows ? "python.exe" : "python");
  const whole = join(folder, `${packages.join(" ")}.whole`);
  if (existsSync(whole)) return own;
  const python = ["python3", "python", "py"].find((name) => spawnSync(name, ["--version"]).status === 0);
  if (python === undefined) throw new Error("there is no Python 3");
  console.error(`Setting up ${packages.join(", ")} for the comparison, once, in ${folder} …`);
  mkdirSync(folder, { recursive: true });
  run(python, "-m", "venv", "--clear", folder);
  run(own, "-m", "pip", "install", "--quiet", ...packages);
  writeFileSync(whole, "");
  return own;
}

function run(command: string, ...words: string[]): void {
  const { status, stderr, error } = spawnSync(command, words, { encoding: "utf8" });
  if (status === 0) return;
  const reason = error?.message ?? stderr.trim().split("\n").at(-1);
  throw new Error(`${words.join(" ")} failed: ${reason}`);
}
