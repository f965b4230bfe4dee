/** Why the debugger stops besides breakpoints, and what works meanwhile. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { DebugProtocol } from "@vscode/debugprotocol";
import { beforeEach, describe, expect, it } from "vitest";
import type { KernelProcess } from "../../kernel/client/kernel-process.js";
import { isAlive } from "../../kernel/is-alive.js";
import { DebugClient } from "../helpers/debug-client.js";
import { builtKernel, kernelOfThisTest, run } from "../helpers/kernel.js";

let kernel: KernelProcess;
let debug: DebugClient;
beforeEach(async () => {
  kernel = await kernelOfThisTest();
  debug = new DebugClient(kernel);
  await debug.attach();
});

/** Runs a cell to its end; gives where it stops. */
async function stopsOf(code: string): Promise<string[]> {
  const stops: string[] = [];
  let hasEnded = false;
  const cell = run(kernel, code).finally(() => {
    hasEnded = true;
  });
  while (!hasEnded) {
    const stopped = await Promise.race([debug.stopped(), cell.then(() => undefined)]);
    if (stopped === undefined) break;
    stops.push(`${stopped.reason} ${(await debug.lines())[0]} ${stopped.text ?? stopped.description ?? ""}`.trim());
    await debug.go();
  }
  await cell;
  return stops;
}

describe("exceptions", () => {
  const wait = (ms: number) => `await new Promise((resolve) => setTimeout(resolve, ${ms}));`;
  const thrown = [
    ["throw new Error('one');", "exception cell-1.ts:1 Error: one"],
    ["await null;\nthrow new Error('two');", "exception cell-2.ts:2 Error: two"],
    [
      "async function three() {\n  await null;\n  throw new Error('three');\n}\nawait three();",
      "exception three:3 Error: three",
    ],
    [`setTimeout(() => {\n  throw new Error('four');\n}, 1);\n${wait(50)}`, "exception cell-4.ts:2 Error: four"],
    [`void Promise.reject(new Error('five'));\n${wait(50)}`, "exception cell-5.ts:1 Error: five"],
    ["[1].map((x) => {\n  return JSON.parse('{');\n});", "exception cell-6.ts:2 SyntaxError"],
  ] as const;
  const caught = [
    "try {\n  JSON.parse('{');\n} catch {}",
    "async function f() {\n  await null;\n  throw new Error('f');\n}\ntry {\n  await f();\n} catch {}",
    "await f().catch(() => {});",
  ];

  it("that nobody catches stop the program where they are thrown, and those that are caught do not", async () => {
    await debug.ask("setExceptionBreakpoints", { filters: ["uncaught"] });
    for (const [code, stop] of thrown) expect(await stopsOf(code)).toEqual([expect.stringContaining(stop)]);
    for (const code of caught) expect(await stopsOf(code)).toEqual([]);
  });

  it("stop the program all, where that is asked for, and none where it is not", async () => {
    await debug.ask("setExceptionBreakpoints", { filters: ["all"] });
    for (const code of caught) expect(await stopsOf(code)).toHaveLength(1);
    await debug.ask("setExceptionBreakpoints", { filters: [] });
    for (const code of caught) expect(await stopsOf(code)).toEqual([]);
    expect(await stopsOf(thrown[0][0])).toEqual([]);
  });

  it("of a library stop the program once, and say what they are", { tags: "all" }, async () => {
    await debug.ask("setExceptionBreakpoints", { filters: ["uncaught"] });
    const cell = run(kernel, 'import { tf } from "gradbook";\nconst a = tf.ones([2, 3]);\ntf.matMul(a, a)');
    await debug.stopped();
    const frames = await debug.frames();
    expect(frames[0]).toMatchObject({ presentationHint: "subtle", source: { presentationHint: "deemphasize" } });
    expect(frames.at(-1)).toMatchObject({ name: "cell-1.ts", line: 3 });
    expect(await debug.ask("exceptionInfo")).toMatchObject({
      breakMode: "unhandled",
      details: { stackTrace: expect.any(String) },
    });
    expect(Object.values(await debug.scopes()).flatMap((names) => Object.keys(names))).toContain("(exception)");
    const { content } = await debug.ask<DebugProtocol.SourceResponse>("source", { source: frames[0]!.source });
    expect(content.split("\n").length).toBeGreaterThan(frames[0]!.line);
    await debug.go();
    expect((await cell).reply.status).toBe("error");
    expect(debug.take().filter((name) => name === "stopped")).toEqual([]);
  });
});

