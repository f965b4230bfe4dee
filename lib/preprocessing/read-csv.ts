/** Reads a CSV file into a table: the first step of every pipeline on tables. */
import type { ReadCsvOptions } from "./csv-options.js";
import { type CsvTable, readCsvTable } from "./csv-table.js";
import type { DataFrame } from "./data-frame.js";
import { frameOf } from "./frame.js";
import { show } from "./messages.js";

/**
 * Reads a CSV file: commas, a header line, `"` around cells where needed, UTF-8, unless `options` say otherwise. Blank lines are
 * left out; line ends of any system are read, and within quotes kept as they are. A missing value becomes NaN, in columns of
 * text too, as in pandas.
 *
 * What may not be meant is said by `console.warn`: a column that is text for a few cells only, whole numbers beyond ±2⁵³, which
 * stay text since float64 would round them, numbers that are too large for a float64, which become infinite (pandas makes text of
 * the column), and a file that looks as if it had another separator.
 * @param file relative to the working directory, or absolute
 * @throws when there is no such file, no row, a nameless or doubled column, a ragged row, a byte that is not in the encoding, a
 * cell that is not what `dtypes` say, or an option that is none; the message names the file, the line and the column
 *
 * @example
 * ```ts
 * import { writeFileSync } from "node:fs";
 * import { readCsv } from "gradbook";
 *
 * writeFileSync("houses.csv", "area,street\n50,Pave\n,Grvl\n");
 * const houses = readCsv("houses.csv");
 * console.log(houses.shape, houses.columns, houses["area"].values); // [ 2, 2 ] [ 'area', 'street' ] [ 50, NaN ]
 * ```
 */
export function readCsv(file: string, options: ReadCsvOptions = {}): DataFrame {
  const table = readCsvTable(file, options);
  for (const warning of warnings(table)) console.warn(`${table.file}${warning}`);
  return frameOf(table.columns, table.index);
}

function warnings({ readers, hint, line }: CsvTable): string[] {
  const said = readers.flatMap(({ name, type, beyond, overflow, wanted, numbers, others, firstOther }) => {
    const option = `{ dtypes: { ${/^[a-z_$][\w$]*$/i.test(name) ? name : JSON.stringify(name)}: "string" } }`;
    const place = (row: number) => `, line ${line(row)} (row ${row}), column ${show(name)}:`;
    if (type === "number" && overflow !== undefined) {
      return [
        `${place(overflow.row)} ${show(overflow.cell)} is too large for a float64 and became infinite. If it stands for a missing ` +
          `value, add it to naValues; if text is meant, say ${option}.`,
      ];
    }
    if (wanted !== undefined || type !== "string") return [];
    if (others === 0 && beyond !== undefined) {
      return [
        `${place(beyond.row)} ${beyond.cell} is beyond 2⁵³, where float64 leaves ` +
          `whole numbers out; the column stays text. If that is meant, say ${option}.`,
      ];
    }
    if (numbers <= others || firstOther === undefined) return [];
    const { row, cell } = firstOther;
    const cells = others === 1 ? "1 cell" : `${others} cells`;
    return [
      `${place(row)} text because of ${cells} among ${numbers} numbers, the first ` +
        `${show(cell)}. If it stands for a missing value, add it to naValues; if text is meant, say ${option}.`,
    ];
  });
  if (hint === undefined) return said;
  const name = readers[0]!.name;
  return [`: one column, ${show(name)}. Is ${show(hint)} the separator? Then say { sep: ${show(hint)} }.`, ...said];
}
