/** `!COMMAND`: the shell's command, its output as it comes; a code other than 0 is told of. */
import { runCommand } from "./command.js";
import type { RunMagic } from "./context.js";

export const run: RunMagic = async (words) => {
  const code = await runCommand(words, [], { cwd: process.cwd(), shell: true });
  if (code !== 0) process.stderr.write(`The command ended with code ${code}.\n`);
};
