/** The way between the lines of a text as the reader wrote it and the places of the JavaScript that runs, by its source maps. */
import { eachMapping, originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";

/** Line and column as V8 counts them: both from 0. */
export interface Place {
  line: number;
  column: number;
}

/** One per text that runs. */
export class Positions {
  readonly #maps: readonly TraceMap[];
  readonly #shift: number;

  /** `maps` (JSON) lead from what runs to the text, in order; `shift` characters precede the first line of what they lead to. */
  constructor(maps: readonly string[], shift: number) {
    this.#maps = maps.map((map) => new TraceMap(map));
    this.#shift = shift;
  }

  /** Where in the reader's text a place of what runs is; both from 0. */
  toText({ line, column }: Place): Place {
    let at = { line, column };
    for (const map of this.#maps) {
      const { line, column } = originalPositionFor(map, { line: at.line + 1, column: at.column });
      if (line !== null) at = { line: line - 1, column };
    }
    return at.line === 0 ? { line: 0, column: Math.max(0, at.column - this.#shift) } : at;
  }

  /** Where the code of a line (from 0) of the reader's text runs, or that of the next line that has any; undefined behind the last. */
  toScript(line: number): Place | undefined {
    let at: Place | undefined = { line, column: 0 };
    for (const map of [...this.#maps].reverse()) at = at && generated(map, at);
    return at;
  }
}

/** The first place that comes from the line of `from`, at its column or behind; or from the next line that has any. */
function generated(map: TraceMap, from: Place): Place | undefined {
  let best: { from: Place; to: Place } | undefined;
  eachMapping(map, ({ generatedLine, generatedColumn, originalLine, originalColumn }) => {
    if (originalLine === null) return;
    const place = { line: originalLine - 1, column: originalColumn };
    if (isBefore(place, from) || (best && !isBefore(place, best.from))) return;
    best = { from: place, to: { line: generatedLine - 1, column: generatedColumn } };
  });
  return best?.to;
}

function isBefore(a: Place, b: Place): boolean {
  return a.line < b.line || (a.line === b.line && a.column < b.column);
}
