/** A column by itself, as a table gives it: its cells and the labels of its rows. */
import { inspect } from "node:util";
import { danfo, whenLoaded } from "../danfo/loader.js";
import { type Convertible, lend } from "../danfo/methods.js";
import type { Column } from "./column.js";
import type { Cell } from "./data-frame.js";
import { dtypeOf } from "./dtype.js";

type Label = string | number;

/** Labels of `rows` rows in an array of their own; without any 0, 1, … */
export function labelList(labels: ArrayLike<Label> | undefined, rows: number): Label[] {
  const own = new Array<Label>(rows);
  for (let i = 0; i < rows; i++) own[i] = labels ? labels[i]! : i;
  return own;
}

function copyOf({ values }: Column): Cell[] {
  const cells = new Array<Cell>(values.length);
  for (let i = 0; i < cells.length; i++) cells[i] = values[i] ?? Number.NaN;
  return cells;
}

/** One column. Once danfo is loaded it has all other methods of danfo's Series too. */
export class ColumnSeries implements Convertible {
  /** The column's name, as the only one. */
  readonly columns: string[];
  /** [rows]. */
  readonly shape: number[];
  readonly #column: Column;
  readonly #labels: ArrayLike<Label> | undefined;
  #index: Label[] | undefined;
  #values: Cell[] | undefined;

  /** `labels` of the rows; without: 0, 1, … */
  constructor(column: Column, labels: ArrayLike<Label> | undefined) {
    this.columns = [column.name];
    this.shape = [column.values.length];
    this.#column = column;
    this.#labels = labels;
  }

  get index(): Label[] {
    this.#index ??= labelList(this.#labels, this.#column.values.length);
    return this.#index;
  }

  get dtypes(): string[] {
    return [dtypeOf(this.#column)];
  }

  /** A copy of the cells; a missing one is NaN. */
  get values(): Cell[] {
    this.#values ??= copyOf(this.#column);
    return this.#values;
  }

  /** The cells as they are kept, so long as nobody has asked for a copy, which may have been changed. */
  get cells(): ArrayLike<Cell | undefined> {
    return this.#values ?? this.#column.values;
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

  /** What `console.log` shows. */
  [inspect.custom](): object {
    const { columns, index, dtypes, shape, values } = this;
    return { columns, index, dtypes, shape, values };
  }

  /** Calls a method of danfo's; what it changes in place is changed here. */
  viaDanfo(method: string, args: unknown[]): unknown {
    const series = this.toDanfo();
    const result: unknown = Reflect.apply(Reflect.get(series, method), series, args);
    if (args.some((arg) => Object(arg).inplace === true)) {
      this.#values = [...(series.values as Cell[])];
      this.#index = [...series.index];
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
