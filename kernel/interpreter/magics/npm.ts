/** `%npm WORDS`: npm in the notebook's folder. */
import { runCommand } from "./command.js";
import type { RunMagic } from "./context.js";

export const run: RunMagic = async (words, { folder }) => {
  const parts = words.split(/\s+/);
  const odd = parts.find((word) => !/^[\w@./:^~=+*-]+$/.test(word));
  if (odd !== undefined) {
    throw new Error(`Expected letters, digits and @ . / : ^ ~ = + * - in the words for npm, received ${odd}.`);
  }
  console.log(`npm ${words} …`);
  // On Windows npm is a script, which only a shell starts; the words are safe there.
  const options = { cwd: folder, shell: process.platform === "win32" };
  const code = await runCommand("npm", [...parts, "--no-fund", "--no-audit"], options);
  if (code !== 0) throw new Error(`npm ${words} failed (${code}) in ${folder}; what it said is above.`);
};
