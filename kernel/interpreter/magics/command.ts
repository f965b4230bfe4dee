/** Commands that magics run: what they say goes below the cell as it comes, and an interrupt of the cell ends them. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { checkInterrupt } from "../progress-bar.js";

export interface CommandOptions {
  cwd: string;
  /** Whether a shell reads the command, or which. */
  shell?: boolean | string;
  /** What it reads. Default: nothing. */
  input?: string;
}

/** Runs a command to its end; gives its exit code, or the signal that has ended it. @throws Error where there is no such command. */
export async function runCommand(
  command: string,
  words: readonly string[],
  { cwd, shell = false, input = "" }: CommandOptions,
): Promise<number | NodeJS.Signals> {
  const child = spawn(command, words, { cwd, shell });
  const watch = setInterval(() => {
    try {
      checkInterrupt();
    } catch {
      clearInterval(watch);
      if (child.pid !== undefined) endTree(child.pid);
    }
  }, 50);
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => process[name].write(text));
  }
  // A command that ends without reading is no fault.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  try {
    const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    return code ?? signal!;
  } finally {
    clearInterval(watch);
  }
}

/** Ends a process with all that it has started. They stay in the kernel's group, with which they end as well. */
function endTree(pid: number): void {
  if (process.platform === "win32") {
    spawnSync("taskkill", ["/pid", String(pid), "/T", "/F"]);
    return;
  }
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  const rows = stdout.split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  const tree = [pid];
  for (const above of tree) tree.push(...rows.filter(([, parent]) => parent === above).map(([child]) => child!));
  for (const each of tree) {
    try {
      process.kill(each, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
}
