/** Questions to the user, comms, help and history, as a front end meets them in a running kernel. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KernelProcess } from "../../kernel/client/kernel-process.js";
import type { JsonObject, Message } from "../../kernel/wire/message.js";
import { temporaryFolder } from "../helpers/folder.js";
import { begin, kernelOfThisTest, run, startTestKernel } from "../helpers/kernel.js";

let kernel: KernelProcess;
beforeAll(async () => {
  kernel = await startTestKernel();
});
afterAll(() => kernel.kill());

describe("a question to the user", () => {
  it.each(["await input('Name? ')", "prompt('Name?')"])("is refused where nobody can answer: %s", async (code) => {
    const { reply } = await run(kernel, code);
    expect(reply.evalue).toContain("received one that cannot (allow_stdin is false)");
    expect((await run(kernel, "1")).text).toBe("1");
  });

  it.each(["await input('Name? ')", "prompt('Name?')"])("gives the answer: %s", async (code) => {
    const asked: unknown[] = [];
    const onInput = (prompt: string, password: boolean) => {
      asked.push(prompt, password);
      return "Ada 😀";
    };
    expect((await run(kernel, code, { onInput })).text).toBe("'Ada 😀'");
    expect(asked).toEqual(["Name? ", false]);
  });

  it("may be a password, may be one of several, and may have a default", async () => {
    const onInput = (prompt: string, password: boolean) => (prompt === "Secret " && password ? "s" : "");
    const code = "[await input('Secret ', { password: true }), prompt('Town?', 'Ames'), confirm('Sure?')]";
    expect((await run(kernel, code, { onInput })).text).toBe("[ 's', 'Ames', false ]");
  });

  it("that nobody answers ends with an interrupt", async () => {
    let ask = () => {};
    const asked = new Promise<void>((resolve) => {
      ask = resolve;
    });
    const onInput = () => {
      ask();
      return new Promise<string>(() => {});
    };
    const cell = run(kernel, "prompt('Well?')", { onInput });
    await asked;
    await kernel.client.interrupt();
    expect((await cell).reply.ename).toBe("Interrupted");
    expect((await run(kernel, "2")).text).toBe("2");
  });
});

describe("a comm", () => {
  it("that is closed cannot be used", async () => {
    const { reply } = await run(kernel, "const gone = comms.open('t'); gone.close(); gone.send({})");
    expect(reply.evalue).toContain("Expected an open comm, received one that was closed (t)");
  });

  it("goes both ways, bytes included, and is listed while it is open", async () => {
    const seen: Message[] = [];
    kernel.client.on("message", (message) => {
      if (message.header.msg_type.startsWith("comm_m") || message.header.msg_type === "stream") seen.push(message);
    });
    await run(
      kernel,
      `comms.register('echo', (comm, data) => {
         console.log('opened', data.n);
         comm.onMessage = (data) => comm.send({ back: data.n }, { buffers: [new Uint8Array([1, 2])] });
       })`,
    );
    await kernel.client.send("shell", "comm_open", { comm_id: "c2", target_name: "echo", data: { n: 1 } });
    const sent = await kernel.client.send("shell", "comm_msg", { comm_id: "c2", data: { n: 2 } });
    await expect.poll(() => seen.length).toBe(2);
    expect(seen[0]!.content.text).toBe("opened 1\n");
    expect(seen[1]!).toMatchObject({ content: { comm_id: "c2", data: { back: 2 } } });
    expect(seen[1]!.parent_header.msg_id).toBe(sent.header.msg_id);
    expect([...seen[1]!.buffers[0]!]).toEqual([1, 2]);
    const info = async (target_name?: string) =>
      (await kernel.client.request("shell", "comm_info_request", { target_name })).content.comms;
    expect(await info("echo")).toEqual({ c2: { target_name: "echo" } });
    expect(await info("other")).toEqual({});
  });
});

describe("name?", () => {
  it("is an error where nothing is known, and says so below the cell", async () => {
    const { reply, messages } = await run(kernel, "nowhere?");
    expect(reply).toMatchObject({ status: "error", ename: "NameError" });
    const error = messages.find(({ header }) => header.msg_type === "error");
    expect(error?.content.evalue).toContain("nothing of that name is declared");
  });

  it("opens a page about the name", async () => {
    await run(kernel, "/** How far. */\nconst far = (km: number) => km");
    const text = "far: (km: number) => number\n\nHow far.";
    for (const code of ["far?", "?far", " far?\n"]) {
      const { payload } = (await run(kernel, code)).reply;
      expect(payload).toMatchObject([{ source: "page", data: { "text/plain": text } }]);
    }
    const code = "/** How far. */\nconst far = (km: number) => km";
    for (const asked of ["far??", "?? far"]) {
      const { payload } = (await run(kernel, asked)).reply;
      expect(payload).toMatchObject([{ data: { "text/plain": `${text}\n\n${code}` } }]);
    }
  });

  it("with a second sign shows the source of what was imported, too", async () => {
    await run(kernel, "import { styleText } from 'node:util';\nconst native = Math.max");
    const page = async (code: string) =>
      String(Object((await run(kernel, code)).reply.payload?.[0])?.data["text/plain"]);
    // A look at a value that takes long is given up, which on a busy machine may be any.
    await expect.poll(() => page("styleText??")).toMatch(/function styleText\(/);
    expect(await page("Math.max??")).not.toContain("native code");
  });
});

