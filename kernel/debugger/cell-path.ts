/** The path by which a front end and the debugger call a cell before it has run. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { murmur2 } from "./murmur2.js";

/** How a front end makes a cell's path: `prefix + murmur2(code, seed) + suffix`. No such file is ever written. */
export const cellPaths = {
  hashMethod: "Murmur2",
  hashSeed: 0x67726164,
  tmpFilePrefix: join(tmpdir(), `gradbook-${process.pid}`, "cell-"),
  tmpFileSuffix: ".ts",
} as const;

/** The path of a cell with this code. */
export function pathOf(code: string): string {
  return `${cellPaths.tmpFilePrefix}${murmur2(code, cellPaths.hashSeed)}${cellPaths.tmpFileSuffix}`;
}
