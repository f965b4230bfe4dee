/**
 * No graphs: what stands in a browser in the place of `../compile/trace.ts`, `session.ts`, `one-dnn.ts` and `trace-error.ts`, so that nothing of
 * the graph compiler is loaded. `compile` and `fit` ask the engine first, and go operation by operation.
 */
import type * as OneDnn from "../compile/one-dnn.js";
import type * as Session from "../compile/session.js";
import type * as Trace from "../compile/trace.js";

function none(): never {
  throw new Error("compile: expected the native engine, received a browser, which has no graphs.");
}

export const trace: typeof Trace.trace = none;
export const traceLike: typeof Trace.traceLike = none;
export const changeSince: typeof Trace.changeSince = none;
export const updateInPlace: typeof Trace.updateInPlace = none;
export const runGraph: typeof Session.runGraph = none;
export const announceGraph: typeof Session.announceGraph = none;
export const forgetGraph: typeof Session.forgetGraph = none;
export const restGraph: typeof Session.restGraph = none;

/** Graphs that are never made need no other kernels. */
export const byOneDnn: typeof OneDnn.byOneDnn = (of) => of;
export const isManyProducts: typeof OneDnn.isManyProducts = () => false;

/** For who asks whether an error is one: none is thrown here. */
export class TraceError extends Error {
  override readonly name = "TraceError";
}
