/**
 * The messages that VS Code's Jupyter extension exchanges with a kernel, in its order: it cannot run here.
 * Source: github.com/microsoft/vscode-jupyter, `src/kernels` (raw sessions: the kernel is a child of VS Code's own).
 */
import { execFileSync } from "node:child_process";
import { createConnection } from "node:net";
import type { DebugProtocol } from "@vscode/debugprotocol";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { KernelProcess } from "../../kernel/client/kernel-process.js";
import { readConnectionFile } from "../../kernel/wire/connection-file.js";
import type { DisplayContent, JsonObject, Message } from "../../kernel/wire/message.js";
import { DebugClient } from "../helpers/debug-client.js";
import { run, startTestKernel } from "../helpers/kernel.js";

let kernel: KernelProcess;
beforeAll(async () => {
  // VS Code does not say which process starts the kernel.
  kernel = await startTestKernel({ env: { JPY_PARENT_PID: "" } });
});
afterAll(() => kernel.kill());

/** What the extension runs for itself: nothing of it is remembered, and it may ask. */
const hidden = { silent: false, store_history: false, stop_on_error: false, onInput: () => "" };
/** A cell of the user's. */
const cell = { silent: false, store_history: true, stop_on_error: false, onInput: (prompt: string) => `re: ${prompt}` };

const states = (messages: Message[]) =>
  messages.flatMap(({ header, content }) => (header.msg_type === "status" ? [content.execution_state] : []));

it("waits until somebody listens at the ports of shell and iopub, by connecting and going away", async () => {
  const { shell_port, iopub_port } = readConnectionFile(kernel.connectionFile);
  for (const port of [shell_port, iopub_port]) {
    const socket = createConnection({ port, host: "127.0.0.1" });
    await new Promise((resolve) => socket.once("connect", resolve));
    socket.destroy();
  }
});

it("asks who the kernel is, more than once and while others wait, and which widgets there are", async () => {
  const { client } = kernel;
  const infos = await Promise.all([
    client.kernelInfo(),
    client.kernelInfo(),
    client.request("control", "kernel_info_request", {}),
  ]);
  expect(infos[0].language_info.name).toBe("typescript");
  const comms = await client.request("shell", "comm_info_request", { target_name: "jupyter.widget" });
  expect(comms.content).toEqual({ status: "ok", comms: {} });
});

it("runs code of its own that leaves no trace, and an empty cell to see whether the kernel answers", async () => {
  const own = await run(kernel, "const __vscode = 1; __vscode", hidden);
  expect([own.reply.status, own.text]).toEqual(["ok", "1"]);
  expect((await run(kernel, "", { ...hidden, silent: true })).reply.status).toBe("ok");
  const failed = await run(kernel, "not_defined_here", hidden);
  expect(failed.reply.status).toBe("error");
  const first = await run(kernel, "1 + 1", cell);
  expect([first.reply.execution_count, first.text]).toEqual([1, "2"]);
});

it("runs cells with its own metadata, one request behind the other", async () => {
  const metadata = { cellId: "vscode-notebook-cell:/a/b.ipynb#W0sZmlsZQ%3D%3D", deletedCells: [] };
  const code = [
    "let total = 0;",
    "total += 5; console.log(total);",
    "display(html('<b>5</b>'));",
    "throw new RangeError('far')",
    "total",
  ];
  const outcomes = await Promise.all(code.map((text) => run(kernel, text, { ...cell, metadata })));
  expect(outcomes.map(({ reply }) => reply.status)).toEqual(["ok", "ok", "ok", "error", "ok"]);
  for (const { messages } of outcomes) {
    const around = states(messages);
    expect([around[0], around.at(-1)]).toEqual(["busy", "idle"]);
  }
  const shown = outcomes[2]!.messages.find(({ header }) => header.msg_type === "display_data")!
    .content as unknown as DisplayContent;
  expect(shown.data).toEqual({ "text/html": "<b>5</b>" });
  expect(outcomes[4]!.text).toBe("5");
});

