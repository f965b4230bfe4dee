/** What the library asks of a process, in a browser: no signals, no environment, and lines that go to the console. */

export const env: Record<string, string | undefined> = {};

let line = "";

/** Progress bars rewrite their line (`\r`) until it ends; a console shows it then. */
export const stdout = {
  write(text: string): void {
    const lines = (line + text).split("\n");
    line = lines.pop()!;
    for (const ended of lines) console.log(ended.slice(ended.lastIndexOf("\r") + 1).trimEnd());
  },
};

const on = (): void => {};
const off = (): void => {};
const cwd = (): string => "/";

export default { env, stdout, on, off, cwd };
