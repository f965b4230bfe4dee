/** The debugger as a front end has it: breakpoints, steps, the stack, values, in cells and in files. Every message is checked. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DebugProtocol } from "@vscode/debugprotocol";
import { beforeEach, describe, expect, it } from "vitest";
import type { KernelProcess } from "../../kernel/client/kernel-process.js";
import { murmur2 } from "../../kernel/debugger/murmur2.js";
import { DebugClient } from "../helpers/debug-client.js";
import { temporaryFolder } from "../helpers/folder.js";
import { kernelOfThisTest, run } from "../helpers/kernel.js";

const folder = mkdtempSync(join(tmpdir(), "gradbook-debugger-"));

let kernel: KernelProcess;
let debug: DebugClient;
beforeEach(async () => {
  kernel = await kernelOfThisTest({ cwd: folder });
  debug = new DebugClient(kernel);
});

const sums = `interface Box { size: number }
const limit: number = 2;
function add(a: number, box: Box): number {
  // A comment, without code.
  const sum: number = a + box.size;
  const parts = [1, 2].map((x: number) => {
    const y = x * sum;
    return y;
  });
  return parts.length + sum;
}
let total = 0;
for (let i = 0; i < limit; i++) {
  total += add(i, { size: 2 });
}
total`;

describe("what a front end asks first", () => {
  it("is told by the kernel's description, and how a cell's path is made", async () => {
    expect(kernel.info).toMatchObject({ debugger: true, supported_features: ["debugger"] });
    const info = (await debug.ask("debugInfo")) as { [name: string]: unknown };
    expect(info).toMatchObject({ isStarted: false, breakpoints: [], stoppedThreads: [] });
    await debug.attach();
    await debug.event("initialized");
    const code = 'console.log("größer 🍀");';
    const { sourcePath } = (await debug.ask("dumpCell", { code })) as { sourcePath: string };
    expect(sourcePath).toBe(`${info.tmpFilePrefix}${murmur2(code, Number(info.hashSeed))}${info.tmpFileSuffix}`);
    expect(await debug.ask("debugInfo")).toMatchObject({ isStarted: true });
    const { mimeType, content } = await debug.ask<DebugProtocol.SourceResponse>("source", {
      source: { path: sourcePath },
    });
    expect([mimeType, content]).toEqual(["text/typescript", code]);
  });

  it("is refused where there is nothing to answer", async () => {
    for (const [command, message] of [
      ["setExceptionBreakpoints", "Expected a debugger that is attached"],
      ["setBreakpoints", "Expected the path of a cell or a file"],
      ["flyAway", "Expected a command that this debugger knows, received flyAway."],
      ["constructor", "Expected a command that this debugger knows, received constructor."],
    ] as const) {
      expect(await debug.send(command)).toMatchObject({ success: false, message: expect.stringContaining(message) });
    }
    await debug.attach();
    for (const command of ["stackTrace", "next", "continue", "scopes"]) {
      expect(await debug.send(command)).toMatchObject({ success: false, message: expect.stringContaining("stopped") });
    }
  });

  it("is over when the end of it overtakes the beginning, and can begin anew", async () => {
    const beginning = debug.send("initialize");
    await debug.ask("disconnect");
    await beginning;
    expect(await debug.ask("debugInfo")).toMatchObject({ isStarted: false });
    await debug.attach();
    expect(await debug.ask("debugInfo")).toMatchObject({ isStarted: true });
  });
});

describe("a breakpoint", () => {
  it("stops a cell that has not run before, in its own lines, and shows what is there", async () => {
    await debug.attach();
    await debug.breakAt(sums, 4);
    const cell = run(kernel, sums);
    const stopped = await debug.stopped();
    expect(stopped).toMatchObject({ reason: "breakpoint", threadId: 1, hitBreakpointIds: [expect.any(Number)] });
    // The line of the comment has no code: the next one has.
    expect((await debug.event<DebugProtocol.BreakpointEvent>("breakpoint")).body.breakpoint.line).toBe(5);
    expect(await debug.lines()).toEqual(["add:5", "cell-1.ts:14"]);
    const [top, below] = await debug.frames();
    const { sourcePath } = (await debug.ask("dumpCell", { code: sums })) as { sourcePath: string };
    expect(top!.source).toMatchObject({ name: "cell-1.ts", path: sourcePath });
    const { Local, Cells } = await debug.scopes();
    expect(Local).toMatchObject({ a: { value: "0", type: "number" }, box: { value: "{ size: 2 }" } });
    expect(await debug.parts(Local!.box!)).toMatchObject({ size: { value: "2", evaluateName: "box.size" } });
    expect(Cells).toMatchObject({ limit: { value: "2" }, total: { value: "0" } });
    expect(await debug.scopes(below!.id)).toMatchObject({ Local: { i: { value: "0" } } });
    expect(await debug.evaluate("(box as Box).size * limit", top!.id)).toBe("4");
    expect(await debug.evaluate("i", below!.id)).toBe("0");
    await debug.go();
    expect(await debug.stop()).toEqual(["add:5", "cell-1.ts:14"]);
    await debug.go();
    expect((await cell).text).toBe("9");
  });

  it("holds in a cell that ran before the debugger was attached, and no longer when it is taken away", async () => {
    await run(kernel, sums);
    await debug.attach();
    expect(await debug.breakAt(sums, 7)).toMatchObject([{ verified: true, line: 7 }]);
    const cell = run(kernel, "add(1, { size: 1 })");
    expect(await debug.stop()).toEqual(["cell-1.ts:7", "add:6", "cell-2.ts:1"]);
    expect(await debug.scopes()).toMatchObject({
      Local: { x: { value: "1" } },
      "Closure (add)": { sum: { value: "2" } },
    });
    await debug.go();
    expect(await debug.stop()).toEqual(["cell-1.ts:7", "add:6", "cell-2.ts:1"]);
    await debug.breakAt(sums);
    await debug.go();
    expect((await cell).text).toBe("4");
    await debug.breakAt(sums, 5);
    // What a front end runs for itself is no cell.
    await run(kernel, "1\n\n\n\n2", { store_history: false });
    const again = run(kernel, "add(1, { size: 1 })");
    expect(await debug.stop()).toEqual(["add:5", "cell-3.ts:1"]);
    await debug.go();
    expect((await again).text).toBe("4");
  });

  it("is where the reader sees it when code is moved, lowered, or behind a magic", async () => {
    await debug.attach();
    const moved = "const first = later(1);\n\nfunction later(n: number) {\n  const m = n + 1;\n  return m;\n}\nfirst";
    await debug.breakAt(moved, 4);
    let cell = run(kernel, moved);
    expect(await debug.stop()).toEqual(["later:4", "cell-1.ts:1"]);
    await debug.go();
    expect((await cell).text).toBe("2");
    const rewritten =
      "enum Colour {\n  Red,\n  Green,\n}\nclass Car {\n  constructor(readonly colour: Colour) {}\n}\nconst car = new Car(Colour.Green);\ncar.colour";
    await debug.breakAt(rewritten, 8);
    cell = run(kernel, rewritten);
    expect(await debug.stop()).toEqual(["cell-2.ts:8"]);
    await debug.go();
    expect((await cell).text).toBe("1");
    const magic = "%%time\nconst one = 1;\none + 1";
    await debug.breakAt(magic, 3);
    cell = run(kernel, magic);
    expect(await debug.stop()).toEqual(["cell-3.ts:3"]);
    await debug.go();
    expect((await cell).reply.status).toBe("ok");
  });

  it("stops in a local file, before it is imported and after an edit", async () => {
    const file = join(folder, "box.ts");
    writeFileSync(
      file,
      "export interface Size { n: number }\nexport function area(n: number): number {\n  return n * n;\n}\n",
    );
    await debug.attach();
    expect(await debug.breakInFile(file, 3)).toMatchObject([{ verified: true, line: 3 }]);
    let cell = run(kernel, 'import { area } from "./box.ts";\narea(3)');
    expect(await debug.stop()).toEqual(["area:3", "cell-1.ts:2"]);
    expect((await debug.frames())[0]!.source).toMatchObject({ path: file, name: "box.ts" });
    await debug.go();
    expect((await cell).text).toBe("9");
    const edited = "enum Kind { A }\nexport function area(n: number): number {\n  return n * n + Kind.A;\n}\n";
    writeFileSync(file, edited);
    cell = run(kernel, 'import { area } from "./box";\narea(4)');
    expect(await debug.stop()).toEqual(["area:3", "cell-2.ts:2"]);
    await debug.go();
    expect((await cell).text).toBe("16");
    expect(await debug.breakInFile(file, 7)).toMatchObject([{ verified: false }]);
    writeFileSync(file, `// One.\n// Two.\n// Three.\n// Four.\n${edited}`);
    cell = run(kernel, 'import { area } from "./box";\narea(5)');
    // Either, so that a cell that goes on fails the test.
    expect(await Promise.race([debug.stopped(), cell])).toMatchObject({ reason: "breakpoint" });
    expect(await debug.lines()).toEqual(["area:7", "cell-3.ts:2"]);
    await debug.go();
    expect((await cell).text).toBe("25");
  });

  it("in a file that is not there, or is no TypeScript, is told of and keeps no cell from running", async () => {
    await debug.attach();
    const file = join(folder, "later.ts");
    expect(await debug.breakInFile(file, 1)).toMatchObject([
      { verified: false, message: expect.stringContaining("ENOENT") },
    ]);
    expect((await run(kernel, "1 + 1")).text).toBe("2");
    writeFileSync(file, "export const f = (n: number) =>\n  n + 1;\n");
    const cell = run(kernel, 'import { f } from "./later.ts";\nf(1)');
    expect((await debug.stop())[0]).toMatch(/later\.ts:1$/);
    await debug.go();
    expect((await cell).text).toBe("2");
  });

  it("with a condition, a count or a message stops when that says so, or prints and goes on", async () => {
    await debug.attach();
    const code = "let sum = 0;\nfor (let i = 0; i < 6; i++) {\n  sum += i;\n  sum += 0;\n  sum += 0;\n}\nsum";
    await debug.breakAt(
      code,
      { line: 3, condition: "(i as number) === 4" },
      { line: 4, hitCondition: "% 3" },
      { line: 5, logMessage: "{i as number}: {sum}, {nothing}" },
    );
    const cell = run(kernel, code);
    const seen: string[] = [];
    for (let i = 0; i < 3; i++) {
      seen.push(`${await debug.stop()} ${await debug.evaluate("i", (await debug.frames())[0]!.id)}`);
      await debug.go();
    }
    expect(seen).toEqual(["cell-1.ts:4 2", "cell-1.ts:3 4", "cell-1.ts:4 5"]);
    const { text, stdout } = await cell;
    expect(text).toBe("15");
    expect(stdout.split("\n").slice(0, 2)).toEqual([
      expect.stringMatching(/^0: 0, \(.*nothing is not defined/),
      expect.stringMatching(/^1: 1, /),
    ]);
    expect(stdout.split("\n")).toHaveLength(7);
    // A count begins anew with the next debugger, too.
    await debug.ask("disconnect");
    await debug.attach();
    await debug.breakAt(code, { line: 3, hitCondition: "> 4" }, { line: 4, hitCondition: "> 4" });
    const again = run(kernel, code);
    expect(`${await debug.stop()} ${await debug.evaluate("i", (await debug.frames())[0]!.id)}`).toBe("cell-2.ts:3 4");
    await debug.breakAt(code);
    await debug.go();
    expect((await again).text).toBe("15");
    const refused = await debug.breakAt(code, { line: 3, condition: "i ==" }, { line: 3, hitCondition: "often" }, 99);
    expect(refused).toMatchObject([
      { verified: false },
      { verified: false, message: "Expected a hit count such as 5, > 5 or % 5, received often." },
      { verified: false, message: "Expected a line with code in it or below it, received line 99." },
    ]);
  });
});

it("an interrupt while breakpoints are set for a cell ends it before it runs", { tags: "all" }, async () => {
  const own = temporaryFolder();
  own.write("tsconfig.json", "{");
  kernel = await kernelOfThisTest({ cwd: own.path });
  debug = new DebugClient(kernel);
  await debug.attach();
  const lines = Array.from({ length: 500 }, (_, i) => `const n${i} = ${i};`);
  const code = `${lines.join("\n")}\nawait new Promise((resolve) => setTimeout(resolve, 600_000));`;
  await debug.breakAt(code, ...lines.map((_, i) => ({ line: i + 1, condition: "false" })));
  const cell = kernel.client.execute(code);
  // What is wrong with the configuration is told between the check and the breakpoints.
  for await (const { header } of cell) if (header.msg_type === "stream") break;
  await kernel.client.interrupt();
  expect((await cell.reply).content).toMatchObject({ ename: "Interrupted" });
});

describe("steps", () => {
  it("lead over, into and out of functions, and behind an await", async () => {
    await debug.attach();
    const code = [
      "async function wait(n: number) {",
      "  const m = n + 1;",
      "  await new Promise((resolve) => setTimeout(resolve, 5));",
      "  return m;",
      "}",
      "const one = await wait(1);",
      "const two = [3, 1, 2].sort((a, b) => a - b);",
      "one + two[0]!",
    ].join("\n");
    await debug.breakAt(code, 6);
    const cell = run(kernel, code);
    expect(await debug.stop()).toEqual(["cell-1.ts:6"]);
    await debug.go("stepIn");
    expect(await debug.stopped()).toMatchObject({ reason: "step" });
    let [line] = (await debug.lines()) as [string];
    // Versions of V8 differ: some stop in the same line once more, some in the first line, where the promise is made.
    while (line === "cell-1.ts:6") {
      await debug.go("stepIn");
      line = (await debug.stop())[0]!;
    }
    expect(line).toMatch(/^wait:[12]$/);
    while (line !== "wait:4") {
      const before = line;
      await debug.go("next");
      line = (await debug.stop())[0]!;
      expect(Number(line.at(-1)) - Number(before.at(-1))).toBeLessThanOrEqual(1);
    }
    // Those that wait for it are below a label.
    const frames = await debug.frames();
    expect(frames.find(({ presentationHint }) => presentationHint === "label")).toMatchObject({ name: "await" });
    expect(await debug.lines()).toEqual(["wait:4", "cell-1.ts:6"]);
    await debug.go("stepOut");
    let stop = await debug.stop();
    // The rest of the line that called may come first.
    if (stop[0] === "cell-1.ts:6") {
      await debug.go("next");
      stop = await debug.stop();
    }
    expect(stop).toEqual(["cell-1.ts:7"]);
    await debug.go("stepIn");
    // Not into the library, but into what it calls.
    expect((await debug.stop())[0]).toMatch(/^cell-1.ts:[78]$/);
    await debug.go();
    expect((await cell).text).toBe("3");
  });

  it("begin where the program is paused", async () => {
    await debug.attach();
    const cell = run(kernel, "let spins = 0;\nlet isOn = true;\nwhile (isOn) {\n  spins += 1;\n}\nspins > 0");
    const spins = () => debug.evaluate("typeof spins === 'undefined' ? 0 : spins").then(Number);
    await expect.poll(spins).toBeGreaterThan(0);
    await debug.ask("pause", { threadId: 1 });
    expect(await debug.stopped()).toMatchObject({ reason: "pause" });
    expect((await debug.lines())[0]).toMatch(/^cell-1\.ts:[34]$/);
    await debug.evaluate("isOn = false", (await debug.frames())[0]!.id);
    expect((await debug.scopes()).Cells).toMatchObject({ isOn: { value: "false" } });
    await debug.go();
    expect((await cell).text).toBe("true");
  });
});
