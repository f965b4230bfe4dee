/** `%%bash`: a script; one that ends with another code than 0 fails the cell. */
import { runCommand } from "./command.js";
import type { RunMagic } from "./context.js";

export const run: RunMagic = (_, __, body) => runScript("bash", body);

/** Lets `shell` read `script`. @throws Error with the code that it ends with. */
export async function runScript(shell: string, script: string): Promise<void> {
  const code = await runCommand(shell, [], { cwd: process.cwd(), input: `${script}\n` });
  if (code !== 0)
    throw new Error(`Expected a script that ends with code 0, received ${code} from ${shell}: see above.`);
}
