/** The Jupyter protocol as a front end sees it, spoken by a running kernel. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Dealer, Subscriber } from "zeromq";
import type { KernelProcess } from "../../kernel/client/kernel-process.js";
import { startKernel } from "../../kernel/client/kernel-process.js";
import { endpoint, readConnectionFile } from "../../kernel/wire/connection-file.js";
import { decode, encode } from "../../kernel/wire/frames.js";
import { createMessage, type Message } from "../../kernel/wire/message.js";
import { temporaryFolder } from "../helpers/folder.js";
import { builtKernel, kernelOfThisTest, run, startTestKernel } from "../helpers/kernel.js";
import { checkMessage } from "../helpers/protocol-schema.js";

let kernel: KernelProcess;
beforeAll(async () => {
  kernel = await startTestKernel();
});
afterAll(() => kernel.kill());

/** Starts a cell and waits until its code runs; `done` is its end. */
async function started({ client }: KernelProcess, code: string) {
  const running = new Promise<void>((resolve) => {
    client.on("message", ({ content }) => {
      if (String(content.text).startsWith("running\n")) resolve();
    });
  });
  const done = client.execute(`console.log("running"); ${code}`).done();
  await running;
  return { done };
}

/** Sends requests behind a cell that runs until all of them are there, whatever comes between two of them; gives their ends. */
async function queued<End>({ client }: KernelProcess, send: () => Promise<End>[]): Promise<End[]> {
  const folder = temporaryFolder();
  const go = JSON.stringify(join(folder.path, "go"));
  void client.execute(`while (!require("node:fs").existsSync(${go})) await new Promise((on) => setTimeout(on, 5));`);
  const ends = send();
  await client.request("shell", "kernel_info_request", {}); // It has arrived behind them.
  folder.write("go", "");
  return Promise.all(ends);
}

/** The states that the kernel tells, each with the type of its request, up to the end of the next request of a type. */
function statesUntilIdleOf({ client }: KernelProcess, msg_type: string): Promise<string[]> {
  const seen: string[] = [];
  return new Promise((resolve) => {
    const listen = ({ header, parent_header, content }: Message) => {
      if (header.msg_type !== "status") return;
      seen.push(`${content.execution_state} ${parent_header.msg_type}`);
      if (seen.at(-1) !== `idle ${msg_type}`) return;
      client.off("message", listen);
      resolve(seen);
    };
    client.on("message", listen);
  });
}

const states = (messages: Message[]) =>
  messages.filter(({ header }) => header.msg_type === "status").map(({ content }) => content.execution_state);

