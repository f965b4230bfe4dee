/** A column by itself, as a table gives it: its cells and the labels of its rows. */
import { danfo, whenLoaded } from "../danfo/loader.js";
import { type Convertible, lend } from "../danfo/methods.js";
import type { Column } from "./column.js";
import type { Cell } from "./data-frame.js";
import { dtypeOf } from "./dtype.js";

/** One column. Once danfo is loaded it has all other methods of danfo's Series too. */
export class ColumnSeries implements Convertible {
  /** The column's name, as the only one. */
  readonly columns: string[];
  readonly index: (string | number)[];
  readonly dtypes: string[];
  /** [rows]. */
  readonly shape: number[];
  /** A copy of the cells; a missing one is NaN. */
  readonly values: Cell[];

  constructor(column: Column, index: readonly (string | number)[]) {
    this.columns = [column.name];
    this.index = [...index];
    this.dtypes = [dtypeOf(column)];
    this.values = Array.from<Cell | undefined, Cell>(column.values, (cell) => cell ?? Number.NaN);
    this.shape = [this.values.length];
  }

  /** By these three names notebooks know a column, whichever package it comes from. */
  get $columns(): string[] {
    return this.columns;
  }

  get $index(): (string | number)[] {
    return this.index;
  }

  get $data(): Cell[] {
    return this.values;
  }

  print(): void {
    this.toDanfo().print();
  }

  /** Calls a method of danfo's; what it changes in place is changed here. */
  viaDanfo(method: string, args: unknown[]): unknown {
    const series = this.toDanfo();
    const result: unknown = Reflect.apply(Reflect.get(series, method), series, args);
    if (args.some((arg) => Object(arg).inplace === true)) {
      this.values.splice(0, this.values.length, ...(series.values as Cell[]));
      this.index.splice(0, this.index.length, ...series.index);
    }
    return result;
  }

  /** A danfo Series with copies of the cells. @throws Error when danfo is not installed */
  toDanfo(): InstanceType<ReturnType<typeof danfo>["Series"]> {
    const { columns, dtypes } = this;
    return new (danfo().Series)([...this.values], { columns, dtypes, index: [...this.index] });
  }
}

whenLoaded(({ Series }) => lend(ColumnSeries.prototype, Series.prototype));
