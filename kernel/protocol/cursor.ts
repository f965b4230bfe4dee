/** The cursor of a request about code: the protocol counts Unicode code points, JavaScript UTF-16 units. */
import type { JsonObject } from "../wire/message.js";

/** Where a cursor stands. */
export interface Cursor {
  code: string;
  /** In code points. */
  cursor_end: number;
  /** In UTF-16 units. */
  offset: number;
  /** The word, or the part of it, before the cursor. */
  prefix: string;
}

/** The cursor in the content of a request. @throws TypeError where it has none. */
export function cursorOf({ code, cursor_pos }: JsonObject): Cursor {
  if (typeof code !== "string" || !Number.isInteger(cursor_pos)) {
    throw new TypeError(`Expected code and a whole cursor_pos, received ${JSON.stringify({ code, cursor_pos })}.`);
  }
  const points = [...code].slice(0, Number(cursor_pos));
  const before = points.join("");
  const prefix = /[\p{ID_Continue}$]*$/u.exec(before)![0];
  return { code, cursor_end: points.length, offset: before.length, prefix };
}