describe("the kernel survives", () => {
  it("a message with a wrong signature, and does not answer it", async () => {
    const connection = readConnectionFile(kernel.connectionFile);
    const socket = new Dealer({ linger: 0, receiveTimeout: 200 });
    socket.connect(endpoint(connection, "shell"));
    await socket.send(encode("another key", createMessage("intruder", "kernel_info_request", {})));
    await expect(socket.receive()).rejects.toThrow();
    socket.close();
    expect((await run(kernel, "1")).text).toBe("1");
  });

  it("a message that comes twice, on whatever channel, and runs it once", async () => {
    let log = "";
    const own = await kernelOfThisTest({ onStderr: (text) => (log += text) });
    const connection = readConnectionFile(own.connectionFile);
    await run(own, "let times = 0");
    const content = { code: "times += 1", silent: false, store_history: true, user_expressions: {} };
    const frames = encode(connection.key, createMessage("recorded", "execute_request", content));
    const send = async (channel: "shell" | "control") => {
      const socket = new Dealer({ linger: 1000 });
      socket.connect(endpoint(connection, channel));
      await socket.send(frames);
      return socket;
    };
    const first = await send("shell");
    await first.receive();
    const others = [await send("shell"), await send("control")];
    await expect.poll(() => log.match(/was dropped\. Expected a message that is new/g)).toHaveLength(2);
    for (const socket of others) {
      socket.receiveTimeout = 200;
      await expect(socket.receive()).rejects.toThrow();
    }
    for (const socket of [first, ...others]) socket.close();
    expect((await run(own, "times")).text).toBe("1");
  });

  it("a request of a type it does not know", async () => {
    await kernel.client.send("shell", "no_such_request", {});
    await kernel.client.send("control", "debug_request", { command: "attach" });
    expect((await run(kernel, "2")).text).toBe("2");
  });

  it("requests whose content is not as the protocol has it", async () => {
    const bad = { complete_request: {}, inspect_request: { code: 5, cursor_pos: "x" }, execute_request: {} };
    for (const [type, content] of Object.entries(bad)) {
      const reply = await kernel.client.request("shell", type, content);
      expect(reply.content).toMatchObject({ status: "error", evalue: expect.stringContaining("Expected code") });
    }
    expect((await run(kernel, "3")).text).toBe("3");
  });

  it("requests for subshells, which it does not claim to have, with an error instead of silence", async () => {
    expect((await kernel.client.kernelInfo()).supported_features).not.toContain("kernel subshells");
    for (const verb of ["create", "list", "delete"]) {
      const { content } = await kernel.client.request("control", `${verb}_subshell_request`, { subshell_id: "s" });
      expect(content).toMatchObject({ status: "error", evalue: expect.stringContaining("without subshells") });
    }
  });

  it("a comm nobody serves: it is closed", async () => {
    const closed = new Promise<Message>((resolve) => {
      kernel.client.on("message", (message) => message.header.msg_type === "comm_close" && resolve(message));
    });
    await kernel.client.send("shell", "comm_open", { comm_id: "c1", target_name: "none", data: {} });
    expect((await closed).content.comm_id).toBe("c1");
  });
});

describe("a front end that begins to listen", () => {
  it.each(["", "status"])("to the topic %j is welcomed, with that topic", async (topic) => {
    const socket = new Subscriber({ linger: 0 });
    socket.subscribe(topic, "iopub_welcome");
    socket.connect(endpoint(readConnectionFile(kernel.connectionFile), "iopub"));
    const welcomed: unknown[] = [];
    for await (const frames of socket) {
      const { message } = decode(readConnectionFile(kernel.connectionFile).key, frames);
      checkMessage(message, "iopub");
      if (message.header.msg_type === "iopub_welcome") welcomed.push(message.content.subscription);
      if (welcomed.includes(topic)) break;
    }
    socket.close();
  });
});

describe("an execute_request", () => {
  it("is framed by busy and idle, with its input first and its result last", async () => {
    const { types, messages } = await run(kernel, "console.log('a'); display('b'); 'c'");
    expect(types).toEqual(["status", "execute_input", "stream", "display_data", "execute_result", "status"]);
    expect(states(messages)).toEqual(["busy", "idle"]);
  });

  it("counts executions, but not silent ones, those without history, and empty ones", async () => {
    const first = (await run(kernel, "1")).reply.execution_count;
    const silent = await run(kernel, "console.log('heard'); 1", { silent: true });
    expect(silent.types).toEqual(["status", "stream", "status"]);
    await run(kernel, "1", { store_history: false });
    await run(kernel, "  \n");
    expect((await run(kernel, "1")).reply.execution_count).toBe(first + 1);
  });

  it("evaluates what the front end asks for behind the cell", async () => {
    const user_expressions = { sum: "a1 + 1", wrong: "nowhere" };
    const { reply } = await run(kernel, "const a1 = 2", { user_expressions });
    expect(reply.user_expressions).toMatchObject({
      sum: { status: "ok", data: { "text/plain": "3" }, metadata: {} },
      wrong: { status: "error", ename: "TypeScriptError" },
    });
  });

  it("that fails aborts those that wait behind it", async () => {
    const codes = ["throw new Error('stop')", "globalThis.ran = true", "1"];
    const outcomes = await queued(kernel, () => codes.map((code) => kernel.client.execute(code).done()));
    expect(outcomes.map(({ reply }) => reply.status)).toEqual(["error", "aborted", "aborted"]);
    expect(states(outcomes[2]!.messages)).toEqual(["busy", "idle"]);
    expect((await run(kernel, "'ran' in globalThis")).text).toBe("false");
  });

  it("that does not check aborts those that wait behind it too", async () => {
    const codes = ["nowhere", "1", "2"];
    const outcomes = await queued(kernel, () => codes.map((code) => kernel.client.execute(code).done()));
    expect(outcomes.map(({ reply }) => reply.status)).toEqual(["error", "aborted", "aborted"]);
  });

  it("that fails aborts them where the request says nothing of it, too", async () => {
    const codes = ["throw new Error('stop')", "1"];
    const request = (code: string) => kernel.client.request("shell", "execute_request", { code });
    const replies = await queued(kernel, () => codes.map(request));
    expect(replies.map(({ content }) => content.status)).toEqual(["error", "aborted"]);
  });

  it("that fails with stop_on_error: false aborts nothing", async () => {
    const codes = ["throw new Error('go on')", "5"];
    const options = { stop_on_error: false };
    const outcomes = await queued(kernel, () => codes.map((code) => kernel.client.execute(code, options).done()));
    expect(outcomes.map(({ reply }) => reply.status)).toEqual(["error", "ok"]);
  });
});

