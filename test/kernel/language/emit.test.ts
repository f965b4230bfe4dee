import { SourceMap } from "node:module";
import { describe, expect, it } from "vitest";
import { emit } from "../../../kernel/language/emit.js";

/** The JavaScript without what surrounds every cell. */
const body = (code: string) =>
  emit(code, "cell-1.ts").js.replace('"use strict";void 0;', "").replace("\n//# sourceURL=cell-1.ts", "");

describe("emit", () => {
  it("throws a SyntaxError for what it cannot translate", () => {
    expect(() => emit("const x = ;", "cell-7.ts")).toThrow(SyntaxError);
  });

  it.each([
    ["import 'x'", "void await __import('x');"],
    ["import d from 'x'", `let { default: d } = await __import('x', {}, { default: "d" });`],
    ["import * as n from 'x'", "let n = await __import('x');"],
    ["import d, * as n from 'x'", `let n = await __import('x', {}, { default: "d" }), { default: d } = n;`],
    ["import { a, b as c } from 'x'", `let { a: a, b: c } = await __import('x', {}, { a: "a", b: "c" });`],
    [
      "import j from './x.json' with { type: 'json' }",
      `let { default: j } = await __import('./x.json', { with: { type: 'json' } }, { default: "j" });`,
    ],
    ["import('x')", "__import('x')"],
    ["import.meta.url", "__import.meta.url"],
    ["export const a = 1", "let a = 1"],
    ["export { a, b }", ";"],
    ["export * from 'x'", "void await __import('x');"],
    ["export default 1 + 1", ";(1 + 1)"],
    ["#!/usr/bin/env node\n1", "///usr/bin/env node\n1"],
    ["const a = 1", "let a = 1"],
    ["class A {}", "class A {}"],
    ["function f() {}\nf()", "let f = function f() {};\nf()"],
    ["f(); async function* f() {}", "let f = async function* f() {};f(); "],
    ["var a = 1, b", "let a,b;void (a = 1, b);"],
    ["var a", "let a;;"],
    ["if (x) var { a } = x", "let a;if (x) void ({ a } = x);"],
    ["for (var i = 0; i < 3; i++) {}", "let i;for (i = 0; i < 3; i++) {}"],
    ["for (var x of xs) {}", "let x;for (x of xs) {}"],
    ["() => { var a = 1; const b = 2 }", "() => { var a = 1; const b = 2 }"],
  ])("turns %j into %j", (code, js) => {
    expect(body(code)).toBe(js);
  });

  it.each([
    ["let x: number = 1 as any", "let x         = 1       "],
    ["f<T>(x)", "f   (x)"],
    ["f<\n() => T\n>(x)", "f \n       \n (x)"],
    ["interface I { a: 1 }\nlet x!: I", "                    \nlet x    "],
  ])("blanks the types of %j", (code, js) => {
    expect(body(code)).toBe(js);
  });

  it("leads back to line and column, of a moved function and of an enum", () => {
    const code = "f()\nenum E { A }\nfunction f() {\n  throw new Error(String(E.A))\n}";
    const { js, maps } = emit(code, "cell-1.ts");
    const lines = js.split("\n");
    let at = { line: lines.findIndex((line) => line.includes("throw")), column: 0 };
    at.column = lines[at.line]!.indexOf("throw");
    expect(maps).toHaveLength(2);
    for (const map of maps) {
      const entry = new SourceMap(JSON.parse(map)).findEntry(at.line, at.column);
      if (!("originalLine" in entry)) throw new Error("The map does not know this position.");
      at = { line: entry.originalLine, column: entry.originalColumn };
    }
    expect(at).toEqual({ line: 3, column: 2 });
  });
});
