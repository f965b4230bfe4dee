/**
 * How far notebooks of others run: every cell of each, whatever fails before it, in a kernel of its own; and why a cell fails. For
 * `npm run notebooks`.
 */
import { dirname, resolve } from "node:path";
import { startKernel } from "../client/kernel-process.js";
import { kernelCommand } from "../kernelspec.js";
import { parseCell, words } from "../language/syntax.js";
import type { ExecuteReply } from "../wire/message.js";
import { type CodeCell, type Output, readNotebook } from "./notebook-file.js";

/**
 * Why a cell fails: it needs the network, a key or an account, a program or a library for this machine; its file says that it is to
 * fail; it takes too long; or it is for the kernel to answer for.
 */
export type Reason = "network" | "key" | "binary" | "meant" | "slow" | "ours";

/** What became of one notebook. */
export interface Surveyed {
  file: string;
  cells: number;
  passed: number;
  failures: { cell: number; reason: Reason; message: string }[];
}

export interface SurveyOptions {
  /** A package that cells may import from anywhere. Default: none. */
  library?: string;
  /** The kernel's command line. Default: this package's own kernel, with `library`. */
  command?: readonly string[];
  /** A cell that takes longer is interrupted. Default: 120. */
  seconds?: number;
}

/** Runs the notebook in `file`; it is not changed. @throws Error for one that cannot be read, or a kernel that ends. */
export async function surveyNotebook(
  file: string,
  { library, command = kernelCommand(library), seconds = 120 }: SurveyOptions = {},
): Promise<Surveyed> {
  const all = readNotebook(file).cells.filter((cell) => cell.cell_type === "code");
  const cells = all.filter(({ source }) => source.trim() !== "");
  const failures: Surveyed["failures"] = [];
  /** Names that later cells miss because the cell that declares them has failed. */
  const missing = new Map<string, Reason>();
  const env = { JPY_SESSION_NAME: resolve(file), GRADBOOK_HISTORY: "" };
  const kernel = await startKernel({ command, cwd: dirname(resolve(file)), env });
  try {
    for (const [i, cell] of cells.entries()) {
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        void kernel.client.interrupt().catch(() => {});
      }, seconds * 1000);
      const { reply } = await kernel.client.execute(cell.source).done();
      clearTimeout(timer);
      if (reply.status === "ok") continue;
      const reason = isLate ? "slow" : reasonOf(reply, cell, missing);
      for (const name of namesOf(cell.source)) missing.set(name, reason);
      const message = String(reply.evalue ?? "").split("\n")[0]!;
      failures.push({ cell: i + 1, reason, message });
    }
    await kernel.shutdown();
  } finally {
    await kernel.kill();
  }
  return { file, cells: cells.length, passed: cells.length - failures.length, failures };
}

/** What the text of an error tells. A package that is not installed would have to come from the network as well. */
const signs: [Reason, RegExp][] = [
  ["key", /\b(401|403)\b|unauthori[sz]ed|api[ _-]?key|credential|access token/i],
  [
    "network",
    /Cannot find (?:module|package) '[^./]|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|fetch failed|offline|https?:\/\/|jsr:/i,
  ],
  [
    "binary",
    /\.node\b|ERR_DLOPEN|cannot open shared object|node-gyp|prebuil[dt]|spawn \S+ ENOENT|ended with code 127/i,
  ],
];

/** Why a cell failed; `missing` has the names that failed cells should have declared, and why these failed. */
export function reasonOf(
  { ename, evalue, traceback }: Pick<ExecuteReply, "ename" | "evalue" | "traceback">,
  { outputs, source }: Pick<CodeCell, "outputs" | "source">,
  missing: ReadonlyMap<string, Reason>,
): Reason {
  if (outputs.some(isFailure)) return "meant";
  const text = [ename, evalue, ...(traceback ?? [])].join("\n");
  const own = signs.find(([, sign]) => sign.test(text))?.[0];
  return own ?? [...words(source)].map((name) => missing.get(name)).find((reason) => reason !== undefined) ?? "ours";
}

/** Whether the file shows that the cell failed where it was made; tslab tells of its errors on stderr. */
function isFailure(output: Output): boolean {
  if (output.output_type === "error") return true;
  return output.output_type === "stream" && output.name === "stderr" && /^\d+:\d+ - /m.test(output.text);
}

function namesOf(source: string): string[] {
  const parsed = parseCell(source);
  return "faults" in parsed ? [] : [...parsed.names.keys()];
}
