#!/usr/bin/env node
/**
 * The `gradbook` command. Jupyter's `gradbook kernel --connection-file FILE` goes straight to the kernel, which is to start
 * fast; all else is in `commands.ts`. Whatever fails ends with one message on stderr and an exit code other than 0.
 */
import { writeSync } from "node:fs";
import { inspect } from "node:util";

const [command, option, file, ...more] = process.argv.slice(2);
try {
  if (command === "kernel" && option === "--connection-file" && file !== undefined && more.length === 0) {
    const { serve } = await import("./server.js");
    await serve(file);
  } else {
    const { runCommand } = await import("./commands.js");
    await runCommand(process.argv.slice(2));
  }
} catch (error) {
  // An error that says what to do is shown by its message; these classes are mistakes of our own, whose place is worth showing.
  const isBug = error instanceof TypeError || error instanceof ReferenceError || !(error instanceof Error);
  // Straight to the terminal: a kernel that fails has handed `process.stderr` to the notebook already.
  writeSync(2, `${isBug ? inspect(error) : `gradbook: ${error.message}`}\n`);
  process.exitCode = 1;
}