it("stops at debugger statements, also in callbacks and timers and behind an await", async () => {
  const code = [
    "debugger;",
    "[1].forEach(() => {",
    "  debugger;",
    "});",
    "await new Promise<void>((resolve) => setTimeout(() => {",
    "  debugger;",
    "  resolve();",
    "}, 5));",
    "debugger;",
  ].join("\n");
  const at = (line: number) => `breakpoint cell-1.ts:${line} Paused on a debugger statement`;
  expect(await stopsOf(code)).toEqual([1, 3, 6, 9].map(at));
});

describe("while the program is stopped", () => {
  const code = "let n = 1;\nn += 1;\nn";

  /** The cell, and the promise of its end. */
  async function stopCell() {
    await debug.breakAt(code, 2);
    const cell = run(kernel, code);
    await debug.stopped();
    return { cell };
  }

  it("heartbeat, completion, help and variables answer", async () => {
    const { cell } = await stopCell();
    await kernel.client.heartbeat();
    expect((await kernel.client.complete("n.toFi")).matches).toEqual(["toFixed"]);
    expect((await kernel.client.inspect("n")).found).toBe(true);
    expect(await debug.ask("inspectVariables")).toMatchObject({
      variables: [{ name: "n", value: "1", type: "number" }],
    });
    expect(await debug.ask("debugInfo")).toMatchObject({ isStarted: true, stoppedThreads: [1], breakpoints: [{}] });
    await debug.go();
    expect((await cell).text).toBe("2");
  });

  it("an interrupt ends the cell, keeps the variables, and the next cell runs and stops", async () => {
    for (let round = 0; round < 3; round++) {
      const { cell } = await stopCell();
      await kernel.client.interrupt();
      expect((await cell).reply.ename).toBe("Interrupted");
      await debug.event("continued");
      expect((await run(kernel, "n")).text).toBe("1");
    }
    const { cell } = await stopCell();
    await debug.go();
    expect((await cell).text).toBe("2");
  });

  it("shutting down ends the process", async () => {
    const { cell } = await stopCell();
    expect(await kernel.shutdown()).toBe(0);
    expect((await cell).reply.ename).toBe("Interrupted");
  });

  it("disconnecting lets the program run on, without a stop", async () => {
    const { cell } = await stopCell();
    await debug.ask("disconnect", { restart: false, terminateDebuggee: false });
    expect((await cell).text).toBe("2");
    expect((await run(kernel, code)).text).toBe("2");
    expect(await debug.ask("debugInfo")).toMatchObject({ isStarted: false, stoppedThreads: [], breakpoints: [] });
  });

  it("the end of the parent ends the process", async () => {
    const parent = fileURLToPath(new URL("../helpers/kernel-parent.mjs", import.meta.url));
    const child = spawn(process.execPath, [parent, JSON.stringify(builtKernel), "debugger;", "debug"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    const pid = Number(String(line));
    child.kill("SIGKILL");
    await expect.poll(() => isAlive(pid)).toBe(false);
  });
});

it("100 times attached, stopped and left, nothing is left of it", { tags: "all" }, async () => {
  await debug.ask("disconnect");
  const own = await kernelOfThisTest({ env: { NODE_OPTIONS: "--expose-gc" } });
  debug = new DebugClient(own);
  const heap = async () => Number((await run(own, "gc!(); await null; gc!(); process.memoryUsage().heapUsed")).text);
  const code = "const rows = Array.from({ length: 100_000 }, (_, i) => ({ i }));\nrows.length";
  const rounds = async (count: number) => {
    for (let i = 0; i < count; i++) {
      await debug.attach();
      await debug.breakAt(code, 2);
      const cell = run(own, code);
      await debug.stopped();
      await debug.scopes();
      await debug.ask("disconnect");
      expect((await cell).text).toBe("100000");
    }
  };
  await rounds(20);
  const before = await heap();
  await rounds(80);
  expect((await heap()) - before).toBeLessThan(80 * 10_000);
});
