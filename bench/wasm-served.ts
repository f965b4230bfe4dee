/** A process of `wasm.ts`: the engines of the workload that is named, on WebAssembly; answers until its input ends. */
import { createInterface } from "node:readline";
import { engine } from "../entry/ready.js";
import type { Engine } from "./compare.js";
import { onWebAssembly, type Question } from "./wasm.js";

if (engine.name !== "wasm") throw new Error(`Expected WebAssembly, received ${engine.description}.`);
const engines = await onWebAssembly.find(({ name }) => name === process.argv[2])!.engines(undefined, []);

async function answer(question: Question) {
  if (question.ask === "engines") return engines.map(({ name, peer }) => ({ name, peer }));
  const asked = engines[question.engine] as Required<Engine>;
  return question.ask === "check" ? asked.check() : asked.time(question.steps);
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(JSON.parse(line) as Question)));
}
