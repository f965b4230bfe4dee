/** Values as the debugger's panels show them, and the variables of the top level without a stop. */
import type { DebugProtocol } from "@vscode/debugprotocol";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { KernelProcess } from "../../kernel/client/kernel-process.js";
import { DebugClient } from "../helpers/debug-client.js";
import { kernelOfThisTest, run, startTestKernel } from "../helpers/kernel.js";

const values = `import { tf } from "gradbook";
import { DataFrame } from "gradbook/danfo";
const small = tf.tensor([[1, 2], [3, 4.5]]);
const large = tf.ones([300, 300]);
const gone = tf.ones([2]);
gone.dispose();
const homes = new DataFrame({ area: [856, 1262], price: [1, 2] });
const bytes = new Float32Array(100_000).map((_, i) => i);
const pages = Array.from({ length: 250 }, (_, i) => i * 2);
let ran = 0;
class Point {
  x = 1;
  get length() { ran += 1; return 5; }
}
const point = new Point();
const own = { get now() { ran += 1; return 7; } };
const stock = new Map([["a", 1], ["b", 2]]);
const trap = new Proxy({}, { get() { ran += 1; return 1; }, ownKeys() { ran += 1; return []; } });
const add = (a: number, b = 1) => a + b;
class Safe {
  #code = 1234;
  #open(): void {}
}
class Bank extends Safe {
  #vaults = [1, 2];
  name = "bank";
}
const safe = new Safe();
const bank = new Bank();
const half: number | undefined = 0.5;
large.shape;`;

