/** How a command ends that has failed: one message on stderr and an exit code other than 0. */
import { writeSync } from "node:fs";
import { inspect } from "node:util";

/** Says why `command` has failed. */
export function reportFailure(command: string, error: unknown): void {
  // An error that says what to do is shown by its message; these classes are mistakes of our own, whose place is worth showing.
  const isBug = error instanceof TypeError || error instanceof ReferenceError || !(error instanceof Error);
  // Straight to the terminal: a kernel that fails has handed `process.stderr` to the notebook already.
  writeSync(2, `${isBug ? inspect(error) : `${command}: ${error.message}`}\n`);
  process.exitCode = 1;
}
