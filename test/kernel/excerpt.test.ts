import { expect, it } from "vitest";
import { excerpt, positionAt } from "../../kernel/excerpt.js";

it("counts lines and columns from 1", () => {
  expect(positionAt("ab\ncd", 0)).toEqual({ line: 1, column: 1 });
  expect(positionAt("ab\ncd", 4)).toEqual({ line: 2, column: 2 });
});

it("shows the line, the one before it, and a mark below the column", () => {
  expect(excerpt("a\nbb\nccc", { line: 3, column: 2 })).toBe("2 | bb\n3 | ccc\n  |  ^");
  expect(excerpt("\tx", { line: 1, column: 2 })).toBe("1 | \tx\n  | \t^");
});

it.each([
  ["'漢字' + x", " ".repeat(9)],
  ["'👩‍👩‍👧' + x", " ".repeat(7)],
  ["'e\u0301 ü' + x", " ".repeat(8)],
  ["/* 한글、ｘ */ x", " ".repeat(15)],
])("puts the mark below its column behind characters of another width: %s", (source, before) => {
  expect(excerpt(source, { line: 1, column: source.indexOf("x") + 1 })).toBe(`1 | ${source}\n  | ${before}^`);
});
