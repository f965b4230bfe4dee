/**
 * Whether the reader's code catches what is thrown at a place. V8 takes every error of a cell for caught, by the kernel, which shows
 * it; so the code itself is asked: a `try` with a `catch`, or a promise's `.catch(…)`, around the place.
 */
import { type Node, Visitor } from "oxc-parser";
import { withoutMagics } from "../language/magics.js";
import { parse } from "../language/syntax.js";
import type { Place } from "./positions.js";

type Range = Pick<Node, "start" | "end">;

/** Whether `text` catches what is thrown at `place`, or by what it calls there. */
export function catchesAt(text: string, { line, column }: Place): boolean {
  const offset = text.split("\n").slice(0, line).join("\n").length + (line > 0 ? 1 : 0) + column;
  const holds = ({ start, end }: Range) => start <= offset && offset < end;
  const functions: Range[] = [];
  const caught: Range[] = [];
  const add = (node: Range) => void functions.push(node);
  new Visitor({
    FunctionDeclaration: add,
    FunctionExpression: add,
    ArrowFunctionExpression: add,
    TryStatement: ({ block, handler }) => void (handler && caught.push(block)),
    CallExpression({ callee, arguments: args }) {
      if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return;
      const { name } = callee.property;
      if (name === "catch" || (name === "then" && args.length > 1)) caught.push(callee.object);
    },
  }).visit(parse(withoutMagics(text)).program);
  // What a function throws, the `try` around its declaration does not catch.
  const innermost = Math.max(0, ...functions.filter(holds).map(({ start }) => start));
  return caught.some((range) => holds(range) && range.start >= innermost);
}
