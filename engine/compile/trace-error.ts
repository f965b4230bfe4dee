/** TraceError: what is thrown where a function cannot become a graph, with the line that is in the way. */
import { sep } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));

/** The place in the stack that is nearest to the caller's own code: not TensorFlow.js, not this folder. */
export function callersLine(): string {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 100;
  const frames = (new Error().stack ?? "").split("\n").slice(1);
  Error.stackTraceLimit = stackTraceLimit;
  const ours = (frame: string) => frame.includes(`${sep}@tensorflow${sep}`) || frame.includes(here);
  const place = frames.find((frame) => !ours(frame) && /:\d+:\d+\)?$/.test(frame) && !frame.includes("node:"));
  return place?.replace(/^\s*at (?:.*\()?(?:file:\/\/)?/, "").replace(/\)$/, "") ?? "an unknown place";
}

/** Says that a function cannot be traced: where, and what to do. `fit` goes on eagerly then. */
export class TraceError extends Error {
  override readonly name = "TraceError";

  constructor(problem: string, advice: string) {
    super(`compile: ${problem} (at ${callersLine()}): ${advice}`);
  }
}