it("answers questions of a cell", async () => {
  expect((await run(kernel, "await input('name? ')", cell)).text).toBe("'re: name? '");
});

it("replaces a display of an earlier cell", async () => {
  await run(kernel, "await display(1, { display_id: 'meter' });", cell);
  const { messages } = await run(kernel, "await display(2, { display_id: 'meter', update: true });", cell);
  const update = messages.find(({ header }) => header.msg_type === "update_display_data")!
    .content as unknown as DisplayContent;
  expect(update).toMatchObject({ data: { "text/plain": "2" }, transient: { display_id: "meter" } });
});

it("completes, inspects and interrupts on the shell channel while a cell runs", async () => {
  const { client } = kernel;
  const execution = client.execute("let spins = 1; console.log('on'); for (;;) spins++;", cell);
  for await (const { header } of execution) if (header.msg_type === "stream") break;
  const complete = await client.request("shell", "complete_request", { code: "total.toF", cursor_pos: 9 });
  expect(complete.content.matches).toEqual(["toFixed"]);
  const inspect = await client.request("shell", "inspect_request", { code: "total", cursor_pos: 5, detail_level: 0 });
  expect(inspect.content.found).toBe(true);
  const interrupt = await client.request("shell", "interrupt_request", {});
  expect(interrupt.content).toEqual({ status: "ok" });
  expect((await execution.reply).content).toMatchObject({ status: "error", ename: "Interrupted" });
  expect((await run(kernel, "spins > 1", cell)).text).toBe("true");
});

it("asks for the widgets there are, and moves one of them, which the kernel echoes", async () => {
  const { client } = kernel;
  const received: { id: unknown; data: JsonObject; parent: string | undefined }[] = [];
  client.on("message", ({ header, content, parent_header }) => {
    if (header.msg_type !== "comm_msg") return;
    received.push({ id: content.comm_id, data: Object(content.data) as JsonObject, parent: parent_header.msg_id });
  });
  const { messages } = await run(kernel, "const level = slider({ low: 0, high: 1 }); level", cell);
  const opened = messages.filter(({ header }) => header.msg_type === "comm_open");
  const model = opened.find(({ content }) => JSON.stringify(content).includes("FloatSliderModel"))!;
  expect(model).toMatchObject({ content: { target_name: "jupyter.widget" }, metadata: { version: "2.1.0" } });
  const info = await client.request("shell", "comm_info_request", { target_name: "jupyter.widget" });
  expect(Object.keys(Object(info.content.comms))).toContain(model.content.comm_id);
  await client.send("shell", "comm_open", { comm_id: "w1", target_name: "jupyter.widget.control", data: {} });
  await client.send("shell", "comm_msg", { comm_id: "w1", data: { method: "request_states" } });
  await expect
    .poll(() => received.find(({ id }) => id === "w1"))
    .toMatchObject({
      data: {
        method: "update_states",
        states: { [String(model.content.comm_id)]: { model_name: "FloatSliderModel" } },
      },
    });
  await client.send("shell", "comm_close", { comm_id: "w1", data: {} });
  const data = { method: "update", state: { value: 0.5 }, buffer_paths: [] };
  const { header } = await client.send("shell", "comm_msg", { comm_id: model.content.comm_id, data });
  await expect
    .poll(() => received.find(({ parent }) => parent === header.msg_id))
    .toMatchObject({
      data: { method: "echo_update", state: { value: 0.5 }, buffer_paths: [] },
    });
  expect((await run(kernel, "level.value", cell)).text).toBe("0.5");
});

it("opens comms that the kernel does not know, and is told that they are closed", async () => {
  const closed = new Promise<Message>((resolve) => {
    kernel.client.on("message", (message) => message.header.msg_type === "comm_close" && resolve(message));
  });
  await kernel.client.send("shell", "comm_open", { comm_id: "w2", target_name: "jupyter.none", data: {} });
  expect((await closed).content.comm_id).toBe("w2");
});

