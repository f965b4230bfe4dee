/** A Redis server of our own for a test, and workers on it: real processes, all on the loopback address. */
import { type ChildProcess, spawn } from "node:child_process";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "./folder.js";
import { root } from "./needs.js";
import { gradbookCommand } from "./notebook.js";
import { freePort } from "./port.js";

const ended = (child: ChildProcess) =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise<void>((resolve) => child.once("exit", () => resolve()));

/** Resolves when `test` gives true. */
export async function until(test: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await test())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Everything that a process says, and a promise for a certain word of it. */
export class Spoken {
  text = "";

  constructor(readonly child: ChildProcess) {
    const add = (chunk: Buffer) => {
      this.text += chunk;
    };
    child.stdout!.on("data", add);
    child.stderr!.on("data", add);
    onTestFinished(async () => {
      child.kill("SIGKILL");
      await ended(child);
    });
  }

  /** @throws Error when the process ends without having said it. */
  async says(words: string | RegExp): Promise<void> {
    const { child } = this;
    const said = () => this.text.search(words) >= 0;
    await until(() => said() || child.exitCode !== null || child.signalCode !== null);
    if (!said()) throw new Error(`Expected ${words}, received the end of the process and:\n${this.text}`);
  }

  async ends(): Promise<number | null> {
    await ended(this.child);
    return this.child.exitCode;
  }
}

export interface Redis {
  url: string;
  /** Ends the server as a reboot would, and starts it again with what it had written. */
  restart(): Promise<void>;
}

/** Starts a server with a password, which writes every change to its append-only file. */
export async function startRedis(password: string, more: string[] = []): Promise<Redis> {
  const port = await freePort();
  const { path } = temporaryFolder();
  const words = ["--port", `${port}`, "--bind", "127.0.0.1", "--dir", path, "--requirepass", password];
  const start = async () => {
    const child = spawn("redis-server", [
      ...words,
      "--appendonly",
      "yes",
      "--appendfsync",
      "always",
      "--save",
      "",
      ...more,
    ]);
    const server = new Spoken(child);
    await server.says("Ready to accept connections");
    return server;
  };
  let server = await start();
  return {
    url: `redis://:${encodeURIComponent(password)}@127.0.0.1:${port}`,
    async restart() {
      server.child.kill("SIGTERM");
      await server.ends();
      server = await start();
    },
  };
}

/** Starts `gradbook worker` with the address in its environment. */
export function startWorker(url: string, words: string[] = [], cwd = root, env: NodeJS.ProcessEnv = {}): Spoken {
  const args = [gradbookCommand, "worker", "--processes", "1", "--lost-after", "10", ...words];
  return new Spoken(spawn(process.execPath, args, { cwd, env: { ...process.env, ...env, GRADBOOK_REDIS: url } }));
}
