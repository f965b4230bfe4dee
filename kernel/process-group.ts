/**
 * The kernel's process group: TypeScript, the processes that cells have started, and those that these have started in their
 * turn. Whatever way the kernel ends, they end with it. What was started `detached` has left the group and stays.
 *
 * Windows has no such groups; there Node itself ends the children of a process that has ended, see `interpreter/children.ts`.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";

const isWindows = process.platform === "win32";

/**
 * A shell that waits for the end of the kernel, whose number it is given: its stdin ends with it, and so does its being the
 * shell's parent. Then the group is asked to end, and 2 seconds later ended. The shell is in it, and goes last: so nobody else
 * can get the group's number meanwhile.
 */
const script = `
exec 2>/dev/null
cd /
trap "" HUP INT QUIT TERM
parent() { cut -d " " -f 4 /proc/$$/stat || ps -o ppid= -p $$; }
read -r _
n=0; while [ "$(parent)" -eq "$0" ] && [ $((n += 1)) -le 100 ]; do sleep 0.1; done
kill -TERM "-$0"; sleep 2; kill -KILL "-$0"
`;

/** Ends the group behind this process, its leader, be that killed or not. `onError` is told where there is no shell to do it. */
export function endGroupBehind(onError: (error: Error) => void): void {
  if (isWindows) return;
  const shell = spawn("/bin/sh", ["-c", script, String(process.pid)], { stdio: ["pipe", "ignore", "ignore"] });
  shell.on("error", onError);
  shell.unref();
  (shell.stdin as Socket).unref();
}

/** Whether this process leads a group. Jupyter, and our own client, start kernels so. */
export function leadsGroup(): boolean {
  try {
    return isWindows || process.kill(-process.pid, 0);
  } catch {
    return false;
  }
}

/** Runs this command line once more, as the leader of a group, and ends as that does. */
export async function runAsLeader(): Promise<never> {
  // When this process is gone, the leader ends.
  const env = { ...process.env, JPY_PARENT_PID: process.env.JPY_PARENT_PID || String(process.pid) };
  const words = [...process.execArgv, ...process.argv.slice(1)];
  const leader = spawn(process.execPath, words, { stdio: "inherit", detached: true, env });
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, () => leader.kill(signal));
  const [code, signal] = (await once(leader, "exit")) as [number | null, NodeJS.Signals | null];
  for (const each of signals) process.removeAllListeners(each);
  if (signal) process.kill(process.pid, signal);
  return process.exit(code ?? 1);
}
