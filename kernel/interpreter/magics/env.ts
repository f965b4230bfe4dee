/** `%env`: all environment variables, one by its name, or another value for one. */
import type { RunMagic } from "./context.js";

export const run: RunMagic = (words) => {
  const [, name, value] = /^([^\s=]*)(?:\s*=\s*|\s+)?([\s\S]*)$/.exec(words)!;
  if (name === "") {
    for (const each of Object.keys(process.env).sort()) console.log(`${each}=${process.env[each]}`);
    return;
  }
  if (/[\s=]/.test(words)) {
    process.env[name!] = value;
    console.log(`env: ${name}=${value}`);
    return;
  }
  if (process.env[name!] === undefined) {
    throw new Error(
      `Expected a variable of the environment, received ${name}, which is not set: %env ${name}=VALUE sets it.`,
    );
  }
  console.log(process.env[name!]);
};
