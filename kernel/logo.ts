/**
 * The kernel's logo: a ball that rolls down a bowl in steps, as gradient descent does. Jupyter shows it on the kernel's tile;
 * the kernelspec wants it as SVG and as PNG of 32 and 64 pixels.
 */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const folder = join(dirname(createRequire(import.meta.url).resolve("gradbook-kernel/package.json")), "logo");

/** The files of a kernelspec that Jupyter takes its pictures from, by name. */
export function logoFiles(): { [name: string]: Uint8Array } {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
}