describe("the variables of the top level", () => {
  let kernel: KernelProcess;
  let debug: DebugClient;
  let all: { [name: string]: DebugProtocol.Variable };
  beforeAll(async () => {
    kernel = await startTestKernel();
    debug = new DebugClient(kernel);
    expect((await run(kernel, values)).reply.status).toBe("ok");
  });
  afterAll(() => kernel.kill());
  beforeEach(async () => {
    const { variables } = (await debug.ask("inspectVariables")) as { variables: DebugProtocol.Variable[] };
    all = Object.fromEntries(variables.map((variable) => [variable.name, variable]));
  });
  const ran = async () => (await run(kernel, "ran", { store_history: false })).text;

  it("come with TypeScript's types and the beginning of their values, without a debugger, and nothing of them runs", async () => {
    expect(
      Object.fromEntries(Object.values(all).map(({ name, type, value }) => [name, `${type} = ${value}`])),
    ).toMatchObject({
      small: "Tensor<Rank> = float32 [2, 2] [ [ 1, 2 ], [ 3, 4.5 ] ]",
      large: "Tensor<Rank> = float32 [300, 300]",
      gone: "Tensor<Rank> = float32 [2], disposed",
      homes: "DataFrame = 2 rows × 2 columns: area, price",
      pages: expect.stringMatching(/^number\[\] = \[ 0, 2, 4,.* more items \]$/),
      point: "Point = Point { x: 1 }",
      own: "{ readonly now: number; } = { now: [Getter] }",
      stock: "Map<string, number> = Map(2) { 'a' => 1, 'b' => 2 }",
      add: "(a: number, b?: number) => number = [Function: add]",
      trap: "{} = {}",
    });
    expect(await ran()).toBe("0");
  });

  it("unfold: a tensor to its shape and values, a table to its columns, lists by pages", async () => {
    expect(await debug.parts(all.small!)).toMatchObject({
      shape: { value: "[ 2, 2 ]" },
      values: { value: "[ [ 1, 2 ], [ 3, 4.5 ] ]" },
    });
    expect(await debug.parts(all.homes!)).toMatchObject({
      area: { value: "[ 856, 1262 ]" },
      price: { value: "[ 1, 2 ]" },
    });
    expect(await debug.parts(all.stock!)).toMatchObject({ "'a'": { value: "1" } });
    const groups = await debug.variables(all.bytes!.variablesReference);
    expect([groups.length, groups[1]!.name]).toEqual([1000, "[100 … 199]"]);
    const group = await debug.variables(groups[1]!.variablesReference);
    expect([group.length, group[0]]).toMatchObject([100, { name: "100", value: "100", evaluateName: "bytes[100]" }]);
    const page = await debug.variables(all.pages!.variablesReference, { filter: "indexed", start: 240, count: 20 });
    expect([page.length, page.at(-1)]).toMatchObject([10, { name: "249", value: "498" }]);
    expect(all.pages!.indexedVariables).toBe(250);
  });

  it("run a getter when it is unfolded, and not before", async () => {
    const { x, length } = await debug.parts(all.point!);
    expect([x, length]).toMatchObject([{ value: "1" }, { value: "(…)", presentationHint: { lazy: true } }]);
    expect(await ran()).toBe("0");
    expect(await debug.parts(length!)).toMatchObject({ value: { value: "5" } });
    expect(await ran()).toBe("1");
  });

  it("unfold to what is private too", async () => {
    const { variablesReference } = all.safe!;
    const { variables } = await debug.ask<DebugProtocol.VariablesResponse>("variables", { variablesReference });
    expect(variables).toMatchObject([{ name: "#code", value: "1234", type: "number" }]);
    const parts = await debug.parts(all.bank!);
    expect(parts).toMatchObject({ name: { value: "'bank'" }, "#code": { value: "1234" } });
    expect(await debug.parts(parts["#vaults"]!)).toMatchObject({ "1": { value: "2" } });
  });

  it("show as a notebook would show them", async () => {
    const shown = async (variableName: string) =>
      ((await debug.ask("richInspectVariables", { variableName })) as { data: { [mime: string]: string } }).data;
    expect((await shown("homes"))["text/html"]).toContain("<td>856</td>");
    expect((await shown("small"))["text/plain"]).toContain("Tensor float32 [2,2]");
    expect(await debug.send("richInspectVariables", { variableName: "nothing" })).toMatchObject({ success: false });
  });

  it("are listed by %whos with the same types and values", async () => {
    const { stdout } = await run(kernel, "%whos");
    expect(stdout).toMatch(/pages +number\[\] +\[ 0, 2, 4/);
    expect(stdout).toMatch(/homes +DataFrame +2 rows × 2 columns: area, price/);
    expect(stdout).toMatch(/half +(number \| undefined|number) +0\.5/);
  });

  it("are there while a cell blocks", async () => {
    const cell = kernel.client.execute("for (;;) ran += 0;").done();
    await kernel.client.heartbeat();
    expect(await debug.ask("inspectVariables")).toMatchObject({ variables: expect.any(Array) });
    await kernel.client.interrupt();
    expect((await cell).reply.ename).toBe("Interrupted");
  });
});

it("in a frame can be set: names of its scopes, properties, items; and shown richly", async () => {
  const kernel = await kernelOfThisTest();
  const debug = new DebugClient(kernel);
  await debug.attach();
  const code = `function sum(n: number): string {
  const box = { items: [n, 2], name: "a" };
  const t = n;
  for (let i = 0; i < 1; i++) {
    const t = "inner";
    debugger;
    box.name += t;
  }
  return box.name + t + n + box.items;
}
sum(1)`;
  const cell = run(kernel, code);
  await debug.stopped();
  const [frame] = await debug.frames();
  const { scopes } = await debug.ask<DebugProtocol.ScopesResponse>("scopes", { frameId: frame!.id });
  const { variablesReference } = scopes[0]!;
  const set = (reference: number, name: string, value: string) =>
    debug.send("setVariable", { variablesReference: reference, name, value });
  expect(await set(variablesReference, "t", "('x' as string)")).toMatchObject({
    success: true,
    body: { value: "'x'" },
  });
  expect(await set(variablesReference, "n", "n + 40")).toMatchObject({ body: { value: "41", type: "number" } });
  expect(await set(variablesReference, "nothing", "1")).toMatchObject({ success: false });
  const { Local } = await debug.scopes(frame!.id);
  expect(Local).toMatchObject({ t: { value: "'x'" }, n: { value: "41" }, i: { value: "0" } });
  const { items } = await debug.parts(Local!.box!);
  expect(await set(items!.variablesReference, "1", "7")).toMatchObject({ success: true });
  expect(await set(Local!.box!.variablesReference, "name", "'b'")).toMatchObject({ success: true });
  const rich = { variableName: "box.items", frameId: frame!.id };
  expect(await debug.ask("richInspectVariables", rich)).toMatchObject({ data: { "text/plain": "[ 1, 7 ]" } });
  await debug.go();
  expect((await cell).text).toBe("'bx1411,7'");
});

it("in a frame are copied to the top level, where later cells know them", async () => {
  const kernel = await kernelOfThisTest();
  const debug = new DebugClient(kernel);
  await debug.attach();
  await run(kernel, "let known = 0;");
  const cell = run(
    kernel,
    "function half(x: number) {\n  const local = [x / 2];\n  debugger;\n  return local;\n}\nhalf(5)",
  );
  await debug.stopped();
  const [frame] = await debug.frames();
  expect(await debug.ask("debugInfo")).toMatchObject({ copyToGlobals: true });
  const copy = (srcVariableName: string, dstVariableName: string) =>
    debug.send("copyToGlobals", { srcVariableName, dstVariableName, srcFrameId: frame!.id });
  expect(await copy("local", "kept")).toMatchObject({ success: true, body: { value: "[ 2.5 ]" } });
  expect(await copy("x", "known")).toMatchObject({ success: true });
  expect(await copy("x", "1; f()")).toMatchObject({ success: false });
  await debug.go();
  await cell;
  expect((await run(kernel, "kept[0] + known")).text).toBe("7.5");
  expect((await run(kernel, "const kept = 'anew'; kept")).text).toBe("'anew'");
});
