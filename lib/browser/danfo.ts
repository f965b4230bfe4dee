/**
 * "gradbook/danfo" in a browser: danfo's package for Node does not run there. `DataFrame` makes the library's own tables, from the
 * same arguments.
 */
import { Table } from "../preprocessing/table.js";
import { columnsFrom, type TableData } from "./columns-from.js";

/** A table from its rows, or from its columns by their names. */
export class DataFrame extends Table {
  /** @param options `columns`: the names, for rows that are lists; `index`: labels of the rows, default 0, 1, … */
  constructor(
    data: TableData,
    { columns, index }: { columns?: readonly string[]; index?: readonly (string | number)[] } = {},
  ) {
    super(columnsFrom(data, columns), index);
  }
}