describe("while a cell blocks", () => {
  it("the heartbeat, completion and other requests are answered, and the kernel stays busy", async () => {
    const { done: cell } = await started(kernel, "while (true) {}");
    const broadcasts = statesUntilIdleOf(kernel, "comm_info_request");
    await kernel.client.heartbeat();
    expect((await kernel.client.complete("Math.ma")).matches).toEqual(["max"]);
    expect((await kernel.client.isComplete("(")).status).toBe("incomplete");
    await kernel.client.request("shell", "comm_info_request", {});
    const seen = await broadcasts;
    await kernel.client.interrupt();
    expect((await cell).reply.ename).toBe("Interrupted");
    for (const request of ["complete_request", "is_complete_request"]) {
      expect(seen[seen.indexOf(`idle ${request}`) + 1]).toBe("busy execute_request");
    }
  });
});

describe("an interrupt", () => {
  it.each([
    ["a loop", "let kept1 = 'there'; while (true) {}", "kept1"],
    ["a loop behind an await", "let kept2 = 'there'; await null; while (true) {}", "kept2"],
    ["a loop behind a timer", "let kept3 = 'there'; await new Promise((go) => setTimeout(go, 1)); for (;;);", "kept3"],
    ["an await that never ends", "let kept4 = 'there'; await new Promise(() => {})", "kept4"],
    ["a loop that prints", "let kept5 = 'there'; while (true) console.log('again')", "kept5"],
    ["a loop in a display method", "({ [Symbol.for('Jupyter.display')]() { for (;;); } })", "'there'"],
    [
      "a display that never comes",
      "display({ [Symbol.for('Jupyter.display')]: () => new Promise(() => {}) })",
      "'there'",
    ],
  ])("stops %s and keeps the variables", async (_, code, name) => {
    const { done } = await started(kernel, code);
    await kernel.client.interrupt();
    const { reply, messages } = await done;
    expect(reply).toMatchObject({ status: "error", ename: "Interrupted" });
    expect(messages.some(({ header }) => header.msg_type === "error")).toBe(true);
    const after = await run(kernel, `console.log('still here'); ${name}`);
    expect([after.stdout, after.text]).toEqual(["still here\n", "'there'"]);
  });

  it("of nothing is answered", async () => {
    await kernel.client.interrupt();
    expect((await run(kernel, "4")).text).toBe("4");
  });
});

