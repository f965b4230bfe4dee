/** The way to TypeScript, in a worker of its own that is started when a reader first edits a cell. */
import type { Check, Checked } from "../compiler/typescript-worker.js";
import { asset } from "./load.js";

let worker: Worker | undefined;
let last: Promise<unknown> = Promise.resolve();

function ask(question: Check): Promise<Checked> {
  worker ??= new Worker(asset("run/typescript-worker.js"), { type: "module" });
  const asked = worker;
  return new Promise((resolve, reject) => {
    asked.onmessage = ({ data }: MessageEvent<Checked>) => resolve(data);
    asked.onerror = ({ message }) => reject(new Error(`TypeScript: expected it to start, received "${message}".`));
    asked.postMessage(question);
  });
}

/** Checks and translates the last of `cells`, which knows what those before it declare. One after the other. */
export function checkCell(cells: readonly string[], name: string): Promise<Checked> {
  const answer = last.then(() => ask({ cells, name }));
  last = answer.catch(() => {});
  return answer;
}
