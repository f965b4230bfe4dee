/**
 * The main thread's part: runs the user's code as the protocol thread asks for it, and sends back what it prints, shows and
 * gives.
 */
import { Backlog } from "../backlog.js";
import type { Ended, RunRequest, ThreadData, ToMain, ToProtocol } from "../threads.js";
import { installAsyncStack } from "./async-stack.js";
import { captureChildren } from "./children.js";
import { Comms } from "./comms.js";
import { installDeno } from "./deno.js";
import { installDisplay, isHandle } from "./display.js";
import { bundleOf } from "./formatters.js";
import { Inspection } from "./inspection.js";
import { Interpreter } from "./interpreter.js";
import { Interrupted, installInterrupt, stopTask } from "./interrupt.js";
import { installLoader } from "./loader.js";
import { installMagics } from "./magics/context.js";
import { installTiming } from "./magics/timing.js";
import { Outputs } from "./outputs.js";
import { figureFolders, lookFrom } from "./plain-figure.js";
import { Questions } from "./questions.js";
import { asTask, currentTask, endTask, followTasks } from "./tasks.js";
import { describeError, installStackTraces, rememberCell } from "./traceback.js";
import { WidgetHost } from "./widget-host.js";
import { installWorkers } from "./workers.js";

/** One per process, which it changes: the console, timers, `process.exit`, errors that nobody catches. */
export class Cells {
  readonly #send: (message: ToProtocol) => void;
  readonly #interpreter = new Interpreter();
  readonly #outputs: Outputs;
  readonly #comms: Comms;
  readonly #questions: Questions;
  readonly #widgets: WidgetHost;
  /** Who waits for types, by the number of the question. */
  readonly #typesAsked = new Map<number, (types: Map<string, string>) => void>();
  #questionCount = 0;
  readonly #clearAsyncStack = installAsyncStack();

  constructor(data: ThreadData, send: (message: ToProtocol) => void) {
    const { folder, library, interruptMemory, answers, answerMemory, backlogMemory } = data;
    this.#send = send;
    this.#outputs = new Outputs(send, new Backlog(backlogMemory));
    this.#comms = new Comms(send);
    this.#questions = new Questions(send, answers, answerMemory);
    this.#widgets = new WidgetHost(this.#comms, this.#outputs);
    const uninterrupted = installInterrupt(interruptMemory);
    const typesOf = (names: readonly string[]) => this.#typesOf(names);
    const newFiles = installLoader(folder, { library, uninterrupted, typesOf });
    installTiming();
    const forgotten = new Set<string>();
    // A name cannot be taken back, but it has no value any more, until a cell declares it again.
    const variables = () =>
      new Map(
        [...this.#interpreter.variables()].filter(([name, value]) => value !== undefined || !forgotten.has(name)),
      );
    const forget = () => {
      const names = [...variables().keys()];
      this.#interpreter.forget(names);
      for (const name of names) forgotten.add(name);
      return names.length;
    };
    installMagics({ folder, variables, forget, typesOf });
    new Inspection(variables).install();
    installDisplay(this.#outputs);
    installDeno(send);
    installStackTraces(folder, newFiles, library);
    lookFrom(figureFolders(folder, library));
    followTasks();
    this.#outputs.capture();
    captureChildren();
    this.#questions.install();
    this.#comms.install();
    this.#widgets.install();
    installWorkers(folder, library);
    keepAlive(this.#outputs);
    // From now on it may be terminated.
    uninterrupted(() => {});
  }

  /** Takes what the protocol thread says. */
  async receive(message: ToMain): Promise<void> {
    switch (message.type) {
      case "interrupt":
        if (message.task !== undefined) stopTask(message.task);
        this.#comms.interrupt();
        this.#clearAsyncStack();
        this.#interpreter.abandon();
        this.#outputs.abandon();
        endTask();
        this.#widgets.interrupt();
        return this.#send({ type: "free", stop: message.stop });
      case "answer":
        return this.#questions.answer(message);
      case "types":
        this.#typesAsked.get(message.id)?.(new Map(message.types));
        this.#typesAsked.delete(message.id);
        return;
      case "comm":
        await this.#comms.receive(message);
        if (message.task !== undefined) this.#send({ type: "heard", task: message.task });
        return;
      case "run": {
        this.#outputs.begin();
        const { task } = message;
        const ended = await asTask(task, () => run(message, this.#interpreter));
        await this.#outputs.settled();
        this.#send({ type: "ended", task, ...(ended && { ended }) });
      }
    }
  }

  #typesOf(names: readonly string[]): Promise<Map<string, string>> {
    const id = this.#questionCount++;
    this.#send({ type: "types", id, names: [...names] });
    return new Promise((resolve) => this.#typesAsked.set(id, resolve));
  }
}

/** Runs one cell and formats its value; undefined when it was interrupted. */
async function run(
  { name, source, js, maps, shift }: RunRequest,
  interpreter: Interpreter,
): Promise<Ended | undefined> {
  rememberCell(name, source, maps, shift);
  const outcome = await interpreter.evaluate(js);
  if (outcome.status === "interrupted") return undefined;
  if (outcome.status === "error") return { status: "error", ...describeError(outcome.thrown) };
  if (outcome.value === undefined) return { status: "ok" };
  try {
    if (isHandle(outcome.value)) {
      await outcome.value;
      return { status: "ok" };
    }
    return { status: "ok", result: await bundleOf(outcome.value) };
  } catch (error) {
    return { status: "error", ...describeError(error) };
  }
}

/** What ends another process is only reported here: the notebook's variables are worth more. */
function keepAlive(outputs: Outputs): void {
  const report = (what: string, thrown: unknown, task: number | undefined) => {
    outputs.write("stderr", `${what}\n${describeError(thrown).traceback.join("\n")}\n`, task);
    endTask();
  };
  process.on("uncaughtException", (error) =>
    report("Uncaught error outside of the cells' own flow:", error, currentTask()),
  );
  process.on("unhandledRejection", (reason, promise) => {
    if (reason instanceof Interrupted) return;
    report("A promise was rejected and nobody awaited it:", reason, currentTask(promise));
  });
  process.exit = (code) => {
    throw new Error(
      `Expected code that leaves the kernel running, received process.exit(${code ?? ""}): to end the kernel, shut it down from the notebook.`,
    );
  };
}
