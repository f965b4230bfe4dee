/** What a cell prints and shows, as it arrives from a running kernel: complete, in order, before the cell is idle. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KernelProcess } from "../../kernel/client/kernel-process.js";
import type { DisplayContent, Message } from "../../kernel/wire/message.js";
import { kernelOfThisTest, run, startTestKernel } from "../helpers/kernel.js";

let kernel: KernelProcess;
beforeAll(async () => {
  kernel = await startTestKernel();
});
afterAll(() => kernel.kill());

const shown = (messages: Message[], msg_type = "display_data") =>
  messages
    .filter(({ header }) => header.msg_type === msg_type)
    .map(({ content }) => content as unknown as DisplayContent);

describe("a stream", () => {
  it("of 100,000 lines arrives whole, in a few messages, before idle", async () => {
    const { stdout, types } = await run(kernel, "for (let i = 0; i < 100_000; i++) console.log('line', i)");
    expect(stdout).toBe(Array.from({ length: 100_000 }, (_, i) => `line ${i}\n`).join(""));
    // One each 20 ms, or more that are full: the slower the machine, the more.
    expect(types.filter((type) => type === "stream").length).toBeLessThan(2000);
    expect(types.at(-1)).toBe("status");
  });

  it("of 20 MB in one string, and in a value, arrives whole", async () => {
    const { stdout, types } = await run(kernel, "process.stdout.write('é'.repeat(10_000_000) + '\\n'); void 0");
    expect(stdout).toBe(`${"é".repeat(10_000_000)}\n`);
    expect(types.at(-1)).toBe("status");
    const { result } = await run(kernel, "html('<b>' + 'x'.repeat(20_000_000) + '</b>')");
    expect(String(result!["text/html"])).toHaveLength(20_000_007);
  });

  it("keeps its order with the other stream and with what is shown", async () => {
    const { messages } = await run(
      kernel,
      "console.log(1); console.error(2); display(3); process.stdout.write('4'); console.warn(5); console.log(6)",
    );
    const texts = messages.slice(2, -1).map(({ content }) => [content.name ?? "display", content.text ?? "3"]);
    expect(texts).toEqual([
      ["stdout", "1\n"],
      ["stderr", "2\n"],
      ["display", "3"],
      ["stdout", "4"],
      ["stderr", "5\n"],
      ["stdout", "6\n"],
    ]);
  });

  it("keeps carriage returns, groups and bytes", async () => {
    const { stdout } = await run(
      kernel,
      "process.stdout.write('10 %\\r20 %\\n'); console.group('g'); console.log('in'); console.groupEnd(); void process.stdout.write(Buffer.from('ü'))",
    );
    expect(stdout).toBe("10 %\r20 %\ng\n  in\nü");
  });

  it("arrives while the cell blocks", async () => {
    const cell = kernel.client.execute("console.log('early'); for (;;);");
    const seen: string[] = [];
    for await (const { header } of cell) {
      seen.push(header.msg_type);
      if (header.msg_type === "stream") await kernel.client.interrupt();
    }
    expect(seen.slice(0, 3)).toEqual(["status", "execute_input", "stream"]);
    expect((await cell.reply).content.status).toBe("error");
  });

  it("calls back when it was written", async () => {
    expect((await run(kernel, "await new Promise((go) => process.stdout.write('x', go)); 'called'")).text).toBe(
      "'called'",
    );
  });

  it("of timers and promises comes below the cell that started them, whatever runs then", async () => {
    const broadcasts: Message[] = [];
    kernel.client.on("message", (message) => void broadcasts.push(message));
    const first = await run(
      kernel,
      `setTimeout(() => console.log('timer'), 50);
       void (async () => { await new Promise((go) => setTimeout(go, 60)); await null; console.error('promise') })();
       setTimeout(() => { throw new Error('thrown late') }, 80);`,
    );
    const second = await run(kernel, "await new Promise((go) => setTimeout(go, 200)); console.log('own')");
    const late = broadcasts.filter(
      ({ header, parent_header }) =>
        header.msg_type === "stream" && parent_header.msg_id === first.messages[0]!.parent_header.msg_id,
    );
    const text = late.map(({ content }) => content.text).join("");
    expect(text).toMatch(/^timer\npromise\nUncaught error .*\nError: thrown late/);
    expect([second.stdout, second.stderr]).toEqual(["own\n", ""]);
  });

  it("of two cells at the same moment stays apart", async () => {
    await run(
      kernel,
      "let go = () => {}; new Promise<void>((resolve) => (go = resolve)).then(() => console.log('first'))",
    );
    expect((await run(kernel, "go(); await null; console.log('second')")).stdout).toBe("second\n");
  });
});

describe("the output of a child process that inherits the kernel's", () => {
  it("comes below the cell when the process fails", async () => {
    const code = `import { execSync } from "node:child_process"; execSync("node -p 1+1 && exit 3", { stdio: "inherit" })`;
    const { reply, stdout } = await run(kernel, code);
    expect([reply.status, stdout]).toEqual(["error", "2\n"]);
  });

  it.each([
    ["execSync('node -p 2+2', { stdio: 'inherit' })", "4\n", "null"],
    ["spawnSync('node', ['-p', '3+3'], { stdio: 'inherit' }).status", "6\n", "0"],
    ["await new Promise((go) => spawn('node', ['-p', '4+4'], { stdio: 'inherit' }).on('close', go))", "8\n", "0"],
    ["String(execSync('node -p 5+5')).trim()", "", "'10'"],
  ])("comes below the cell: %s", async (code, printed, value) => {
    const { stdout, text } = await run(
      kernel,
      `import { execSync, spawn, spawnSync } from "node:child_process"; ${code}`,
    );
    expect([stdout, text]).toEqual([printed, value]);
  });

  it("keeps the streams apart", async () => {
    const { stdout, stderr } = await run(
      kernel,
      `require("node:child_process").execSync('node -e "console.log(1); console.error(2)"', { stdio: "inherit" })`,
    );
    expect([stdout, stderr]).toEqual(["1\n", "2\n"]);
  });
});

describe("display", () => {
  it("refuses an update without an id", async () => {
    const { reply } = await run(kernel, "await display(1, { update: true })");
    expect(reply.evalue).toMatch(/Expected a display_id with update: true, received none/);
  });

  it("reports the error of a value nobody waits for on stderr", async () => {
    const { reply, stderr } = await run(
      kernel,
      "void display({ [Symbol.for('Jupyter.display')]() { throw new Error('torn') } }); await new Promise((go) => setTimeout(go, 50))",
    );
    expect([reply.status, stderr.includes("Error: torn")]).toEqual(["ok", true]);
  });

  it("keeps the order of values that take time, and ends before the cell does", async () => {
    const { messages, types } = await run(
      kernel,
      "const slow = { [Symbol.for('Jupyter.display')]: () => new Promise((go) => setTimeout(() => go({ 'text/plain': 'slow' }), 50)) };\nvoid display(slow); void display('fast'); console.log('after')",
    );
    expect(types.slice(2)).toEqual(["display_data", "display_data", "stream", "status"]);
    expect(shown(messages).map(({ data }) => data["text/plain"])).toEqual(["slow", "'fast'"]);
  });

  it("shows and updates by id", async () => {
    const { messages } = await run(
      kernel,
      "await display(1, { display_id: 'd' }); await display(2, { display_id: 'd', update: true })",
    );
    expect(shown(messages)[0]).toMatchObject({ data: { "text/plain": "1" }, transient: { display_id: "d" } });
    expect(shown(messages, "update_display_data")[0]).toMatchObject({
      data: { "text/plain": "2" },
      transient: { display_id: "d" },
    });
    const unchecked = await run(kernel, "// @ts-nocheck\nawait display(1, { display_id: 7 });");
    expect(shown(unchecked.messages)[0]!.transient).toEqual({ display_id: "7" });
  });

  it("gives a handle that shows nothing itself and changes what was shown", async () => {
    const first = await run(kernel, "const place = display(markdown('*one*'));\nplace");
    expect(first.types.slice(2)).toEqual(["display_data", "status"]);
    const [one] = shown(first.messages);
    const second = await run(kernel, "place.update(html('<i>two</i>'))");
    expect(second.types.slice(2)).toEqual(["update_display_data", "status"]);
    const [two] = shown(second.messages, "update_display_data");
    expect([one!.data, two!.data]).toEqual([{ "text/markdown": "*one*" }, { "text/html": "<i>two</i>" }]);
    expect(two!.transient!.display_id).toBe(one!.transient!.display_id);
    expect((await run(kernel, "place.display_id")).text).toBe(`'${one!.transient!.display_id}'`);
    const bad = await run(kernel, "await place.update(1, { raw: true })");
    expect(bad.reply.evalue).toContain("Expected an object of representations by MIME type");
  });

  it("takes a bundle as it is with raw", async () => {
    const { messages } = await run(kernel, "await display({ 'text/latex': '$x$' }, { raw: true })");
    expect(shown(messages)[0]!.data).toEqual({ "text/latex": "$x$" });
  });

  it.each([
    ["html('<b>x</b>')", { "text/html": "<b>x</b>" }],
    ["markdown('*x*')", { "text/markdown": "*x*" }],
    ["svg('<svg/>')", { "image/svg+xml": "<svg/>" }],
    ["png(new Uint8Array([1, 2, 3]))", { "image/png": "AQID" }],
  ])("knows %s", async (code, bundle) => {
    expect((await run(kernel, code)).result).toEqual(bundle);
  });

  it("clears the output", async () => {
    const { messages } = await run(kernel, "clearOutput(); clearOutput(true)");
    expect(messages.slice(2, -1).map(({ content }) => content)).toEqual([{ wait: false }, { wait: true }]);
  });
});

describe("a figure with its own HTML", () => {
  const figure = `({ [Symbol.for("Jupyter.display")]: () => ({
    "application/vnd.plotly.v1+json": { data: [], layout: {} }, "text/html": "<img>", "text/plain": "a figure" }) })`;

  it("brings plotly.js to a page once, and leaves nothing of it behind", async () => {
    const own = await kernelOfThisTest();
    const first = await run(own, figure);
    const [big, slim] = [shown(first.messages)[0]!, shown(first.messages, "update_display_data")[0]!];
    expect(String(big.data["text/html"]).length).toBeGreaterThan(1_000_000);
    expect(slim.data["text/html"]).toBe("<img>");
    expect(slim.transient!.display_id).toBe(big.transient!.display_id);
    expect(first.reply.status).toBe("ok");
    expect((await run(own, figure)).result!["text/html"]).toBe("<img>");
  });

  it("is shown as it is to a run without a page", async () => {
    const { result, types } = await run(kernel, figure, { metadata: { gradbook: { static: true } } });
    expect(types).toEqual(["status", "execute_input", "execute_result", "status"]);
    expect(result!["text/html"]).toBe("<img>");
  });
});

it("values of earlier cells are not kept alive by having been shown", async () => {
  const own = await kernelOfThisTest({ env: { NODE_OPTIONS: "--expose-gc" } });
  const heap = async () => Number((await run(own, "gc!(); process.memoryUsage().heapUsed")).text);
  const before = await heap();
  for (let i = 0; i < 50; i++) await run(own, "Array.from({ length: 100_000 }, (_, i) => i + 0.5)");
  expect((await heap()) - before).toBeLessThan(10_000_000);
});
