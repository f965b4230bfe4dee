/** TypeScript that is more than types, in a running kernel: all of it on every Node, with its own lines in errors. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KernelProcess } from "../../kernel/client/kernel-process.js";
import { run, startTestKernel } from "../helpers/kernel.js";

let kernel: KernelProcess;
beforeAll(async () => {
  kernel = await startTestKernel();
});
afterAll(() => kernel.kill());

it.each([
  [
    "a decorated class",
    "const named = (c: Function, { name }: ClassDecoratorContext) => { log = name };\nlet log: string | undefined = '';\n@named\nclass Leaf {}\nlog",
    "'Leaf'",
  ],
  [
    "a decorated method",
    "const twice = (f: () => number, _: ClassMethodDecoratorContext) => () => 2 * f();\nclass Number2 { @twice get4() { return 2 } }\nnew Number2().get4()",
    "4",
  ],
  ["an accessor", "class Box { accessor side = 3 }\nnew Box().side", "3"],
  [
    "a private parameter property",
    "class Point { constructor(private x: number) {} get y() { return this.x } }\nnew Point(3).y",
    "3",
  ],
  ["an enum", "enum Way { Up = 1, Down }\nWay.Down", "2"],
  ["a constant enum", "const enum Bit { One = 1 << 1 }\nBit.One", "2"],
  ["a namespace with a value behind it", "namespace Space { export const a = 1 }\n2 + 2", "4"],
  [
    "a namespace within another, of an earlier cell",
    "namespace Outer.Inner { export const a = 5 }\nOuter.Inner.a",
    "5",
  ],
  [
    "what is declared for all",
    "declare global { interface Array<T> { gradbookOwn?: T } }\n[1].gradbookOwn === undefined",
    "true",
  ],
  [
    "JSX",
    "/** @jsx h */\nconst h = (tag: string, props: object | null, ...inner: unknown[]) => ({ tag, ...props, inner });\nconst row = <p id='a'>{1 + 1}</p>;\nrow",
    "{ tag: 'p', id: 'a', inner: [ 2 ] }",
  ],
  ["a cast as before JSX", "const cast = <number>(5 as unknown);\ncast", "5"],
  ["an import by require", "import os = require('node:os');\ntypeof os.cpus", "'function'"],
])("runs %s", async (_, code, text) => {
  const { reply, text: found } = await run(kernel, code);
  expect(reply.traceback?.join("\n")).toBeUndefined();
  expect(found).toBe(text);
});

it("runs JSX by the React of an earlier cell, fragments too, beside cells without JSX", async () => {
  await run(
    kernel,
    "const React = { createElement: (tag: unknown, _: unknown, ...inner: unknown[]) => [tag, inner], Fragment: 'all' }",
  );
  expect((await run(kernel, "<><b>x</b></>")).text).toBe("[ 'all', [ [ 'b', [Array] ] ] ]");
  expect((await run(kernel, "const size = <number>(1 as unknown);\nsize")).text).toBe("1");
  expect((await run(kernel, "<i>{size}</i>")).text).toBe("[ 'i', [ 1 ] ]");
  expect((await run(kernel, "<i>{nope}</i>")).reply.evalue).toContain("Cannot find name 'nope'");
});

describe("using", () => {
  it("disposes at the end of the cell, also of one that fails, and what it named stays", async () => {
    const code =
      "using file = { name: 'f', [Symbol.dispose]() { console.log('closed') } };\nconst size = file.name.length;\nconsole.log('open');";
    expect((await run(kernel, code)).stdout).toBe("open\nclosed\n");
    expect((await run(kernel, "[file.name, size]")).text).toBe("[ 'f', 1 ]");
    const failing = await run(
      kernel,
      "using door = { [Symbol.dispose]() { console.log('shut') } };\n\nthrow new Error('no')",
    );
    expect(failing.stdout).toBe("shut\n");
    expect(failing.reply.traceback!.join("\n")).toContain(`cell-${failing.reply.execution_count}.ts:3:7`);
  });

  it("awaits what is disposed asynchronously", async () => {
    const code = "await using slow = { async [Symbol.asyncDispose]() { await null; console.log('gone') } };\n'here'";
    const { stdout, text } = await run(kernel, code);
    expect([stdout, text]).toEqual(["gone\n", "'here'"]);
  });
});

it("shows the line of a decorated method's error", async () => {
  await run(
    kernel,
    "const pass = (c: unknown, _: DecoratorContext) => {};\n@pass\nclass Thrower {\n  fail(): never {\n    throw new Error('own line');\n  }\n}",
  );
  const { reply } = await run(kernel, "new Thrower().fail()");
  expect(reply.traceback!.join("\n")).toMatch(
    /at Thrower\.fail \(cell-\d+\.ts:5:11\)[\s\S]*5 \| {5}throw new Error\('own line'\);/,
  );
});

it("says of a name that is not there to define it first", async () => {
  expect((await run(kernel, "function early() { return notYetThere() }")).reply.evalue).toBe(
    "Cannot find name 'notYetThere'. If another cell declares it, run that one first.",
  );
});
