/**
 * Rows on WebAssembly, the engine of machines without the native one and of the book's pages: some workloads again, in a process of their
 * own, beside plain TensorFlow.js on the same engine. What is asked and answered are lines of JSON: see `wasm-served.ts`.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Engine, Workload } from "./compare.js";
import { predicting } from "./p-predict.js";
import { w1 } from "./w1-dropout-toy.js";
import { w4 } from "./w4-quadratic.js";

/** What the process is asked: for its engines, or of one of them for its results or its time. */
export type Question =
  | { ask: "engines" }
  | { ask: "check"; engine: number }
  | { ask: "time"; engine: number; steps: number };

/** By their names in the process. */
export const onWebAssembly = [w1, w4, ...predicting.filter(({ name }) => name !== "predict100")];

export const wasm = onWebAssembly.map(
  ({ name, title, ...workload }): Workload => ({
    ...workload,
    name: `wasm-${name}`,
    title: `${title}, on WebAssembly`,
    engines: async () => {
      const script = fileURLToPath(new URL("./wasm-served.js", import.meta.url));
      const env = { ...process.env, GRADBOOK_ENGINE: "wasm" };
      const child = spawn(process.execPath, [script, name], { env, stdio: ["pipe", "pipe", "inherit"] });
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      const ask = async <Answer>(question: Question): Promise<Answer> => {
        child.stdin.write(`${JSON.stringify(question)}\n`);
        const { value, done } = await lines.next();
        if (done) throw new Error(`Expected an answer of ${name} on WebAssembly, received the end of its process.`);
        return JSON.parse(value) as Answer;
      };
      const found = await ask<{ name: string; peer: boolean }[]>({ ask: "engines" });
      return found.map(
        (one, engine): Engine => ({
          ...one,
          check: () => ask({ ask: "check", engine }),
          time: (steps) => ask({ ask: "time", engine, steps }),
          ...(engine === 0 && { close: () => void child.stdin.end() }),
        }),
      );
    },
  }),
);
