/**
 * The commands of `gradbook` and their options; each loads what it needs when it runs.
 */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { Command } from "commander";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};
const program = new Command("gradbook")
  .description("A TypeScript notebook kernel for Jupyter, and a runner for its notebooks.")
  .version(version)
  .enablePositionalOptions();

program
  .command("run")
  .description("run a notebook without Jupyter and keep the executed copy")
  .argument("<in>", "the notebook to run")
  .argument("[out]", "the executed notebook (default: out/ and the name of <in>)")
  .option("-p, --parameter <name value>", "set a variable of the cell tagged `parameters` (repeatable)", collect)
  .action(async (input: string, output: string | undefined, { parameter }: { parameter?: Map<string, string> }) => {
    const { runNotebook } = await import("./runner/run-notebook.js");
    const target = output ?? join("out", basename(input));
    const stop = new AbortController();
    for (const [signal, code] of Object.entries(signalCodes)) process.on(signal, () => stopBy(signal, code, stop));
    // A terminal that was closed shows no progress any more, but the notebook is still to be saved.
    process.stderr.on("error", () => {});
    const result = await runNotebook({
      input,
      output: target,
      parameters: parameter ?? new Map(),
      signal: stop.signal,
    });
    process.stdout.write(result.summary);
    if (result.failure !== undefined) {
      throw new Error(`${result.failure}\n${input} stopped there; what ran is in ${target}.`);
    }
    console.log(`${target} written after ${result.seconds.toFixed(1)} s.`);
  });

program
  .command("score")
  .description("compare a house-price submission with the true prices")
  .argument("<submission>", "a file with the columns Id and SalePrice")
  .argument("[solution]", "the true prices (default: those that ship with the package)")
  .action(async (submission: string, solution: string | undefined) => {
    const { scoreSubmission } = await import("../lib/datasets/submission.js");
    console.log(`logRmse of ${submission}: ${scoreSubmission(submission, solution).toFixed(5)}`);
  });

program
  .command("setup")
  .description("set up the native engine (done by itself where a command needs it)")
  .option("--retry", "try again although an earlier attempt failed", false)
  .action(async ({ retry }: { retry: boolean }) => {
    const { setUpEngine } = await import("../lib/engine/setup.js");
    const { name } = await setUpEngine({ retry });
    console.log(`Engine: ${name === "native" ? "native TensorFlow" : "WebAssembly"}`);
  });

program
  .command("doctor")
  .description("tell what is found, what is missing and how to mend it (exit code 1 when something is broken)")
  .action(async () => {
    const { doctor, renderReport } = await import("../lib/engine/doctor.js");
    const checks = await doctor();
    console.log(renderReport(checks));
    if (checks.some(({ state }) => state === "broken")) process.exitCode = 1;
  });

program
  .command("kernel")
  .description("start the kernel (Jupyter does this)")
  .requiredOption("--connection-file <file>", "where to listen and how to sign, as Jupyter writes it")
  .action(async ({ connectionFile }: { connectionFile: string }) => {
    const { serve } = await import("./server.js");
    await serve(connectionFile);
  });

program
  .command("worker")
  .description("run trials of searches for the project in this folder (any number of workers, on any machine)")
  .option("--redis <url>", "the Redis that has the queue (default: what GRADBOOK_REDIS in the environment says)")
  .option("--queue <name>", "the name under which searches and workers meet (default: gradbook)")
  .option("--processes <count>", "trials at a time (default: one for each core)", Number, availableParallelism())
  .option("--lost-after <seconds>", "silence after which a worker counts as lost (default: 30)", Number, 30)
  .action(async (options: { redis?: string; queue?: string; processes: number; lostAfter: number }) => {
    const { work } = await import("../lib/search/bullmq-worker.js");
    const stop = new AbortController();
    // The first Ctrl+C lets the trials under way end; after the second, others get them.
    process.on("SIGINT", () => (stop.signal.aborted ? process.exit(130) : stop.abort()));
    process.on("SIGTERM", () => stop.abort());
    const { redis: url = process.env.GRADBOOK_REDIS, processes: count, lostAfter, queue } = options;
    if (!url) throw new Error("worker: expected --redis URL or GRADBOOK_REDIS in the environment, received neither.");
    const log = (text: string) => console.log(`gradbook worker: ${text}`);
    await work({ url, count, lostAfter, signal: stop.signal, log, ...(queue !== undefined && { queue }) });
  });

for (const [name, description] of [
  ["install", "register the kernel with Jupyter"],
  ["uninstall", "remove the kernel from Jupyter"],
] as const) {
  program
    .command(name)
    .description(`${description} (default: for this user)`)
    .option("--sys-prefix", "in the active Python environment")
    .option("--prefix <dir>", "below this folder, in share/jupyter")
    .action(async (place: { sysPrefix?: boolean; prefix?: string }) => {
      const { installKernelspec, uninstallKernelspec } = await import("./kernelspec.js");
      if (name === "install") console.log(`Installed the kernel in ${await installKernelspec(place)}`);
      else console.log(`Removed the kernel from ${uninstallKernelspec(place)}`);
    });
}

program
  .command("lab")
  .description("open JupyterLab with the kernel: the installed one, or one of its own that it sets up once")
  .argument("[words...]", "a notebook, and options of `jupyter lab`")
  .allowUnknownOption()
  .passThroughOptions()
  .addHelpText("after", "\nAll options of `jupyter lab` are told by `gradbook lab --help-all`.")
  .action(async (words: string[], _, command: Command) => {
    // Behind the first word commander looks for no options of its own.
    if (words.includes("--help") || words.includes("-h")) return command.help();
    const { runLab } = await import("./lab.js");
    process.exitCode = await runLab(words);
  });

/** What shells tell of a command that a signal has ended: 128 and the signal's number. */
const signalCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/** So long the running cell may take to stop. */
const stopMs = 5000;

/**
 * The first signal stops the running cell, and the run ends as one that failed. A second one ends everything at once, as does a
 * cell that does not stop. What ran is saved either way.
 */
function stopBy(signal: string, code: number, stop: AbortController): void {
  if (stop.signal.aborted) process.exit(code);
  stop.abort();
  setTimeout(() => process.exit(code), stopMs).unref();
  // Who presses Ctrl+C reads that the run failed; what else ends a run looks at the code.
  if (signal === "SIGINT") return;
  process.once("exit", () => {
    process.exitCode = code;
  });
}

/** Adds one `name=value` to the parameters. */
function collect(pair: string, parameters = new Map<string, string>()): Map<string, string> {
  const at = pair.indexOf("=");
  if (at < 1) throw new Error(`Expected -p NAME VALUE, received -p ${pair}: give both.`);
  return parameters.set(pair.slice(0, at), pair.slice(at + 1));
}

/** Papermill's `-p NAME VALUE` has two words, of which the second may begin with a dash: joins them to one for commander. */
function joinParameters(words: readonly string[]): string[] {
  const [word, name, value] = words;
  if (word === undefined) return [];
  const isParameter = (word === "-p" || word === "--parameter") && name !== undefined && value !== undefined;
  if (!isParameter || name.includes("=")) return [word, ...joinParameters(words.slice(1))];
  return [word, `${name}=${value}`, ...joinParameters(words.slice(3))];
}

/** Runs the command that `words` of the command line say. @throws Error when it fails. */
export async function runCommand(words: readonly string[]): Promise<void> {
  await program.parseAsync(words[0] === "run" ? joinParameters(words) : words, { from: "user" });
}
