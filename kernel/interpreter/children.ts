/**
 * Child processes that cells start. One that inherits the kernel's own output would write to Jupyter's terminal, where the
 * reader of the notebook does not see it. So `stdio: "inherit"` becomes a pipe whose text goes below the cell; that of the
 * functions that wait (`execSync`, …) comes when they end.
 */
import childProcess, { type ChildProcess } from "node:child_process";
import { syncBuiltinESMExports } from "node:module";

type Sync = "execSync" | "execFileSync" | "spawnSync";
type AnyFunction = (...args: unknown[]) => unknown;
type Stdio = unknown;

interface Result {
  stdout: unknown;
  stderr: unknown;
}

const streams = ["stdout", "stderr"] as const;

/** Changes the functions of `node:child_process`, in place. */
export function captureChildren(): void {
  const functions = childProcess as unknown as { [name: string]: AnyFunction };
  for (const name of ["spawn", "fork"]) {
    const original = functions[name]!;
    functions[name] = (...args) => {
      // `fork` inherits by default.
      const { changed, inherits } = withPipes(
        args,
        name === "fork" ? ["inherit", "inherit", "inherit", "ipc"] : "pipe",
      );
      const child = original(...changed) as ChildProcess;
      for (const stream of streams) {
        if (inherits(stream)) child[stream]?.on("data", (chunk: Buffer) => process[stream].write(chunk));
      }
      return child;
    };
  }
  for (const name of ["execSync", "execFileSync", "spawnSync"] satisfies Sync[]) {
    const original = functions[name]!;
    functions[name] = (...args) => {
      const { changed, inherits } = withPipes(args, undefined);
      if (!inherits("stdout") && !inherits("stderr")) return original(...args);
      const write = (stream: (typeof streams)[number], text: unknown) => {
        if (inherits(stream) && text) process[stream].write(text as Uint8Array);
      };
      try {
        if (name !== "spawnSync") {
          // Without `stdio`, Node itself hands the text of stderr on.
          const result = original(...(inherits("stderr") ? changed.map(withoutStdio) : changed));
          write("stdout", result);
          return inherits("stdout") ? null : result;
        }
        const result = original(...changed);
        const spawned = result as Result;
        for (const stream of streams) {
          write(stream, spawned[stream]);
          if (inherits(stream)) spawned[stream] = null;
        }
        return spawned;
      } catch (error) {
        write("stdout", (error as Partial<Result>).stdout);
        throw error;
      }
    };
  }
  if (process.platform === "win32") endGrandchildren();
  syncBuiltinESMExports();
}

/**
 * With the kernel its children end (`../process-group.ts`). On Windows Node sees to that, but not to what they have started in
 * their turn, a shell's command for example: this is ended here, unless the kernel is killed.
 */
function endGrandchildren(): void {
  const running = new Set<ChildProcess>();
  const { prototype } = childProcess.ChildProcess;
  const spawn = Reflect.get(prototype, "spawn") as (this: ChildProcess, options: { detached?: boolean }) => unknown;
  // All but the functions that wait come through here.
  Reflect.set(prototype, "spawn", function (this: ChildProcess, options: { detached?: boolean }) {
    const result = spawn.call(this, options);
    if (!options.detached) running.add(this);
    this.once("exit", () => running.delete(this));
    return result;
  });
  const { spawnSync } = childProcess;
  process.on("exit", () => {
    for (const { pid } of running) if (pid !== undefined) spawnSync("taskkill", ["/pid", String(pid), "/T", "/F"]);
  });
}

function withoutStdio(arg: unknown): unknown {
  return typeof arg === "object" && arg !== null && "stdio" in arg ? { ...arg, stdio: undefined } : arg;
}

/** The arguments with pipes in place of the kernel's own output, and which of the two streams that concerns. */
function withPipes(args: unknown[], byDefault: Stdio) {
  const at = args.findIndex((arg) => typeof arg === "object" && arg !== null && !Array.isArray(arg));
  const options = (at < 0 ? {} : args[at]) as { stdio?: Stdio };
  const given = options.stdio ?? byDefault;
  const stdio = Array.isArray(given) ? [...given] : [given, given, given];
  const changedStreams = new Set<string>();
  streams.forEach((stream, index) => {
    const value: unknown = stdio[index + 1];
    if (value !== "inherit" && value !== index + 1 && value !== process[stream]) return;
    changedStreams.add(stream);
    stdio[index + 1] = "pipe";
  });
  const inherits = (stream: (typeof streams)[number]) => changedStreams.has(stream);
  if (changedStreams.size === 0) return { changed: args, inherits };
  const changed = [...args];
  const piped = { ...options, stdio };
  if (at < 0) changed.push(piped);
  else changed[at] = piped;
  return { changed, inherits };
}
