/** Pace: how many rounds make a native call of the length that it should have. */

/** How long a call may compute, in ms, so that an interrupt and the progress bar stay live. */
const callMs = 25;

/** The next pace, after a call of `count` rounds that took `ms`: at most four times as many, so that one short call leads to no long one. */
export const nextPace = (pace: number, count: number, ms: number): number =>
  Math.max(1, Math.min(Math.max(4 * count, pace), Math.floor((callMs * count) / ms)));
