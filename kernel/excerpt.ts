/**
 * The lines of a cell around a position, with a mark below it: for type errors and for errors while it runs.
 */

/** Line and column of `offset` in `source`, both from 1. */
export function positionAt(source: string, offset: number): { line: number; column: number } {
  const before = source.slice(0, offset).split("\n");
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

/** The line (from 1), the one before it, and a `^` under the column (from 1). */
export function excerpt(source: string, { line, column }: { line: number; column: number }): string {
  const lines = source.split("\n");
  const width = String(line).length;
  const show = (number: number) => `${String(number).padStart(width)} | ${lines[number - 1] ?? ""}`;
  const indent = blank((lines[line - 1] ?? "").slice(0, column - 1));
  return [...(line > 1 ? [show(line - 1)] : []), show(line), `${" ".repeat(width)} | ${indent}^`].join("\n");
}

/** What fills two columns where letters have one width: emoji, and what is written in East Asia. */
const wide =
  /\p{Emoji_Presentation}|\ufe0f|[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff01-\uff60]/u;
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Space as wide as `text`. Tabs stay tabs, whatever their width; what is drawn as one character counts as one. */
function blank(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return " ".repeat(text.length);
  const each = Array.from(graphemes.segment(text), ({ segment }) =>
    segment === "\t" ? "\t" : wide.test(segment) ? "  " : " ",
  );
  return each.join("");
}
