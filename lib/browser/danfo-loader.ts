/**
 * What tables hand on to danfo, in a browser, where danfo's package for Node does not run: groups and their sums, and a print. In the
 * place of `../danfo/loader.ts`, which loads danfo.
 */
import type { Cell, Groups } from "../preprocessing/data-frame.js";
import { frameOf } from "../preprocessing/frame.js";
import { Table } from "../preprocessing/table.js";
import { columnsFrom, type TableData } from "./columns-from.js";

type Danfo = ReturnType<typeof import("../danfo/loader.js").danfo>;

const sum = (cells: number[]): number => cells.reduce((total, cell) => total + cell, 0);
const mean = (cells: number[]): number => sum(cells) / cells.length;

/** By what a group's cells become one number, as in danfo: a missing cell counts, and makes sums NaN; one cell has the deviation 0. */
const kinds = {
  count: (cells: number[]) => cells.length,
  sum,
  mean,
  std: (cells: number[]) => {
    const center = mean(cells);
    return Math.sqrt(sum(cells.map((cell) => (cell - center) ** 2)) / Math.max(1, cells.length - 1));
  },
  min: (cells: number[]) =>
    cells.reduce((least, cell) => {
      if (least < cell) return least;
      return cell;
    }),
  max: (cells: number[]) =>
    cells.reduce((most, cell) => {
      if (most > cell) return most;
      return cell;
    }),
};

/** The groups of rows that have the same cells in the columns `keys`, in the order of their first rows. */
function groupsOf(table: Table, keys: string[], names: string[]): Groups {
  const place = (name: string): number => {
    const found = table.columns.indexOf(name);
    if (found < 0) throw new RangeError(`groupby: expected the name of a column, received "${name}".`);
    return found;
  };
  const groups = new Map<string, Cell[][]>();
  const places = keys.map(place);
  for (const row of table.values) {
    const key = JSON.stringify(places.map((at) => row[at]));
    const rows = groups.get(key);
    if (rows) rows.push(row);
    else groups.set(key, [row]);
  }
  const all = [...groups.values()];
  const by = (kind: keyof typeof kinds) => () => {
    const cells = (rows: Cell[][], name: string) => {
      const at = place(name);
      return rows.map((row) => row[at]) as number[];
    };
    const rows = all.map((rows) => [
      ...keys.map((name) => rows[0]![place(name)]),
      ...names.map((name) => kinds[kind](cells(rows, name))),
    ]);
    return frameOf(columnsFrom(rows, [...keys, ...names.map((name) => `${name}_${kind}`)]));
  };
  const col = (chosen: string[]) => groupsOf(table, keys, chosen);
  const sums = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, by(kind as keyof typeof kinds)]));
  return { ...sums, col } as unknown as Groups;
}

/** A table as danfo has it, as far as that is there. Made when it is first asked for, since tables import this file. */
const wholeTable = () =>
  class extends Table {
    constructor(data: TableData, { columns, index }: { columns?: string[]; index?: (string | number)[] } = {}) {
      super(columnsFrom(data, columns), index);
    }

    override groupby(keys: string[]): Groups {
      const others = this.columns.filter((name) => !keys.includes(name));
      return groupsOf(this, keys, others);
    }

    override print(): void {
      const lines = [this.columns, ...this.values].map((row) => row.map(String));
      const widths = this.columns.map((_, j) => Math.max(...lines.map((line) => line[j]!.length)));
      console.log(lines.map((line) => line.map((cell, j) => cell.padStart(widths[j]!)).join("  ")).join("\n"));
    }

    override toDanfo(): never {
      throw new Error("Table: expected what a browser has of danfo (groupby, print), received more: do it in Node.");
    }
  };

let whole: ReturnType<typeof wholeTable> | undefined;

/** The part of danfo that there is. */
export function danfo(): Danfo {
  whole ??= wholeTable();
  return { DataFrame: whole, NDframe: Table } as unknown as Danfo;
}

/** danfo is never loaded whole. */
export const whenLoaded: typeof import("../danfo/loader.js").whenLoaded = () => {};
