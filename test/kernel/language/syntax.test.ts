import { describe, expect, it } from "vitest";
import { completeness, parseCell } from "../../../kernel/language/syntax.js";

const cell = (text: string) => {
  const parsed = parseCell(text);
  if ("faults" in parsed) throw new Error(parsed.faults[0]!.message);
  return parsed;
};

describe("parseCell", () => {
  it("reports a fault at its place, counted in UTF-16 units", () => {
    expect(parseCell("'😀'; const x = ;")).toEqual({ faults: [{ start: 16, message: "Unexpected token" }] });
  });

  it.each([
    ["let a = 1; var b; const c = 2", { a: true, b: true, c: false }],
    ["const { p, q: [r, ...s], ...t } = o, [u = 1] = v", { p: false, r: false, s: false, t: false, u: false }],
    ["import d, { a as b, type T } from 'x'; import * as n from 'y'", { d: false, b: false, T: false, n: false }],
    ["interface I {} type A = 1; enum E {} class C {} namespace N {} function f() { var inner }", null],
    ["for (var i = 0; ;) { var j } { let hidden }", { i: true, j: true }],
    ["export const x = 1; export default function g() {}", { x: false, g: false }],
    ["let Both = 1; type Both = string", { Both: false }],
  ])("%s declares its names, assignable or not", (text, names) => {
    const expected = names ?? { I: false, A: false, E: false, C: false, N: false, f: false };
    expect(Object.fromEntries(cell(text).names)).toEqual(expected);
  });

  it("knows what a cell exports itself, and which arrays begin empty", () => {
    const { exported, evolving } = cell(
      "export const a = [], b: number[] = []; const c = []; const d = c; export { d as e }",
    );
    expect([...exported]).toEqual(["a", "b", "e"]);
    expect([...evolving]).toEqual(["c"]);
  });

  it.each(["{ a: 1 }", "  {a: {b: 2}, ...c}\n", "{ f() { return 1 } }"])("takes %j for an object", (text) => {
    expect(cell(text)).toMatchObject({ code: `(${text})`, shift: 1 });
  });

  it.each(["{ a: 1 };", "{}", "{ const a = 1 }", "{ a; b }"])("takes %j for a block", (text) => {
    expect(cell(text)).toMatchObject({ code: text, shift: 0 });
  });
});

describe("completeness", () => {
  it.each(["", "a", "const f = () => {}", "await x", "if (a) {\n}"])("of %j is complete", (text) => {
    expect(completeness(text)).toBe("complete");
  });

  it.each(["function f() {", "a +", "f(", "`abc", "/* x", "class A {\n  x", "[1,\n"])("of %j is incomplete", (text) => {
    expect(completeness(text)).toBe("incomplete");
  });

  it.each(["a b", "const = 1", "x = }", ") + 1"])("of %j is invalid", (text) => {
    expect(completeness(text)).toBe("invalid");
  });
});
