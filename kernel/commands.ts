/**
 * The commands of `gradbook-kernel` and their options; each loads what it needs when it runs. The command of a library that
 * stands on this kernel has them too, and more of its own.
 */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Command } from "commander";

const { version: ownVersion } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

/** What a library that has these commands says of itself. */
export interface CommandsOptions {
  /** Its version. Default: the kernel's. */
  version?: string;
  /** Its folder: what cells may import from anywhere. Default: none. */
  library?: string;
}

interface RunWords {
  parameter?: Map<string, string>;
  library?: string;
}

/** The commands, under the name by which the user calls them. */
export function kernelCommands(name: string, { version = ownVersion, library }: CommandsOptions = {}): Command {
  const libraryOption = ["--library <folder>", "a package that cells may import from anywhere", library] as const;
  const program = new Command(name)
    .description("A TypeScript notebook kernel for Jupyter, and a runner for its notebooks.")
    .version(version)
    .enablePositionalOptions();

  program
    .command("run")
    .description("run a notebook without Jupyter and keep the executed copy")
    .argument("<in>", "the notebook to run")
    .argument("[out]", "the executed notebook (default: out/ and the name of <in>)")
    .option("-p, --parameter <name value>", "set a variable of the cell tagged `parameters` (repeatable)", collect)
    .option(...libraryOption)
    .action(async (input: string, output: string | undefined, { parameter, library }: RunWords) => {
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
        ...(library !== undefined && { library }),
        signal: stop.signal,
      });
      process.stdout.write(result.summary);
      if (result.failure !== undefined) {
        throw new Error(`${result.failure}\n${input} stopped there; what ran is in ${target}.`);
      }
      console.log(`${target} written after ${result.seconds.toFixed(1)} s.`);
    });

  program
    .command("kernel")
    .description("start the kernel (Jupyter does this)")
    .requiredOption("--connection-file <file>", "where to listen and how to sign, as Jupyter writes it")
    .option(...libraryOption)
    .action(async ({ connectionFile, library }: { connectionFile: string; library?: string }) => {
      const { serve } = await import("./server.js");
      await serve(connectionFile, library);
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
      .option(...libraryOption)
      .action(async ({ library, ...place }: { sysPrefix?: boolean; prefix?: string; library?: string }) => {
        const { installKernelspec, uninstallKernelspec } = await import("./kernelspec.js");
        if (name === "install") console.log(`Installed the kernel in ${await installKernelspec(place, library)}`);
        else console.log(`Removed the kernel from ${uninstallKernelspec(place)}`);
      });
  }

  program
    .command("lab")
    .description("open JupyterLab with the kernel: the installed one, or one of its own that it sets up once")
    .argument("[words...]", "a notebook, and options of `jupyter lab`")
    .allowUnknownOption()
    .passThroughOptions()
    .addHelpText("after", `\nAll options of \`jupyter lab\` are told by \`${name} lab --help-all\`.`)
    .option(...libraryOption)
    .action(async (words: string[], { library }: { library?: string }, command: Command) => {
      // Behind the first word commander looks for no options of its own.
      if (words.includes("--help") || words.includes("-h")) return command.help();
      const { runLab } = await import("./lab.js");
      process.exitCode = await runLab(words, library);
    });
  return program;
}

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

/** Runs the command of `program` that `words` of the command line say. @throws Error when it fails. */
export async function runCommand(program: Command, words: readonly string[]): Promise<void> {
  await program.parseAsync(words[0] === "run" ? joinParameters(words) : words, { from: "user" });
}
