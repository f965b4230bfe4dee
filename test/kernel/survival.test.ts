/** What must not take a kernel down or leave it waiting: values that cannot be shown, floods, noise on its sockets, long use. */
import { readFileSync } from "node:fs";
import { createConnection } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Dealer, Subscriber } from "zeromq";
import { KernelClient } from "../../kernel/client/kernel-client.js";
import type { KernelProcess } from "../../kernel/client/kernel-process.js";
import { type Connection, channels, endpoint, readConnectionFile } from "../../kernel/wire/connection-file.js";
import { encode, sign } from "../../kernel/wire/frames.js";
import { createMessage } from "../../kernel/wire/message.js";
import { begin, kernelOfThisTest, run, startTestKernel } from "../helpers/kernel.js";
import { inFull } from "../helpers/long.js";
import { needing } from "../helpers/needs.js";
import { checkMessage } from "../helpers/protocol-schema.js";

let kernel: KernelProcess;
let connection: Connection;
beforeAll(async () => {
  kernel = await startTestKernel();
  connection = readConnectionFile(kernel.connectionFile);
});
afterAll(() => kernel.kill());

const display = 'Symbol.for("Jupyter.display")';

describe("what cannot be shown or sent is an error of its cell", () => {
  it.each([
    [`({ [${display}]: () => ({ "text/plain": () => 1 }) })`, "Expected text for text/plain from the method"],
    [`({ [${display}]: () => ({ "application/json": 10n }) })`, "Expected a value of JSON as application/json"],
    ['await display({ "application/json": { f: 1n } }, { raw: true })', "Expected a value of JSON as application/json"],
    ['await display({ "text/plain": 5 }, { raw: true })', "Expected text for text/plain in display"],
    ["await display(null, { raw: true })", "Expected an object of representations by MIME type in display"],
    ['comms.open("t", { f: 10n })', "Expected a value of JSON as data of a comm"],
    [`({ get [${display}]() { throw new Error("own getter") } })`, "own getter"],
    ['throw new Proxy(new Error(), { get() { throw new Error("trap") } })', "something that cannot be shown"],
    [
      'throw new (class extends Error { get name(): string { throw new Error() } })("m")',
      "something that cannot be shown",
    ],
    ["throw Object.create(null)", "[Object: null prototype] {}"],
  ])("%s", async (code, message) => {
    const { reply } = await run(kernel, `// @ts-nocheck\n${code}`);
    expect(reply).toMatchObject({ status: "error", evalue: expect.stringContaining(message) });
    expect((await run(kernel, "'alive'")).text).toBe("'alive'");
  });
});

describe("noise on the sockets", () => {
  /** Sends raw frames to a channel, as whoever can reach the port may do. */
  async function send(channel: "shell" | "control" | "stdin", messages: Buffer[][]): Promise<void> {
    const socket = new Dealer({ linger: 1000 });
    socket.connect(endpoint(connection, channel));
    for (const frames of messages) await socket.send(frames);
    socket.close();
  }
  const delimiter = Buffer.from("<IDS|MSG>");
  const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array));
  const frame = fc.oneof(
    bytes,
    fc.constant(delimiter),
    fc.json().map((text) => Buffer.from(text)),
  );
  const signed = fc.array(frame, { minLength: 4, maxLength: 6 }).map((parts) => {
    const four = parts.slice(0, 4);
    return [delimiter, Buffer.from(sign(connection.key, four)), ...parts];
  });
  const header = fc.record({
    msg_type: fc.oneof(
      fc.string(),
      fc.constantFrom("constructor", "__proto__", "toString", "comm_msg", "comm_open", "history_request"),
      fc.constantFrom(
        "complete_request",
        "inspect_request",
        "is_complete_request",
        "execute_request",
        "comm_info_request",
      ),
    ),
    content: fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom("code", "cursor_pos", "comm_id", "data")),
      fc.jsonValue(),
    ),
  });

  it("is dropped and logged, and every request is still answered", async () => {
    let log = "";
    const own = await kernelOfThisTest({ onStderr: (text) => (log += text) });
    connection = readConnectionFile(own.connectionFile);
    for (const channel of ["shell", "control", "stdin"] as const) {
      await send(channel, fc.sample(fc.oneof(fc.array(frame, { minLength: 1 }), signed), { numRuns: 200, seed: 1 }));
    }
    const requests = fc
      .sample(header, { numRuns: 200, seed: 2 })
      .map(({ msg_type, content }) =>
        encode(
          connection.key,
          createMessage("s", msg_type, { ...content, stop_on_error: false, code: String(content.code) }),
        ),
      );
    await send("shell", requests);
    await send("control", requests);
    await send("stdin", requests);
    await own.client.heartbeat();
    expect((await run(own, "6 * 7")).text).toBe("42");
    await expect.poll(() => log).toContain("A message on shell was dropped. Expected");
    await expect
      .poll(() => log)
      .toContain("A message of the type constructor was ignored: this kernel does not know it.");
    expect(await own.shutdown()).toBe(0);
  });

  it("that is no ZeroMQ at all is ignored", async () => {
    for (const channel of channels) {
      const port = readConnectionFile(kernel.connectionFile)[`${channel}_port`];
      const socket = createConnection({ port, host: "127.0.0.1" });
      await new Promise((resolve) => socket.once("connect", resolve));
      socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
      await sleep(20);
      socket.destroy();
    }
    expect((await run(kernel, "'alive'")).text).toBe("'alive'");
  });

  needing("Linux")(
    "cannot come from another machine: the sockets are bound to the address of the connection file",
    () => {
      // Each line: local address and port in hexadecimal; 0A is the state "listening".
      const own = Object.values(readConnectionFile(kernel.connectionFile)).filter((value) => Number.isInteger(value));
      const tables = ["tcp", "tcp6"]
        .map((name) => readFileSync(`/proc/${kernel.child.pid}/net/${name}`, "utf8"))
        .join("");
      const listening = tables.split("\n").flatMap((line) => {
        const [, local, , state] = line.trim().split(/\s+/);
        const [address, port] = local?.split(":") ?? [];
        return state === "0A" && own.includes(Number.parseInt(port!, 16)) ? [address] : [];
      });
      expect(listening).toEqual(Array(5).fill("0100007F"));
    },
  );
});