describe("the history", () => {
  it("refuses an access type that is not of the protocol, and survives a file that is cut short", async () => {
    const folder = temporaryFolder();
    const file = folder.write("history.jsonl", '{"session":3,"line":1,"code":"old"}\n{"session":4,"li');
    const own = await kernelOfThisTest({ env: { GRADBOOK_HISTORY: file } });
    const ask = async (content: JsonObject) =>
      (await own.client.request("shell", "history_request", { output: false, raw: true, ...content })).content;
    expect((await ask({ hist_access_type: "all" })).evalue).toContain('Expected hist_access_type "range"');
    expect((await ask({ hist_access_type: "tail", n: 5 })).history).toEqual([[3, 1, "old"]]);
  });

  it("goes on over a restart", async () => {
    const env = { GRADBOOK_HISTORY: join(temporaryFolder().path, "new", "history.jsonl") };
    const first = await kernelOfThisTest({ env });
    await run(first, "6 * 7");
    await first.shutdown();
    const second = await kernelOfThisTest({ env });
    for (const code of ["'later'", "1;\n'too'"]) await run(second, code);
    const ask = async (content: JsonObject) =>
      (await second.client.request("shell", "history_request", { raw: true, ...content })).content.history;
    expect(await ask({ output: true, hist_access_type: "range", session: -1, start: 1 })).toEqual([
      [1, 1, ["6 * 7", "42"]],
    ]);
    expect(await ask({ output: false, hist_access_type: "search", pattern: "*lat?r*" })).toEqual([[2, 1, "'later'"]]);
    expect(await ask({ hist_access_type: "range", start: 1, stop: 2 })).toEqual([[2, 1, "'later'"]]);
    expect(await ask({ hist_access_type: "search", pattern: "1*too*" })).toEqual([[2, 2, "1;\n'too'"]]);
    expect(await ask({ output: false, hist_access_type: "tail", n: 1 })).toEqual([[2, 2, "1;\n'too'"]]);
  });
});

it("SIGINT stops a loop and keeps the variables", async () => {
  const cell = await begin(kernel, "let kept = 'there'; console.log('on'); for (;;);");
  kernel.child.kill("SIGINT");
  expect((await cell.done()).reply.ename).toBe("Interrupted");
  expect((await run(kernel, "kept")).text).toBe("'there'");
});

it("code that looks for interrupts between its steps is stopped there, with its finally blocks", async () => {
  const cell = await begin(
    kernel,
    "let ended = false; const { check } = (globalThis as any)[Symbol.for('gradbook.interrupt')];\nconsole.log('on');\ntry { for (;;) check() } finally { ended = true }",
  );
  await kernel.client.interrupt();
  expect((await cell.done()).reply).toMatchObject({ status: "error", ename: "Interrupted" });
  expect((await run(kernel, "ended")).text).toBe("true");
});
