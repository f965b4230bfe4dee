/**
 * The worker with TypeScript: checks and translates cells, and tells the types of their names, one question after the other. It starts
 * with the declarations of the library.
 */
import { type CellCode, translateCell } from "../../run/cell-code.js";
import type { HoverType } from "../../run/hover-type.js";
import { type CellFault, Checker } from "./checker.js";

/** A question about the last of these cells. */
export type Question = { cells: readonly string[] } & (
  | /** Is it right, and what is it in JavaScript? Stack traces call it `name`. */ { name: string }
  | /** What is the name at this position? */ { position: number }
);

export type Checked = { faults: CellFault[] } | { code: CellCode };

/** An answer, or why there is none. */
export type Answer = { checked: Checked } | { type: HoverType | undefined } | { failed: string };

async function declarations(): Promise<Record<string, string>> {
  const response = await fetch(new URL("types.json", import.meta.url));
  if (response.ok) return (await response.json()) as Record<string, string>;
  throw new Error(`types.json: expected the declarations of the library, received status ${response.status}.`);
}

const ready = declarations().then((files) => new Checker(files));

async function answer(question: Question): Promise<Answer> {
  const { cells } = question;
  const checker = await ready;
  if ("position" in question) return { type: checker.typeAt(cells, question.position) };
  const translated = translateCell(cells.at(-1)!, question.name);
  const faults = checker.check(cells);
  if (faults.length > 0) return { checked: { faults } };
  return { checked: "faults" in translated ? translated : { code: translated } };
}

globalThis.onmessage = async ({ data }: MessageEvent<Question>) => {
  const given = await answer(data).catch(({ message }: Error): Answer => ({ failed: message }));
  globalThis.postMessage(given);
};
