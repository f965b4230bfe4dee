/**
 * TypeScript's own process, and questions to it: JSON-RPC over its stdin and stdout, with the header lines of the language
 * server protocol. The client that comes with TypeScript is not used, because it takes longer to load than a kernel
 * should to start, and never tells that the process has ended. The API is called unstable: hence the exact version in
 * package.json.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { isBundled, libFolder } from "./typings.js";

const executable = join(libFolder, process.platform === "win32" ? "tsc.exe" : "tsc");
const headEnd = "\r\n\r\n";

/** Why a request has no answer: TypeScript refused it or crashed over it, or its process ended, which is worth another try. */
export class NoAnswer extends Error {
  readonly isWorthRetry: boolean;

  constructor(message: string, isWorthRetry = false) {
    super(message);
    this.isWorthRetry = isWorthRetry;
  }
}

interface Incoming {
  id: number | string;
  /** Of a question of TypeScript's about a file. */
  method?: "readFile" | "fileExists";
  params?: string;
  result?: unknown;
  error?: { message: string };
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** One process of TypeScript. */
export class TypeServer {
  readonly #files: ReadonlyMap<string, string>;
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #pending = new Map<number, Pending>();
  #received: Buffer = Buffer.alloc(0);
  #unsent = "";
  #requests = 0;
  #ended: NoAnswer | undefined;

  /** Starts it in `folder`. What `files` has, by absolute path, goes before what is on disk. */
  constructor(folder: string, files: ReadonlyMap<string, string>) {
    this.#files = files;
    const args = ["--api", "--async", "--cwd", folder, "--callbacks=readFile,fileExists"];
    this.#process = spawn(executable, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.#process.stdout.on("data", (chunk: Buffer) => this.#receive(chunk));
    this.#process.once("error", (error) => this.#end(`TypeScript does not start: ${error.message}.`));
    this.#process.once("exit", (code, signal) => this.#end(`TypeScript's process ended (${signal ?? code}).`));
    // A request to a process that is gone is rejected by its end.
    this.#process.stdin.on("error", () => {});
    // Nobody waits for the answer; where there is none, the next request says so.
    this.request("initialize", null).catch(() => {});
  }

  /** Why it has ended, if it has. */
  get ended(): NoAnswer | undefined {
    return this.#ended;
  }

  /** The answer of TypeScript's API to `method`. @throws NoAnswer */
  request<Result>(method: string, params: object | null): Promise<Result> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = ++this.#requests;
    return new Promise<Result>((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as Pending["resolve"], reject });
      this.#send({ id, method, params });
    });
  }

  /** Ends the process at once, also one that is stopped or busy; requests are rejected with `why`. */
  kill(why: string): void {
    this.#process.kill("SIGKILL");
    this.#end(why, false);
  }

  #end(why: string, isWorthRetry = true): void {
    this.#ended ??= new NoAnswer(why, isWorthRetry);
    for (const { reject } of this.#pending.values()) reject(this.#ended);
    this.#pending.clear();
  }

  #send(message: object): void {
    const text = JSON.stringify({ jsonrpc: "2.0", ...message });
    // Messages that come together are written together: what costs time is to wake the other process.
    if (this.#unsent === "") process.nextTick(() => this.#write());
    this.#unsent += `Content-Length: ${Buffer.byteLength(text)}${headEnd}${text}`;
  }

  #write(): void {
    this.#process.stdin.write(this.#unsent);
    this.#unsent = "";
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    for (;;) {
      const start = this.#received.indexOf(headEnd) + headEnd.length;
      if (start < headEnd.length) return;
      const length = Number(/\d+/.exec(this.#received.toString("latin1", 0, start))![0]);
      if (this.#received.length < start + length) return;
      const text = this.#received.toString("utf8", start, start + length);
      this.#received = this.#received.subarray(start + length);
      this.#take(JSON.parse(text) as Incoming);
    }
  }

  #take({ id, method, params, result, error }: Incoming): void {
    if (method) {
      this.#send({ id, result: this.#answer(method, params!) });
      return;
    }
    const pending = this.#pending.get(Number(id));
    this.#pending.delete(Number(id));
    // Behind the first line of a crash stands where in TypeScript it was.
    if (error) pending?.reject(new NoAnswer(`TypeScript: ${error.message.split("\n")[0]}`));
    else pending?.resolve(result);
  }

  /** `null` sends TypeScript to the disk. */
  #answer(method: "readFile" | "fileExists", file: string): unknown {
    const content = this.#files.get(file) ?? (isBundled(file) ? "" : undefined);
    if (content === undefined) return null;
    return method === "readFile" ? { content } : true;
  }
}
