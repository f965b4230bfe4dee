/**
 * A kernel in a process of its own with a client connected to it: how the runner and the tests start, interrupt and end
 * one. A kernel that dies ends every open request with an error that shows the last lines it wrote.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { kernelCommand } from "../kernelspec.js";
import {
  createConnection,
  newConnectionFile,
  removeConnectionFile,
  writeConnectionFile,
} from "../wire/connection-file.js";
import type { KernelInfoReply, Message } from "../wire/message.js";
import { KernelClient, type ReceivedOn } from "./kernel-client.js";

/** What to start and where. */
export interface StartOptions {
  /** The command line; `{connection_file}` stands for the file's path. Default: this package's own kernel. */
  command?: readonly string[];
  /** The kernel's working directory. Default: the present one. */
  cwd?: string;
  /** Environment variables on top of the present ones. */
  env?: NodeJS.ProcessEnv;
  /** What to do with what the process itself writes to stderr. Default: kept for error messages only. */
  onStderr?: (text: string) => void;
  /** Sees every message from the first on; when it throws, all requests end with that error. */
  onMessage?: (message: Message, channel: ReceivedOn) => void;
  /** Gives up a kernel that has not answered yet when it aborts; its reason is the error. Default: waits as long as it takes. */
  signal?: AbortSignal;
}

/** A running kernel. End it with `shutdown`, or with `kill`. */
export interface KernelProcess {
  client: KernelClient;
  /** The answer to the first `kernel_info_request`. */
  info: KernelInfoReply;
  child: ChildProcess;
  connectionFile: string;
  /** Resolves with the exit code, or with the signal's name, once the process is gone. */
  exited: Promise<number | NodeJS.Signals>;
  /**
   * Asks the kernel to end, waits until its process has, and closes the client; gives the exit code, or "SIGKILL" for a
   * kernel that had to be ended because it was still there after ten seconds.
   */
  shutdown(): Promise<number | NodeJS.Signals>;
  /** Ends the process at once, without asking. */
  kill(): Promise<void>;
}

/**
 * Starts a kernel and waits until it answers.
 * @throws Error with the exit code and the end of stderr, when the process cannot start or ends before it answers; the reason of
 * `signal`, when that aborts first.
 */
export async function startKernel({
  command = kernelCommand,
  cwd,
  env,
  onStderr,
  onMessage,
  signal,
}: StartOptions = {}): Promise<KernelProcess> {
  signal?.throwIfAborted();
  const connection = await createConnection();
  const connectionFile = newConnectionFile();
  writeConnectionFile(connectionFile, connection);
  const [program, ...args] = command.map((part) => part.replace("{connection_file}", connectionFile));
  const child = spawn(program!, args, {
    ...(cwd !== undefined && { cwd }),
    env: { ...process.env, JPY_PARENT_PID: String(process.pid), ...env },
    stdio: ["ignore", "ignore", "pipe"],
    // A group of its own: Ctrl+C in the terminal reaches us, not the kernel, and its children can be ended with it.
    detached: process.platform !== "win32",
  });
  const client = new KernelClient(connection);
  if (onMessage) client.on("message", onMessage);

  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-4000);
    onStderr?.(text);
  });
  const killGroup = () => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    if (process.platform === "win32") child.kill("SIGKILL");
    else process.kill(-child.pid, "SIGKILL");
  };
  // Whoever exits meanwhile leaves neither. A kernel whose parent is killed ends by itself, and takes the file along.
  const onExit = () => {
    killGroup();
    removeConnectionFile(connectionFile);
  };
  process.once("exit", onExit);
  const ended = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? signal!));
  }).catch((error: Error) => {
    stderr += error.message;
    return 1;
  });
  const exited = ended.then(async (code) => {
    // The last lines may still be on their way; a child of the kernel may hold the pipe open for ever.
    if (!child.stderr.closed) await Promise.race([once(child.stderr, "close"), sleep(200, undefined, { ref: false })]);
    await client.receiveRest();
    const said = stderr.trim() === "" ? "It wrote nothing to stderr." : `The end of its stderr:\n${stderr.trim()}`;
    client.fail(new Error(`Expected a running kernel, received the end of its process (${code}). ${said}`));
    process.off("exit", onExit);
    removeConnectionFile(connectionFile);
    return code;
  });
  const kill = async () => {
    killGroup();
    await exited;
    client.close();
  };
  const shutdown = async () => {
    const patience = setTimeout(killGroup, 10_000);
    // The end of the process may be seen before its answer is read, which then fails: `exited` tells all the same.
    await Promise.allSettled([client.shutdown()]);
    const code = await exited;
    clearTimeout(patience);
    client.close();
    return code;
  };
  const giveUp = () => client.fail(signal?.reason);
  signal?.addEventListener("abort", giveUp);
  try {
    return { client, info: await client.ready(), child, connectionFile, exited, shutdown, kill };
  } catch (error) {
    await kill();
    throw error;
  } finally {
    signal?.removeEventListener("abort", giveUp);
  }
}
