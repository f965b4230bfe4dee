/** A CSV text cut into records and cells, none of them looked at yet. */
import Papa from "papaparse";

/** The records of a text: its lines, or more than one line where a quoted cell contains line ends. Numbered from 0. */
export interface CsvRecords {
  readonly count: number;
  /** How many cells record `r` has. */
  width(r: number): number;
  cell(r: number, j: number): string;
  /** The line, from 1, on which record `r` begins. */
  line(r: number): number;
  /** A quote that is not closed: what is wrong, in which record. */
  readonly error?: { message: string; record: number };
}

/** Cuts `text`, whose lines end with "\n", at its commas and line ends, those in quotes excepted. */
export const cutCsv = (text: string): CsvRecords => (text.includes('"') ? cutQuoted(text) : cutPlain(text));

const [comma, newline] = [",".charCodeAt(0), "\n".charCodeAt(0)];

/** Without quotes only the ends of the cells are kept: a cell becomes a string when it is asked for, and most live briefly. */
function cutPlain(text: string): CsvRecords {
  // Room for as many cells as there can be: only what is used of it costs memory, and an array that grows is copied often.
  const ends = new Int32Array(text.length + 1);
  let cells = 0;
  /** Each record's first cell, and one more. */
  const firsts = [0];
  for (let at = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : newline;
    if (code !== comma && code !== newline) continue;
    ends[cells++] = at;
    if (code === newline) firsts.push(cells);
  }
  return {
    count: firsts.length - 1,
    width: (r) => firsts[r + 1]! - firsts[r]!,
    cell: (r, j) => {
      const k = firsts[r]! + j;
      return text.slice(k === 0 ? 0 : ends[k - 1]! + 1, ends[k]!);
    },
    line: (r) => r + 1,
  };
}

function cutQuoted(text: string): CsvRecords {
  const { data, errors } = Papa.parse<string[]>(text, { delimiter: ",", newline: "\n" });
  return {
    count: data.length,
    width: (r) => data[r]!.length,
    cell: (r, j) => data[r]![j]!,
    line: (r) => data.slice(0, r).reduce((line, cells) => line + cells.join("").split("\n").length, 1),
    ...(errors[0] && { error: { message: errors[0].message, record: errors[0].row ?? 0 } }),
  };
}
