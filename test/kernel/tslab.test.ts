/** What notebooks written for tslab rely on, cell by cell: the behaviours that its own tests of its converter and executor name. */
import { afterAll, beforeAll, expect, it } from "vitest";
import type { KernelProcess } from "../../kernel/client/kernel-process.js";
import { run, startTestKernel } from "../helpers/kernel.js";

let kernel: KernelProcess;
beforeAll(async () => {
  kernel = await startTestKernel();
});
afterAll(() => kernel.kill());

/** Cells in order, and what the last one shows: a value, or the message of its error. */
const behaviours: [name: string, cells: string[], shown: string][] = [
  [
    "variables change over cells",
    ["let x = 3, y = 4;", "let z = x * y; z -= 2;", "y = x * z;", "x = Math.max(z, y)", "[x, y, z]"],
    "[ 30, 30, 10 ]",
  ],
  [
    "functions call themselves",
    ["function fib(n: number): number { return n > 1 ? fib(n - 1) + fib(n - 2) : 1; }\nlet fib20 = fib(20);", "fib20"],
    "10946",
  ],
  [
    "functions change variables of their cell",
    ["let counter = 0;\nfunction increment() { counter++; }", "increment(); increment();", "counter"],
    "2",
  ],
  [
    "generators and async functions",
    [
      "function* range(n: number) { for (let i = 0; i < n; i++) yield i; }\nasync function sleep(ms: number) { await new Promise((go) => setTimeout(go, ms)); return ms; }",
      "[...range(3), await sleep(1)]",
    ],
    "[ 0, 1, 2, 1 ]",
  ],
  [
    "destructuring declares",
    ["let [p, q] = [123, 'hello']; let { a, b: c } = { a: 1, b: 'b' };", "[p, q, a, c]"],
    "[ 123, 'hello', 1, 'b' ]",
  ],
  ["a constant is declared again", ["const k = 3;", "const k = 4;", "k"], "4"],
  [
    "a variable gets another type",
    ["let v = 1, w = 's';", "let v = true; let w2 = 'z';", "[v, w.length, w2]"],
    "[ true, 1, 'z' ]",
  ],
  [
    "an enum and its reverse names",
    [
      "enum Direction { Up = 1, Down, Left, Right }",
      "const down = Direction.Down, name = Direction[2];",
      "let Direction = null;",
      "[down, name, Direction]",
    ],
    "[ 2, 'Down', null ]",
  ],
  [
    "exports are declarations",
    [
      "export const e1 = 1; export function e2() { return 2; }\nexport class E3 { three = 3; }",
      "[e1, e2(), new E3().three]",
    ],
    "[ 1, 2, 3 ]",
  ],
  [
    "interfaces of one cell merge",
    [
      "interface Merged { abc: number }\ninterface Merged { xyz: string }\nlet merged: Merged = { abc: 1, xyz: 'x' };",
      "merged.xyz",
    ],
    "'x'",
  ],
  [
    "classes implement interfaces of earlier cells",
    [
      "interface Shape { color: string }",
      "class Square implements Shape { constructor(readonly color: string, public side: number) {} }",
      "new Square('red', 2)",
    ],
    "Square { color: 'red', side: 2 }",
  ],
  [
    "a class that does not implement its interface",
    ["interface Shape2 { color: string }", "class Wrong implements Shape2 {}"],
    "Class 'Wrong' incorrectly implements interface 'Shape2'.",
  ],
  [
    "a class in place of an interface, a value in place of a type",
    [
      "interface IType { x: number }\ntype AType = IType | number;",
      "class IType { y = 'y' }\nlet AType = 123;",
      "[new IType().y, AType]",
    ],
    "[ 'y', 123 ]",
  ],
  ["a value in place of a class", ["class A1 {}\nclass B1 {}", "let A1 = 10;", "[A1 + 1, new B1()]"], "[ 11, B1 {} ]"],
  ["a type in place of a class", ["class A2 {}", "interface A2 { x: number }", "const a2: A2 = { x: 5 }; a2.x"], "5"],
  ["a value in place of an enum", ["enum A3 { K = 1 }\nenum B3 { L = 2 }", "let A3 = 10;", "[A3, B3.L]"], "[ 10, 2 ]"],
  [
    "a type in place of an imported one",
    [
      "import type { CpuInfo, UserInfo } from 'os';",
      "interface CpuInfo { x: number }",
      "const cpu: CpuInfo = { x: 1 }; cpu.x",
    ],
    "1",
  ],
  ["a value in place of an imported one", ["import { cpus } from 'os';", "let cpus = 10;", "cpus"], "10"],
  ["a value in place of an imported namespace", ["import * as os from 'os';", "let os = 10;", "os"], "10"],
  [
    "a value beside a type of that name",
    ["interface Both { x: number }\nlet Both = 1;", "const both: Both = { x: Both }; both.x"],
    "1",
  ],
  [
    "imported names in later cells",
    [
      "import * as crypto from 'crypto';",
      "const hash = crypto.createHash('sha256').update('Hello').digest('hex');",
      "hash.length",
    ],
    "64",
  ],
  [
    "globals of Node",
    ["[global === globalThis, typeof process.pid, typeof Buffer.from, typeof require('os').cpus]"],
    "[ true, 'number', 'function', 'function' ]",
  ],
  [
    "a name declared twice in one cell",
    ["let twice = 3; let twice = 4;"],
    "Cannot redeclare block-scoped variable 'twice'",
  ],
  ["an assignment to a constant of an earlier cell", ["const fixed = 1;", "fixed = 2;"], "Cannot assign to 'fixed'"],
  ["a type error", ["let text: string = 10;"], "Type 'number' is not assignable to type 'string'."],
  ["a syntax error", ["let x + 10;"], "Expected"],
  ["the value of the last expression only", ["let l = 3 + 4\n;l * l"], "49"],
];

it.each(behaviours)("%s", async (_, cells, shown) => {
  const last = cells.at(-1)!;
  for (const cell of cells.slice(0, -1)) {
    const { reply } = await run(kernel, cell);
    expect(reply.traceback?.join("\n")).toBeUndefined();
  }
  const { text, reply } = await run(kernel, last);
  expect(text ?? reply.evalue).toContain(shown);
});
