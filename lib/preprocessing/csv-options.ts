/** How a CSV file is written and what is wanted of it: pandas' options of `read_csv`, and the checks of their values. */
import { expectOptions } from "../checks/expect-options.js";
import type { ColumnType } from "./column.js";
import { repeated, show } from "./messages.js";

/** What stands for a missing value unless told otherwise: pandas' list. */
export const defaultNaValues: readonly string[] = [
  ...["", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN"],
  ...["<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"],
];

/**
 * How `readCsv` reads a file. The names are pandas', each `_` with the letter after it being a capital: `na_values` is `naValues`.
 */
export interface ReadCsvOptions {
  /** What stands between two cells, one ASCII character; default `,`. */
  sep?: string;
  /** The decimal sign, one ASCII character; default `.`. */
  decimal?: string;
  /** What may stand between the digits of a number, one ASCII character ("1,000"); default: nothing. */
  thousands?: string;
  /** What a cell may stand in, one ASCII character; default `"`. With `""` no character does. */
  quotechar?: string;
  /** Whether two quotes within a quoted cell mean one; default true. */
  doublequote?: boolean;
  /** What takes its meaning from the character after it, one ASCII character; default: nothing. */
  escapechar?: string;
  /** Whether spaces after a separator are left out; default false. */
  skipinitialspace?: boolean;
  /** What makes the rest of a line a comment, one ASCII character; default: nothing. */
  comment?: string;
  /** `utf-8` (default), `latin-1`, `cp1252`, `utf-16` or another that the Encoding Standard names. */
  encoding?: string;
  /** The lines to leave out: how many from the first, or their numbers, from 0. */
  skiprows?: number | readonly number[];
  /** Whether lines without anything, or with spaces only, are left out; default true. */
  skipBlankLines?: boolean;
  /**
   * Which of the lines that are left has the names, from 0 (default); those before it are left out. `null`: none has, and the
   * columns are called "0", "1", …. With `names` the default is `null`.
   */
  header?: number | null;
  /** The names of all columns, instead of those in the file. */
  names?: readonly string[];
  /** The columns that are wanted, by name or by number, from 0; they keep the order of the file. Default: all. */
  usecols?: readonly (string | number)[];
  /** The column that labels the rows, by name or by number, instead of 0, 1, …. It needs no name. */
  indexCol?: string | number;
  /** How many rows are read at most; default: all. */
  nrows?: number;
  /**
   * More cells that stand for a missing value, beside `""`, `NA`, `N/A`, `NaN`, `None`, `null` and the rest of pandas' list; a
   * number is one however it is written.
   */
  naValues?: readonly (string | number)[];
  /** Whether the cells of pandas' list stand for a missing value, and not those in `naValues` alone; default true. */
  keepDefaultNa?: boolean;
  /** The cells that stand for true beside "true", whose letters may be small or capital. */
  trueValues?: readonly string[];
  /** The cells that stand for false beside "false", whose letters may be small or capital. */
  falseValues?: readonly string[];
  /**
   * What columns hold (pandas' `dtype`), by name: "number", "string" or "boolean". Others hold numbers where every cell that is not missing is
   * one, truth values where every such cell is one, else text.
   */
  dtypes?: Readonly<Record<string, ColumnType>>;
}

/** Signs as character codes, −1 for none; the rest as given. */
export interface CsvFormat {
  readonly sep: number;
  readonly quote: number;
  readonly escaper: number;
  readonly comment: number;
  readonly decimal: number;
  readonly thousands: number;
  readonly doublequote: boolean;
  readonly skipinitialspace: boolean;
  readonly skipBlankLines: boolean;
  /** Whether line `n` of the file, from 0, is left out; a quoted cell's lines count as one. */
  skips(n: number): boolean;
}

const known: readonly (keyof ReadCsvOptions)[] = [
  ...([
    "sep",
    "decimal",
    "thousands",
    "quotechar",
    "doublequote",
    "escapechar",
    "skipinitialspace",
    "comment",
  ] as const),
  ...(["encoding", "skiprows", "skipBlankLines", "header", "names", "usecols", "indexCol", "nrows"] as const),
  ...(["naValues", "keepDefaultNa", "trueValues", "falseValues", "dtypes"] as const),
];

/** The format that `options` describe. @throws RangeError for an option or a value that there is not */
export function csvFormat(options: ReadCsvOptions): CsvFormat {
  expectOptions("readCsv", options, known);
  const { sep = ",", decimal = ".", thousands = "", quotechar = '"', escapechar = "", comment = "" } = options;
  const { skiprows = 0 } = options;
  const signs = { sep, decimal, thousands, quotechar, escapechar, comment };
  const optional = ["thousands", "quotechar", "escapechar", "comment"];
  for (const [name, sign] of Object.entries(signs)) {
    const fits =
      typeof sign === "string" && (/^[^\n\r\0\u0080-\uffff]$/.test(sign) || (sign === "" && optional.includes(name)));
    if (!fits) throw new RangeError(`readCsv: expected ${name} to be one ASCII character, received ${show(sign)}.`);
  }
  for (const group of [
    { sep, quotechar, escapechar, comment },
    { decimal, thousands },
  ]) {
    const used = Object.entries(group).filter(([, sign]) => sign !== "");
    const [again] = repeated(used.map(([, sign]) => sign));
    const names = used.filter(([, sign]) => sign === again).map(([name]) => name);
    if (again !== undefined) {
      throw new RangeError(
        `readCsv: expected different signs for ${names.join(" and ")}, received ${show(again)} for both.`,
      );
    }
  }
  for (const [name, type] of Object.entries(options.dtypes ?? {})) {
    if (type === "number" || type === "string" || type === "boolean") continue;
    throw new RangeError(
      `readCsv: expected dtypes of "number", "string" or "boolean", received ${show(type)} for column ${show(name)}.`,
    );
  }
  if (options.usecols?.length === 0) throw new RangeError("readCsv: expected usecols to name a column, received none.");
  wholeNumber("nrows", options.nrows);
  wholeNumber("header", options.header ?? undefined);
  if (typeof skiprows === "number") wholeNumber("skiprows", skiprows);
  const code = (sign: string) => (sign === "" ? -1 : sign.charCodeAt(0));
  const left: ReadonlySet<number> = new Set(typeof skiprows === "number" ? [] : skiprows);
  return {
    sep: code(sep),
    quote: code(quotechar),
    escaper: code(escapechar),
    comment: code(comment),
    decimal: code(decimal),
    thousands: code(thousands),
    doublequote: options.doublequote ?? true,
    skipinitialspace: options.skipinitialspace ?? false,
    skipBlankLines: options.skipBlankLines ?? true,
    skips: typeof skiprows === "number" ? (n) => n < skiprows : (n) => left.has(n),
  };
}

function wholeNumber(name: string, value: number | undefined): void {
  if (value === undefined || (Number.isInteger(value) && value >= 0)) return;
  throw new RangeError(`readCsv: expected ${name} to be a whole number of 0 or more, received ${show(value)}.`);
}
