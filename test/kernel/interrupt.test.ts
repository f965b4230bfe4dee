/** Interrupts, in a running kernel: whatever runs stops, whole steps and all variables stay, and nothing goes on unseen. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KernelProcess } from "../../kernel/client/kernel-process.js";
import { temporaryFolder } from "../helpers/folder.js";
import { begin, kernelOfThisTest, run, startTestKernel } from "../helpers/kernel.js";
import { inFull } from "../helpers/long.js";
import { needing, root } from "../helpers/needs.js";

let kernel: KernelProcess;
beforeAll(async () => {
  kernel = await startTestKernel();
});
afterAll(() => kernel.kill());

/** Starts `code`, waits until the kernel shows or prints something, and interrupts; gives the reply. */
async function interrupted(
  kernel: KernelProcess,
  code: string,
  interrupt: () => Promise<unknown> = () => kernel.client.interrupt(),
) {
  const cell = await begin(kernel, code);
  await interrupt();
  return (await cell.done()).reply;
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

describe("what an interrupted cell awaited does not go on", () => {
  it.each([
    ["timers", "while (true) { await new Promise((go) => setTimeout(go, 5)); n++; }"],
    ["the system", "const { stat } = await import('node:fs/promises'); while (true) { await stat('.'); n++; }"],
    ["a stream", "import { setInterval } from 'node:timers/promises'; for await (const _ of setInterval(5)) n++;"],
    [
      "functions of the cell",
      "const go = async () => { for (;;) { await null; await new Promise(setImmediate); n++; } };\nawait go();",
    ],
    [
      "functions nobody awaits",
      "void (async () => { for (;;) { await new Promise(setImmediate); n++; } })();\nawait new Promise(() => {});",
    ],
    [
      "what fails, over and over",
      "for (;;) try { await new Promise((_, fail) => setTimeout(fail, 5)); } catch { n++; }",
    ],
    ["what it catches itself", "for (;;) try { await new Promise(setImmediate); n++; } catch {}"],
    ["a timer before a loop", "await new Promise((go) => setTimeout(go, 60)); while (true) n++;"],
  ])("for: %s", async (_, code) => {
    const reply = await interrupted(kernel, `let n = 0; console.log('on');\n${code}`);
    expect(reply).toMatchObject({ ename: "Interrupted" });
    const { text } = await run(kernel, "n");
    await sleep(150);
    const after = await run(kernel, "n");
    expect([after.text, after.stderr]).toEqual([text, ""]);
  });

  it("but functions it has declared can be called again, and so can those of cells before", async () => {
    await run(kernel, "const twice = async (x: number) => { const y = await x; return 2 * y; };");
    await interrupted(
      kernel,
      "const thrice = async (x: number) => 3 * (await x); console.log('on'); await new Promise(() => {});",
    );
    expect((await run(kernel, "[await twice(2), await thrice(2)]")).text).toBe("[ 4, 6 ]");
  });
});

it("code that has looked for interrupts and then blocks is stopped too", async () => {
  const reply = await interrupted(kernel, "let looked = 1; for (const _ of progress([1, 2])) looked += 1; for (;;);");
  expect(reply).toMatchObject({ ename: "Interrupted" });
  expect((await run(kernel, "looked")).text).toBe("3");
});

it("a loop is stopped behind an import for which no thread could be started", async () => {
  const own = await kernelOfThisTest();
  const noThread = "() => { throw new Error('no thread') }";
  await run(own, "const module = require('node:module'); const { register } = module;");
  const failed = `module.register = ${noThread}; module.syncBuiltinESMExports(); await import('node:fs');`;
  expect((await run(own, failed)).reply.evalue).toBe("no thread");
  expect(await interrupted(own, "console.log('on'); for (;;);")).toMatchObject({ ename: "Interrupted" });
  await run(own, "module.register = register; module.syncBuiltinESMExports();");
  expect((await run(own, "typeof (await import('node:fs')).readFileSync")).text).toBe("'function'");
});

it.each([
  ["a timer", "setTimeout(loop)"],
  ["an immediate", "setImmediate(loop)"],
  ["a tick", "process.nextTick(loop)"],
  ["the system's answer", "import { stat } from 'node:fs'; stat('.', loop)"],
])("a loop in the callback of %s is stopped, and timers, ticks and the system go on", async (_, code) => {
  const loop = "const loop = () => { console.log('on'); for (;;); };";
  const reply = await interrupted(kernel, `${loop} ${code}; await new Promise(() => {});`);
  expect(reply).toMatchObject({ ename: "Interrupted" });
  const { text } = await run(
    kernel,
    `await new Promise((go) => setTimeout(go, 1)); await new Promise(setImmediate); await new Promise<void>((go) => process.nextTick(go));
    (await (await import("node:fs/promises")).stat(".")).isDirectory()`,
  );
  expect(text).toBe("true");
});

describe("with AsyncLocalStorage, which goes on", () => {
  const loop = "const loop = () => { console.log('on'); for (;;); };";
  it.each([
    ["a timer", "storage.run(1, () => setTimeout(loop)); await new Promise(() => {});"],
    ["an await", "await storage.run(1, async () => { await null; loop(); });"],
    [
      "the system's answer",
      "import { stat } from 'node:fs'; storage.run(1, () => stat('.', loop)); await new Promise(() => {});",
    ],
  ])("a loop behind %s is stopped", async (_, code) => {
    const own = await kernelOfThisTest();
    await run(
      own,
      "import { AsyncLocalStorage } from 'node:async_hooks'; const storage = new AsyncLocalStorage<number>();",
    );
    for (let i = 0; i < 3; i++) {
      expect(await interrupted(own, `${loop} ${code}`)).toMatchObject({ ename: "Interrupted" });
      const { text } = await run(
        own,
        "await storage.run(5, async () => { await new Promise((go) => setTimeout(go, 1)); return storage.getStore(); })",
      );
      expect(text).toBe("5");
    }
  });

  // Node 24's AsyncLocalStorage does without hooks.
  needing("Node before 24")("a loop behind a timer under hooks is stopped", async () => {
    const own = await kernelOfThisTest();
    await run(
      own,
      "import { createHook } from 'node:async_hooks'; let n = 0; createHook({ init: () => void n++ }).enable();",
    );
    const reply = await interrupted(own, `${loop} setTimeout(loop); await new Promise(() => {});`);
    expect(reply).toMatchObject({ ename: "Interrupted" });
    expect((await run(own, "const before = n; setTimeout(() => {}); n > before")).text).toBe("true");
  });
});

describe("interrupts", () => {
  it("of many sorts at once stop one cell; the next runs", async () => {
    const { client, child } = kernel;
    for (let i = 0; i < 10; i++) {
      const all = () =>
        Promise.all([client.interrupt(), child.kill("SIGINT"), client.interrupt(), child.kill("SIGINT")]);
      const reply = await interrupted(kernel, "console.log('on'); for (;;);", all);
      expect(reply).toMatchObject({ ename: "Interrupted" });
      // A signal that is still on its way stops the next one, too.
      await expect.poll(async () => (await run(kernel, "1 + 1")).text).toBe("2");
    }
  });

  it("that come when a cell ends leave the cells behind it whole", async () => {
    const { client } = kernel;
    for (let i = 0; i < 30; i++) {
      const [first, second] = [client.execute("1"), client.execute("let whole = 1; await null; whole += 1; whole", {})];
      const interrupts = [client.interrupt(), sleep(i / 3).then(() => client.interrupt())];
      const replies = await Promise.all([first.done(), second.done(), ...interrupts]);
      for (const { reply } of replies.slice(0, 2) as Awaited<ReturnType<typeof first.done>>[]) {
        expect(["ok", "aborted", "Interrupted"]).toContain(reply.ename ?? reply.status);
      }
      expect((await run(kernel, "'alive'")).text).toBe("'alive'");
    }
  });

  it("of an endless print lose none of what was printed before", async () => {
    const own = await kernelOfThisTest();
    const texts: string[] = [];
    own.client.on("message", ({ header, content }) => header.msg_type === "stream" && texts.push(String(content.text)));
    await interrupted(own, "let i = 0; while (true) console.log(++i);");
    const count = Number((await run(own, "i")).text);
    const lines = texts.join("").trimEnd().split("\n");
    // The last line may have been stopped between the count and the print.
    expect(count - lines.length).toBeLessThanOrEqual(1);
    expect(lines).toEqual(lines.map((_, at) => String(at + 1)));
  });
});

describe("while an interrupt waits for code that cannot be stopped", () => {
  /** A kernel with a listener of the comm "ear", whose main thread is within a native call until `end`. */
  async function blockedKernel() {
    const own = await kernelOfThisTest();
    const folder = temporaryFolder();
    const { promise, resolve } = withResolvers();
    own.client.on("message", ({ content }) => /^on/.test(String(content.text)) && resolve());
    await run(
      own,
      `comms.register("ear", async () => { await new Promise((go) => setTimeout(go, 50)); console.log("heard"); });
      const { execSync } = require("node:child_process");
      setTimeout(() => { console.log("on"); execSync("until [ -e '${folder.path}/go' ]; do sleep 0.02; done"); });`,
    );
    await promise;
    return { own, end: () => folder.write("go", "") };
  }

  it("a second one stops the cell that was sent meanwhile", async () => {
    const { own, end } = await blockedKernel();
    const first = own.client.interrupt();
    const cell = own.client.execute("let began = 1; began");
    for await (const { header } of cell) if (header.msg_type === "execute_input") break;
    await own.client.complete("Math.ma"); // TypeScript has checked the cell by then: it would begin.
    const second = own.client.interrupt();
    await own.client.request("control", "kernel_info_request", {});
    end();
    expect((await cell.done()).reply).toMatchObject({ ename: "Interrupted" });
    await Promise.all([first, second]);
    expect((await run(own, "typeof began")).text).toBe("'undefined'");
  });

  it("a comm's message that comes meanwhile is heard to its end", async () => {
    const { own, end } = await blockedKernel();
    const interrupt = own.client.interrupt();
    const { header } = await own.client.send("shell", "comm_open", { comm_id: "a", target_name: "ear", data: {} });
    const said: unknown[] = [];
    const { promise, resolve } = withResolvers();
    own.client.on("message", ({ header: { msg_type }, parent_header, content }) => {
      if (parent_header.msg_id !== header.msg_id) return;
      said.push(content.text ?? content.execution_state ?? msg_type);
      if (content.execution_state === "idle") resolve();
    });
    await own.client.request("shell", "kernel_info_request", {});
    end();
    await Promise.all([interrupt, promise]);
    expect([...new Set(said)]).toEqual(["busy", "heard\n", "idle"]);
  });
});

it("an interrupt loses nothing that was printed behind a display that never comes", async () => {
  const own = await kernelOfThisTest();
  const texts: string[] = [];
  own.client.on("message", ({ header, content }) => header.msg_type === "stream" && texts.push(String(content.text)));
  const never = "{ [Symbol.for('Jupyter.display')]: () => new Promise(() => {}) }";
  await interrupted(own, `console.log("on"); void display(${never}); console.log("behind"); for (;;);`);
  expect(texts.join("")).toBe("on\nbehind\n");
});

const often = inFull(100, 20);
describe(`training that is interrupted ${often} times`, { tags: "long" }, () => {
  const prepare = `import { Adam, Dataset, Dense, fit, meanSquaredError, newHistory, Random, ReLU, Sequential, seed, tf } from "gradbook";
    const state = () => [tf.memory().numTensors, tf.engine().state.scopeStack.length, tf.engine().state.activeScope];
    const begin = () => {
      seed(1);
      const data = new Dataset(tf.randomNormal([256, 8], 0, 1, "float32", 1), tf.randomNormal([256, 1], 0, 1, "float32", 2));
      const model = new Sequential(new Dense(8, 16), new ReLU(), new Dense(16, 1));
      const options = { optimizer: new Adam(), loss: meanSquaredError(), batchSize: 32, shuffle: new Random(3), history: newHistory() };
      return { data, model, options };
    };
    let { data, model, options } = begin();`;
  const weights = "[...model.parameters].map(([, { value }]) => [...value.dataSync()]).flat()";

  it("has made whole steps only, leaves no tensors and no open scopes, and ends with the numbers of one that was not", {
    tags: "all",
  }, async () => {
    const own = await kernelOfThisTest({ cwd: root });
    const ready = await run(own, prepare);
    expect(ready.reply.traceback?.join("\n")).toBeUndefined();
    const train = "await fit(model, data, { ...options, epochs: 1_000_000, progress: 'train' })";
    await interrupted(own, train);
    const before = (await run(own, "state()")).text;
    for (let i = 1; i < often; i++) {
      const reply = await interrupted(own, train);
      expect(reply).toMatchObject({ ename: "Interrupted" });
    }
    expect((await run(own, "state()")).text).toBe(before);
    expect(before).toMatch(/^\[ \d+, 0, (null|undefined) \]$/);
    const code = `const got = ${weights}; const steps = options.history.step; ({ data, model, options } = begin());
      await fit(model, data, { ...options, steps });
      const expected = ${weights};
      [steps > 0, got.length, got.every((weight, i) => weight === expected[i])]`;
    const { text, reply } = await run(own, code);
    expect(reply.traceback?.join("\n")).toBeUndefined();
    expect(text).toBe("[ true, 161, true ]");
  });
});
