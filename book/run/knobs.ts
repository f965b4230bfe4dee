/** The knobs of a chapter as its page offers them: what its first cell, tagged "parameters", declares, and what may stand there. */
import { boundNames, parse } from "gradbook-kernel/language/syntax";
import type { Expression, Statement, TSType } from "oxc-parser";

/** Something of JSON. */
export type KnobValue = string | number | boolean | readonly KnobValue[] | { readonly [name: string]: KnobValue };

/** One of the values that a reader may change. Plain data. */
export interface KnobField {
  name: string;
  stored: KnobValue;
  /** What the comment beside it says; "" for none. */
  note: string;
  /** The least and the largest number, where the chapter names them. */
  range?: readonly [number, number];
  /** The words it may be, where its type names them. */
  choices?: string[];
}

/** The knobs that `parameters` declares; `checks` is the cell with `checkKnobs`, which may name ranges. */
export function knobsOf(parameters: string, checks = ""): KnobField[] {
  const ranges = rangesIn(checks);
  return parse(parameters).program.body.flatMap((statement) => {
    if (statement.type !== "VariableDeclaration") return [];
    return statement.declarations.flatMap(({ id, init, end }) => {
      const stored = init ? plainValue(init) : undefined;
      const [name] = boundNames(id);
      if (name === undefined || stored === undefined) return [];
      const [, note = ""] = /^[^\n]*?\/\/ *(.*)/.exec(parameters.slice(end)) ?? [];
      const choices = id.typeAnnotation ? choicesOf(id.typeAnnotation.typeAnnotation) : [];
      const range = ranges.get(name);
      return [{ name, stored, note, ...(range && { range }), ...(choices.length > 0 && { choices }) }];
    });
  });
}

/** The words of a type such as `"ignore" | "error"`. */
function choicesOf(type: TSType): string[] {
  if (type.type === "TSUnionType") return type.types.flatMap(choicesOf);
  const word = type.type === "TSLiteralType" && type.literal.type === "Literal" ? type.literal.value : undefined;
  return typeof word === "string" ? [word] : [];
}

/** The third argument of `checkKnobs`. */
function rangesIn(code: string): Map<string, [number, number]> {
  const calls = parse(code).program.body.flatMap(callsIn);
  const argument = calls.find(({ callee }) => callee.type === "Identifier" && callee.name === "checkKnobs")
    ?.arguments[2];
  const ranges = argument && argument.type !== "SpreadElement" ? plainValue(argument) : undefined;
  const entries = Object.entries(Object(ranges) as Record<string, KnobValue>);
  return new Map(entries.filter((entry): entry is [string, [number, number]] => Array.isArray(entry[1])));
}

/** The calls that are a statement of their own, or the value of a variable. */
function callsIn(statement: Statement) {
  const values: (Expression | null)[] =
    statement.type === "ExpressionStatement"
      ? [statement.expression]
      : statement.type === "VariableDeclaration"
        ? statement.declarations.map(({ init }) => init)
        : [];
  return values.filter((value) => value?.type === "CallExpression");
}

/** The value of code that is nothing but data; undefined for other code. */
function plainValue(node: Expression): KnobValue | undefined {
  switch (node.type) {
    case "Literal":
      return typeof node.value === "bigint" || node.value === null || typeof node.value === "object"
        ? undefined
        : node.value;
    case "UnaryExpression": {
      const value = plainValue(node.argument);
      return node.operator === "-" && typeof value === "number" ? -value : undefined;
    }
    case "ArrayExpression": {
      const values = node.elements.map((each) =>
        each && each.type !== "SpreadElement" ? plainValue(each) : undefined,
      );
      return values.every((value) => value !== undefined) ? values : undefined;
    }
    case "ObjectExpression": {
      const entries = node.properties.flatMap((property) => {
        if (property.type === "SpreadElement" || property.computed) return [];
        const { key } = property;
        const name = key.type === "Identifier" ? key.name : key.type === "Literal" ? String(key.value) : undefined;
        const value = plainValue(property.value);
        return name === undefined || value === undefined ? [] : [[name, value] as const];
      });
      return Object.fromEntries(entries);
    }
    default:
      return undefined;
  }
}
