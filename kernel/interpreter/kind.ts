/** Kind: one kind of values that are shown otherwise than as Node's `inspect` has them. `formatters.ts` has them all, in order. */
import type { MimeBundle } from "../wire/message.js";

/** A kind of values: how they are recognised, and what is shown of them. */
export interface Kind<Value> {
  is(value: { [key: string]: unknown }): boolean;
  /** With `isMoving` without what only readers of a stored notebook need. */
  show(value: Value, isMoving?: boolean): MimeBundle | Promise<MimeBundle>;
}
