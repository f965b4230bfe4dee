/** The way to TypeScript, in a worker of its own that is started when a reader first edits a cell. */
import type { HoverType } from "../../run/hover-type.js";
import type { Answer, Checked, Question } from "../compiler/typescript-worker.js";
import { asset } from "./load.js";

let worker: Worker | undefined;
let last: Promise<unknown> = Promise.resolve();

/** Asks one question after the other. A worker that cannot answer is given up: the next question starts another. */
function ask(question: Question): Promise<Answer> {
  const asked = last.then(
    () =>
      new Promise<Answer>((resolve, reject) => {
        worker ??= new Worker(asset("run/typescript-worker.js"), { type: "module" });
        const fail = (received = "nothing") => {
          worker?.terminate();
          worker = undefined;
          reject(new Error(`TypeScript: expected an answer, received ${received}: try it again.`));
        };
        worker.onmessage = ({ data }: MessageEvent<Answer>) => ("failed" in data ? fail(data.failed) : resolve(data));
        worker.onerror = ({ message }) => fail(message);
        worker.postMessage(question);
      }),
  );
  last = asked.catch(() => {});
  return asked;
}

/** Checks and translates the last of `cells`, which knows what those before it declare. @throws Error where TypeScript cannot be had */
export async function checkCell(cells: readonly string[], name: string): Promise<Checked> {
  const answer = await ask({ cells, name });
  return (answer as Extract<Answer, { checked: unknown }>).checked;
}

/** The type of the name at `position` of the last of `cells`; undefined where there is none. @throws Error as `checkCell` */
export async function typeInCell(cells: readonly string[], position: number): Promise<HoverType | undefined> {
  const answer = await ask({ cells, position });
  return (answer as Extract<Answer, { type: unknown }>).type;
}
