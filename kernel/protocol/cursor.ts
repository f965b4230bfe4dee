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

/**
 * What a proposal would replace of the text `before` the cursor: the part of a path in an import, the key in `row["…`, the magic
 * that begins a line, else the word.
 */
export function typedSoFar(before: string): string {
  const line = before.slice(before.lastIndexOf("\n") + 1);
  const magic = /^%%?\w*$/.exec(line);
  if (magic) return magic[0];
  const path = /\b(?:from|import|require)\s*\(?\s*(["'])((?:(?!\1).)*)$/.exec(line);
  if (path) return path[2]!.slice(path[2]!.lastIndexOf("/") + 1);
  const key = /\[\s*(["'])((?:(?!\1).)*)$/.exec(line);
  return key ? key[2]! : /[\p{ID_Continue}$]*$/u.exec(before)![0];
}

/** The name, or path of names, whose members or keys are being typed at the end of `before`, if any. */
export function ownerOf(before: string): string | undefined {
  return /((?:[\p{ID_Start}$_][\p{ID_Continue}$]*\.)*[\p{ID_Start}$_][\p{ID_Continue}$]*)(?:\.|\[\s*["'])$/u.exec(
    before,
  )?.[1];
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
