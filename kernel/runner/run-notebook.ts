/**
 * Runs a notebook from the top without Jupyter, over the same protocol: `gradbook run`. It stops at the first error; what ran
 * is saved behind every cell, the error included. The kernel works in the present folder; imports are resolved from the
 * notebook's.
 */
import { resolve } from "node:path";
import type { Execution } from "../client/execution.js";
import { type KernelProcess, startKernel } from "../client/kernel-process.js";
import { displayName, kernelName } from "../kernelspec.js";
import type { StreamContent } from "../wire/message.js";
import type { CellOutputs } from "./cell-outputs.js";
import { ExecutedNotebook } from "./executed-notebook.js";
import { type CodeCell, hasTag, type Notebook, readNotebook } from "./notebook-file.js";
import { injectParameters } from "./parameters.js";
import { cellTitle, Progress } from "./progress.js";

export interface RunOptions {
  /** The notebook to run. */
  input: string;
  /** Where the executed notebook goes; folders are made. May be `input`. */
  output: string;
  /** Values for the cell tagged `parameters`, as text. Default: none. */
  parameters?: ReadonlyMap<string, string>;
  /** The kernel's command line. Default: this package's own kernel. */
  command?: readonly string[];
  /** Interrupts the running cell when it aborts; the run then ends like one whose cell failed. */
  signal?: AbortSignal;
}

export interface RunResult {
  /** The first error, in words for the terminal; undefined when every cell ran. */
  failure: string | undefined;
  /** What the cells tagged `summary` wrote to stdout. */
  summary: string;
  /** From the start of the kernel to the end of the last cell. */
  seconds: number;
  /** The cells that ran, in order: the beginning of each, and what it took. */
  cells: { title: string; seconds: number }[];
}

/** The kernel that Jupyter starts for the executed notebook. */
const kernelspec = { name: kernelName, display_name: displayName, language: "typescript" };

/** Marks the requests of a run: no front end is there to run scripts, so pictures have to be complete in themselves. */
const requestMetadata = { gradbook: { static: true } };

/**
 * Runs the notebook `input` and writes it, executed, to `output`. A failing cell is a result, not an exception.
 *
 * The first cell that has run replaces an earlier file at `output`, and each that follows replaces that: so a run that is killed
 * leaves all cells, with the outputs of those that ran, and none of another run. A process that exits meanwhile saves what the
 * running cell has shown, too.
 * @throws Error for an unreadable notebook, a wrong parameter, an output that cannot be written or a kernel that does not
 * start: an earlier file at `output` is untouched then. And for one that can be written no more: the run ends there.
 */
export async function runNotebook({
  input,
  output,
  parameters = new Map(),
  command,
  signal,
}: RunOptions): Promise<RunResult> {
  const started = performance.now();
  const notebook = injectParameters(readNotebook(input), parameters);
  checkLanguage(notebook, input);
  const executed = new ExecutedNotebook(notebook, output);
  const cells = notebook.cells.filter((cell) => cell.cell_type === "code");
  for (const cell of cells) Object.assign(cell, { outputs: [], execution_count: null });

  // A run leaves nothing in the history of what its user typed.
  const env = { JPY_SESSION_NAME: resolve(input), GRADBOOK_HISTORY: "" };
  const kernel = await startKernel({ ...(command && { command }), env });
  const saveOnExit = () => saveAtLast(executed, output);
  process.once("exit", saveOnExit);
  try {
    notebook.metadata = { ...notebook.metadata, kernelspec, language_info: kernel.info.language_info };
    if (signal?.aborted) throw new Error("Interrupted before the first cell: nothing ran and nothing was written.");
    const times: RunResult["cells"] = [];
    const failure = await runCells(kernel, notebook, cells, executed, times, signal);
    const seconds = (performance.now() - started) / 1000;
    executed.save();
    if (!failure?.died) await kernel.shutdown();
    return { failure: failure?.text, summary: summaryOf(cells), seconds, cells: times };
  } finally {
    process.off("exit", saveOnExit);
    await kernel.kill();
  }
}

