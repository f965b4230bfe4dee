/**
 * What magics do when their cell runs (`../language/magics.ts` translates them): `__now` and `__lap` begin and end a
 * timing by being read, `__npm` runs npm in the notebook's folder.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { checkInterrupt } from "./progress-bar.js";

/** Defines the three for the notebook's `folder`. */
export function installMagics(folder: string): void {
  const starts: number[] = [];
  Object.defineProperties(globalThis, {
    __now: { configurable: true, get: () => void starts.push(performance.now()) },
    __lap: { configurable: true, get: () => console.log(`Wall time: ${duration(performance.now() - starts.pop()!)}`) },
    __npm: { configurable: true, value: (words: string) => npm(words.split(/\s+/), folder) },
  });
}

function duration(ms: number): string {
  if (ms < 1) return `${(ms * 1000).toPrecision(3)} µs`;
  return ms < 1000 ? `${ms.toPrecision(3)} ms` : `${(ms / 1000).toPrecision(3)} s`;
}

/** Runs npm and prints what it says. @throws Error for words that are none of npm's, or when it fails. */
async function npm(words: string[], cwd: string): Promise<void> {
  const odd = words.find((word) => !/^[\w@./:^~=+*-]+$/.test(word));
  if (odd !== undefined) {
    throw new Error(`Expected letters, digits and @ . / : ^ ~ = + * - in the words for npm, received ${odd}.`);
  }
  // On Windows npm is a script, which only a shell starts; the words are safe there.
  const child = spawn("npm", [...words, "--no-fund", "--no-audit"], { cwd, shell: process.platform === "win32" });
  // An interrupt of the cell ends npm too.
  const watch = setInterval(() => {
    try {
      checkInterrupt();
    } catch {
      child.kill();
    }
  }, 50);
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => process[name].write(text));
  }
  try {
    const [code] = (await once(child, "close")) as [number | null];
    if (code !== 0) throw new Error(`npm ${words.join(" ")} failed (${code}) in ${cwd}; what it said is above.`);
  } finally {
    clearInterval(watch);
  }
}
