/** Runs a program on an engine of the test's choice, in a process of its own: a process has only one engine. */
import { runModule } from "./engine.js";
import { has } from "./needs.js";

/** The engines that this machine has. */
export const engines = has("Python and a compiler") ? (["native", "wasm"] as const) : (["wasm"] as const);

/**
 * The value that `program` hands to `report(value)`; a number that JSON does not know (NaN, ±Infinity) arrives as text. The
 * program is the inside of an ES module run in the repository; `lib` is the compiled library, `golden(name)` reads a file of
 * test/goldens.
 */
export function onEngine<T>(engine: (typeof engines)[number], program: string): T {
  const text = `
import { readFileSync } from "node:fs";
import * as lib from "./dist/entry/ready.js";
const { tf } = lib;
const golden = (name) => JSON.parse(readFileSync("test/goldens/" + name, "utf8"));
const report = (value) =>
  console.log(JSON.stringify(value, (_, x) => (typeof x === "number" && !Number.isFinite(x) ? String(x) : x)));
if (lib.engine.name !== "${engine}") throw new Error("Expected the engine ${engine}, received " + lib.engine.name);
${program}`;
  const { status, stdout, stderr } = runModule(text, { GRADBOOK_ENGINE: engine });
  if (status !== 0) throw new Error(`Expected the program to end well on ${engine}, received ${status}:\n${stderr}`);
  return JSON.parse(stdout) as T;
}