it("debugs a cell: cells are dumped, breakpoints set between attaching and configurationDone, each step asked for anew", async () => {
  const debug = new DebugClient(kernel);
  const code = "function half(n: number): number {\n  const h = n / 2;\n  return h;\n}\nhalf(5)";
  const capabilities = await debug.ask<DebugProtocol.InitializeResponse>("initialize", {
    clientID: "vscode",
    clientName: "Visual Studio Code",
    adapterID: "Python Kernel Debug Adapter",
    pathFormat: "path",
    linesStartAt1: true,
    columnsStartAt1: true,
    supportsVariableType: true,
    supportsVariablePaging: true,
    supportsRunInTerminalRequest: true,
    locale: "en",
    supportsProgressReporting: true,
    supportsInvalidatedEvent: true,
    supportsMemoryReferences: true,
  });
  expect(capabilities).toMatchObject({ supportsConfigurationDoneRequest: true });
  expect(await debug.ask("debugInfo")).toMatchObject({ stoppedThreads: [] });
  await debug.ask("attach", {
    type: "Python Kernel Debug Adapter",
    request: "attach",
    justMyCode: true,
    __mode: "cell",
  });
  await debug.event("initialized");
  const { sourcePath: path } = (await debug.ask("dumpCell", { code })) as { sourcePath: string };
  const lines = { lines: [2], breakpoints: [{ line: 2 }], sourceModified: false };
  await debug.ask("setBreakpoints", { source: { name: "cell", path }, ...lines });
  await debug.ask("setExceptionBreakpoints", { filters: [], filterOptions: [] });
  await debug.ask("configurationDone");
  expect((await debug.ask<DebugProtocol.ThreadsResponse>("threads")).threads).toHaveLength(1);
  const execution = run(kernel, code, cell);
  const { threadId } = await debug.stopped();
  const stack = async () => {
    const args = { threadId, startFrame: 0, levels: 20 };
    return (await debug.ask<DebugProtocol.StackTraceResponse>("stackTrace", args)).stackFrames;
  };
  const frames = await stack();
  expect(frames.map(({ name, line, source }) => [name, line, source?.path])).toEqual([
    ["half", 2, path],
    [expect.stringMatching(/^cell-\d+\.ts$/), 5, path],
  ]);
  const [frame] = frames;
  expect((await debug.scopes(frame!.id)).Local).toMatchObject({ n: { value: "5", type: "number" } });
  const hover = await debug.ask("evaluate", { expression: "n", frameId: frame!.id, context: "hover" });
  expect(hover).toMatchObject({ result: "5", type: "number" });
  await debug.ask("next", { threadId, granularity: "statement" });
  await debug.stopped();
  expect((await stack())[0]).toMatchObject({ name: "half", line: 3 });
  await debug.ask("continue", { threadId });
  expect((await execution).text).toBe("2.5");
  await debug.ask("disconnect", { restart: false });
  expect(await debug.ask("debugInfo")).toMatchObject({ isStarted: false });
});

it("ends or restarts the kernel by ending its children and then itself", { tags: "all" }, async () => {
  const children = () =>
    execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" })
      .split("\n")
      .map((line) => line.trim().split(/\s+/).map(Number))
      .flatMap(([pid, parent]) => (parent === kernel.child.pid ? [pid!] : []));
  const before = children();
  expect(before.length).toBeGreaterThan(0);
  for (const pid of before) process.kill(pid, "SIGTERM");
  // The type checker is gone; the kernel starts another.
  expect((await run(kernel, "const again: number = 1; again", cell)).text).toBe("1");
  const after = children();
  kernel.child.kill("SIGTERM");
  expect(await kernel.exited).toBe("SIGTERM");
  const isAlive = (pid: number) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  };
  await expect.poll(() => [...before, ...after].filter(isAlive)).toEqual([]);
});