describe("two front ends at once", () => {
  it("are answered each, see each other's cells, and share the variables", async () => {
    const other = new KernelClient(readConnectionFile(kernel.connectionFile));
    other.on("message", checkMessage);
    const seen: unknown[] = [];
    other.on("message", ({ header, content }) => header.msg_type === "execute_input" && seen.push(content.code));
    await other.ready();
    await run(kernel, "let shared = 1");
    const both = [kernel.client, other].flatMap((client) => [1, 2, 3].map(() => client.execute("shared += 1").done()));
    const replies = await Promise.all(both);
    const values = replies.map(({ messages }) => {
      const result = messages.find(({ header }) => header.msg_type === "execute_result");
      return Number((result!.content.data as { "text/plain": string })["text/plain"]);
    });
    expect([...values].sort()).toEqual([2, 3, 4, 5, 6, 7]);
    expect(seen.filter((code) => code === "shared += 1")).toHaveLength(6);
    const question = other.execute("await input('Who? ')", { onInput: () => "the other" }).done();
    const result = (await question).messages.find(({ header }) => header.msg_type === "execute_result");
    expect(result!.content.data).toEqual({ "text/plain": "'the other'" });
    other.close();
  });
});

describe("a flood of output", () => {
  const flood = "const text = 'x'.repeat(100_000) + '\\n';\nwhile (true) process.stdout.write(text);";
  const megabytes = ({ child }: KernelProcess) =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))![1]) / 1024;

  it("does not hinder other requests and ends by an interrupt", async () => {
    const cell = await begin(kernel, flood);
    await kernel.client.heartbeat();
    expect((await kernel.client.complete("Math.ma")).matches).toEqual(["max"]);
    await kernel.client.interrupt();
    expect((await cell.done()).reply.ename).toBe("Interrupted");
  });

  needing("Linux", "all")("waits for a front end that takes it slowly, and fills no memory meanwhile", async () => {
    const own = await kernelOfThisTest();
    const slow = new Subscriber({ linger: 0, receiveHighWaterMark: 2 });
    slow.subscribe();
    slow.connect(endpoint(readConnectionFile(own.connectionFile), "iopub"));
    await slow.receive();
    const before = megabytes(own);
    const cell = own.client.execute(flood);
    cell.reply.catch(() => {});
    await sleep(3000);
    expect(megabytes(own) - before).toBeLessThan(250);
    await own.client.heartbeat();
    // The end does not wait for it.
    expect(await own.shutdown()).toBe(0);
    slow.close();
  });
});

const cellCount = inFull(1000, 200);
it(`memory stays flat over ${cellCount} cells`, { tags: "long" }, async () => {
  const own = await kernelOfThisTest({ env: { NODE_OPTIONS: "--expose-gc" } });
  const heap = async () => Number((await run(own, "gc!(); await null; gc!(); process.memoryUsage().heapUsed")).text);
  const cells = async (count: number) => {
    for (let i = 0; i < count; i++) {
      await run(
        own,
        `const row${i % 7} = { i: ${i}, values: Array.from({ length: 10_000 }, (_, j) => j * ${i}) };\nconsole.log(row${i % 7}.i);\nrow${i % 7}`,
      );
    }
  };
  await cells(cellCount / 5);
  const before = await heap();
  await cells((4 * cellCount) / 5);
  // What stays of each cell: its text, with which its errors are shown, and what V8 keeps of its script.
  const grown = (await heap()) - before;
  expect(grown).toBeLessThan(((4 * cellCount) / 5) * 3000);
});
