/** The commands of `gradbook`: the kernel's, with this library behind it, and those about the engine and the library. */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { kernelCommands } from "gradbook-kernel/commands";
import { packageFolder } from "../lib/datasets/package-folder.js";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};

export const program = kernelCommands("gradbook", { version, library: packageFolder });

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
    const { setUpEngine } = await import("gradbook-engine/setup/setup");
    const { name } = await setUpEngine({ retry });
    console.log(`Engine: ${name === "native" ? "native TensorFlow" : "WebAssembly"}`);
  });

program
  .command("doctor")
  .description("tell what is found, what is missing and how to mend it (exit code 1 when something is broken)")
  .action(async () => {
    const { doctor, renderReport } = await import("gradbook-engine/setup/doctor");
    const { checkRest } = await import("./doctor.js");
    const checks = [...(await doctor()), ...(await checkRest())];
    console.log(renderReport(checks));
    if (checks.some(({ state }) => state === "broken")) process.exitCode = 1;
  });

program
  .command("worker")
  .description("run trials of searches for the project in this folder (any number of workers, on any machine)")
  .option("--redis <url>", "the Redis that has the queue (default: what GRADBOOK_REDIS in the environment says)")
  .option("--queue <name>", "the name of the queue (default: gradbook)")
  .option("--processes <count>", "trials at a time (default: one for each core)", Number, availableParallelism())
  .option("--lost-after <seconds>", "silence after which a worker counts as lost (default: 30)", Number, 30)
  .action(async (options: { redis?: string; queue?: string; processes: number; lostAfter: number }) => {
    const { work } = await import("../search/bullmq-worker.js");
    const stop = new AbortController();
    // The first Ctrl+C lets the trials under way end; after the second, others get them.
    process.on("SIGINT", () => (stop.signal.aborted ? process.exit(130) : stop.abort()));
    process.on("SIGTERM", () => stop.abort());
    const { redis: url = process.env.GRADBOOK_REDIS, processes: count, lostAfter, queue } = options;
    if (!url) throw new Error("worker: expected --redis URL or GRADBOOK_REDIS in the environment, received neither.");
    const log = (text: string) => console.log(`gradbook worker: ${text}`);
    await work({ url, count, lostAfter, signal: stop.signal, log, ...(queue !== undefined && { queue }) });
  });
