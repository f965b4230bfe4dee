#!/usr/bin/env node
/**
 * The `gradbook-kernel` command. Jupyter's `kernel --connection-file FILE --library FOLDER` goes straight to the kernel, which
 * is to start fast; all else is in `commands.ts`.
 */
import { reportFailure } from "./failure.js";

const [command, option, file, libraryOption, library, ...more] = process.argv.slice(2);
const isStart = command === "kernel" && option === "--connection-file" && file !== undefined && more.length === 0;
try {
  if (isStart && (libraryOption === undefined || (libraryOption === "--library" && library !== undefined))) {
    const { serve } = await import("./server.js");
    await serve(file, library);
  } else {
    const { kernelCommands, runCommand } = await import("./commands.js");
    await runCommand(kernelCommands("gradbook-kernel"), process.argv.slice(2));
  }
} catch (error) {
  reportFailure("gradbook-kernel", error);
}
