/** The kernel's own log, stderr of its process, which whoever started it reads: what is written there is no cell's output. */
import { writeSync } from "node:fs";

/** Writes one line. */
export function log(line: string): void {
  try {
    writeSync(2, `${line}\n`);
  } catch {
    // Who started the kernel reads its log; without a reader there is nobody to tell.
  }
}

/** zeromq says so of any option that is changed late; `noDrop` takes effect at once. */
const lateOption = "Socket option will not take effect until next connect/bind.";

/** Sends this thread's warnings to the log: by default Node writes them where the main thread's output goes, below the cell. */
export function logWarnings(): void {
  process.removeAllListeners("warning");
  process.on("warning", ({ name, message }) => {
    if (message !== lateOption) log(`${name}: ${message}`);
  });
}
