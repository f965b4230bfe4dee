#!/usr/bin/env node
/** The `gradbook` command: what ties the kernel, the engine and the library together. */
import { runCommand } from "gradbook-kernel/commands";
import { reportFailure } from "gradbook-kernel/failure";

try {
  const { program } = await import("./commands.js");
  await runCommand(program, process.argv.slice(2));
} catch (error) {
  reportFailure("gradbook", error);
}