describe("a request about the language", () => {
  it("kernel_info has the true versions", async () => {
    const info = await kernel.client.kernelInfo();
    expect(info).toMatchObject({ implementation: "gradbook", protocol_version: "5.4" });
    expect(info.language_info).toMatchObject({ name: "typescript", version: "7.0.2", file_extension: ".ts" });
    expect(info.banner).toContain(`Node ${process.versions.node}`);
  });

  it("is_complete tells what a console should do on Enter", async () => {
    const ask = async (code: string) => await kernel.client.isComplete(code);
    expect(await ask("1 + 1")).toEqual({ status: "complete" });
    expect(await ask("  if (x) {")).toEqual({ status: "incomplete", indent: "    " });
    expect(await ask("f(")).toEqual({ status: "incomplete", indent: "  " });
    expect(await ask("f(\n  [1,")).toEqual({ status: "incomplete", indent: "  " });
    expect(await ask("x y")).toEqual({ status: "invalid" });
    expect(await ask("Math.max?")).toEqual({ status: "complete" });
    const { content } = await kernel.client.request("shell", "is_complete_request", { code: 5 });
    expect(content).toEqual({ status: "unknown" });
  });

  it("complete counts in code points and knows earlier cells", async () => {
    await run(kernel, "const holiday = { beach: 1, bear: 2 }");
    expect(await kernel.client.complete("'😀'; holiday.be")).toMatchObject({
      matches: ["beach", "bear"],
      cursor_start: 13,
      cursor_end: 15,
    });
    expect((await kernel.client.complete("holid")).matches).toEqual(["holiday"]);
    expect((await kernel.client.complete("const half = [1].ma", 19)).matches).toContain("map");
  });

  it("inspect tells a name's type and comment", async () => {
    await run(kernel, "/** How far it is. */\nconst distance = (km: number) => km");
    const { found, data } = await kernel.client.inspect("1 + distance(5)", 6);
    expect([found, data["text/plain"]]).toEqual([true, "distance: (km: number) => number\n\nHow far it is."]);
    expect(data["text/markdown"]).toBe("```typescript\ndistance: (km: number) => number\n```\n\nHow far it is.");
    expect((await kernel.client.inspect("distance(Math.max(1), ")).data).toEqual(data);
    expect(await kernel.client.inspect("   ", 1)).toMatchObject({ found: false, data: {} });
  });

  it("history has this session's cells, comm_info no comms", async () => {
    await run(kernel, "'remember me'");
    const history = await kernel.client.request("shell", "history_request", {
      output: false,
      raw: true,
      hist_access_type: "tail",
      n: 1,
    });
    expect(history.content.history).toMatchObject([[1, expect.any(Number), "'remember me'"]]);
    expect((await kernel.client.request("shell", "comm_info_request", {})).content).toMatchObject({ comms: {} });
  });
});

describe("the end", () => {
  it.each([
    ["an idle kernel", "1"],
    ["a kernel with timers", "setInterval(() => {}, 1)"],
  ])("of %s comes with exit code 0", async (_, code) => {
    const own = await kernelOfThisTest();
    await run(own, code);
    expect(await own.shutdown()).toBe(0);
  });

  it("of a kernel in a loop comes with exit code 0, and its request is answered", async () => {
    const own = await kernelOfThisTest();
    const { done } = await started(own, "while (true) {}");
    expect(await own.shutdown()).toBe(0);
    expect((await done).reply.ename).toBe("Interrupted");
  });

  it("of the process that started it ends the kernel", async () => {
    const parent = new URL("../helpers/kernel-parent.mjs", import.meta.url);
    const child = spawn(process.execPath, [fileURLToPath(parent), JSON.stringify(builtKernel)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const pid = Number(await new Promise((resolve) => child.stdout.once("data", resolve)));
    process.kill(pid, 0);
    child.kill("SIGKILL");
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  it("comes with a message when the connection file cannot be read", async () => {
    const command = builtKernel.map((part) => part.replace("{connection_file}", "no-such-file.json"));
    await expect(startKernel({ command })).rejects.toThrow(/\(1\).*Expected a connection file, received no-such-file/s);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