/** Saves what ran when the process exits before the run's end. */
function saveAtLast(executed: ExecutedNotebook, output: string): void {
  if (!executed.hasRun) return;
  try {
    executed.save();
    process.stderr.write(`gradbook: what ran is in ${output}.\n`);
  } catch (error) {
    process.stderr.write(`gradbook: ${(error as Error).message}\n`);
  }
}

/** Runs the cells in order up to the first that fails, and saves each; the times they took are in `times` afterwards. */
async function runCells(
  { client }: KernelProcess,
  notebook: Notebook,
  cells: CodeCell[],
  executed: ExecutedNotebook,
  times: RunResult["cells"],
  signal?: AbortSignal,
): Promise<Failure | undefined> {
  const titles = cells.map((cell) => cellTitle(notebook, cell));
  const progress = new Progress(titles);
  client.on("message", (message, channel) => {
    if (channel === "iopub") executed.receive(message);
  });
  // Asked again and again: the first request may arrive before the kernel has begun with the cell. When the kernel is
  // gone, the cell that waits for it tells.
  const interrupt = () => void client.interrupt().catch(() => clearInterval(again));
  let again: NodeJS.Timeout | undefined;
  const onAbort = () => {
    interrupt();
    again = setInterval(interrupt, 500);
  };
  signal?.addEventListener("abort", onAbort);
  try {
    for (const [index, cell] of cells.entries()) {
      if (cell.source.trim() === "") continue;
      if (signal?.aborted) return { text: `Interrupted before cell ${index + 1} of ${cells.length}.`, died: false };
      progress.start(index);
      const begun = performance.now();
      const execution = client.execute(cell.source, { metadata: requestMetadata });
      const own = executed.begin(cell, execution.request.header.msg_id);
      const failure = await runCell(execution, cell, own, progress);
      progress.end(failure !== undefined);
      executed.save();
      times.push({ title: titles[index]!, seconds: (performance.now() - begun) / 1000 });
      if (failure) return { ...failure, text: `Cell ${index + 1} of ${cells.length} failed.\n${failure.text}` };
    }
    return undefined;
  } finally {
    clearInterval(again);
    signal?.removeEventListener("abort", onAbort);
  }
}

/** Runs one cell to its end. A cell tagged `raises-exception` may fail; a dead kernel is a failure in any case. */
async function runCell(
  execution: Execution,
  cell: CodeCell,
  own: CellOutputs,
  progress: Progress,
): Promise<Failure | undefined> {
  try {
    for await (const { header, content } of execution) {
      if (header.msg_type === "stream") progress.printed((content as unknown as StreamContent).text);
    }
    const reply = (await execution.reply).content;
    cell.execution_count = reply.execution_count;
    if (reply.status === "ok" || hasTag(cell, "raises-exception")) return undefined;
    const { ename = reply.status, evalue = "", traceback = [] } = reply;
    return { text: traceback.length > 0 ? traceback.join("\n") : `${ename}: ${evalue}`, died: false };
  } catch (error) {
    const { message } = error as Error;
    own.fail({ ename: "DeadKernel", evalue: message, traceback: [message] });
    return { text: message, died: true };
  }
}

interface Failure {
  text: string;
  /** Whether the kernel itself is gone. */
  died: boolean;
}

/** @throws Error for a notebook in another language than the kernel's. */
function checkLanguage({ metadata }: Notebook, file: string): void {
  const { language } = Object(metadata.kernelspec) as { language?: unknown };
  if (language === undefined || language === "typescript" || language === "javascript") return;
  throw new Error(
    `Expected a notebook in TypeScript, received ${file} in ${language}: run it in a kernel of its language.`,
  );
}

function summaryOf(cells: CodeCell[]): string {
  const outputs = cells.filter((cell) => hasTag(cell, "summary")).flatMap((cell) => cell.outputs);
  return outputs
    .map((output) => (output.output_type === "stream" && output.name === "stdout" ? output.text : ""))
    .join("");
}
