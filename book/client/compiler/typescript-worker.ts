/** The worker with TypeScript: checks and translates one cell after the other. It starts with the declarations of the library. */
import { type CellCode, translateCell } from "../../run/cell-code.js";
import { type CellFault, Checker } from "./checker.js";

/** A question: is the last of these cells right, and what is it in JavaScript? */
export interface Check {
  cells: readonly string[];
  /** What stack traces call it. */
  name: string;
}

export type Checked = { faults: CellFault[] } | { code: CellCode };

const checker = fetch(new URL("types.json", import.meta.url))
  .then((response) => response.json() as Promise<Record<string, string>>)
  .then((files) => new Checker(files));

async function check({ cells, name }: Check): Promise<Checked> {
  const source = cells.at(-1)!;
  const translated = translateCell(source, name);
  const faults = (await checker).check(cells);
  if (faults.length > 0) return { faults };
  return "faults" in translated ? translated : { code: translated };
}

globalThis.onmessage = async ({ data }: MessageEvent<Check>) => globalThis.postMessage(await check(data));
