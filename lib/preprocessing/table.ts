/**
 * A table made of columns, as every step of preprocessing takes and gives it. What is asked of most tables it does itself; for the
 * rest a danfo DataFrame is made of it, and only then is danfo loaded. From then on it has all other methods of danfo's too.
 */
import { inspect } from "node:util";
import { danfo, whenLoaded } from "../danfo/loader.js";
import { type Convertible, lend } from "../danfo/methods.js";
import { type Column, columnOf, rowsOf } from "./column.js";
import type { Cell, DataFrame, Groups, Series } from "./data-frame.js";
import { dtypeOf } from "./dtype.js";
import { list, show } from "./messages.js";
import { ColumnSeries } from "./series.js";

type Label = string | number;
type Part = { rows?: Cell[] | Series; columns?: Label[] };

/** Columns of one length with different names, and labels for the rows. */
export class Table implements Convertible {
  #columns: readonly Column[];
  #names: string[] = [];
  /** Without: 0, 1, … */
  #index: Label[] | undefined;
  /** Where each column stands, once somebody has asked for one. */
  #places: ReadonlyMap<string, number> | undefined;
  /** The cells by rows, once somebody has asked for them. */
  #rows: Cell[][] | undefined;

  constructor(columns: readonly Column[], index?: readonly Label[]) {
    this.#columns = columns;
    this.#index = index && [...index];
    this.#nameColumns();
  }

  /** The columns with their cells; `columns` is their names. */
  get parts(): readonly Column[] {
    return this.#columns;
  }

  get columns(): string[] {
    return this.#names;
  }

  get dtypes(): string[] {
    return this.#columns.map(dtypeOf);
  }

  get index(): Label[] {
    this.#index ??= Array.from({ length: this.shape[0]! }, (_, i) => i);
    return this.#index;
  }

  get shape(): number[] {
    return [this.#columns[0]?.values.length ?? 0, this.#columns.length];
  }

  get values(): Cell[][] {
    if (this.#rows === undefined) {
      const [length, width] = this.shape;
      this.#rows = Array.from({ length: length! }, () => new Array<Cell>(width!));
      for (const [j, { values }] of this.#columns.entries()) {
        for (let i = 0; i < length!; i++) this.#rows[i]![j] = values[i] ?? Number.NaN;
      }
    }
    return this.#rows;
  }

  /** By these three names notebooks know a table, whichever package it comes from. */
  get $columns(): string[] {
    return this.columns;
  }

  get $index(): Label[] {
    return this.index;
  }

  /** Each row is made when it is asked for: a notebook shows both ends of a long table. */
  get $data(): Cell[][] {
    if (this.#rows !== undefined) return this.#rows;
    const columns = this.#columns;
    const row = (i: number) => columns.map(({ values }) => values[i] ?? Number.NaN);
    return new Proxy(new Array<Cell[]>(this.shape[0]!).fill([]), {
      get: (rows, key) =>
        typeof key === "string" && Object.hasOwn(rows, key) && key !== "length"
          ? row(Number(key))
          : Reflect.get(rows, key),
    });
  }

  column(name: string): Series {
    this.#places ??= new Map(this.#names.map((one, j) => [one, j]));
    const column = this.#columns[this.#places.get(name) ?? -1];
    return column ? (new ColumnSeries(column, this.index) as unknown as Series) : this.toDanfo().column(name);
  }

  head(rows = 5): DataFrame {
    if (!(rows > 0)) return this.toDanfo().head(rows);
    return this.#take(Array.from({ length: Math.min(rows, this.shape[0]!) }, (_, i) => i));
  }

  loc(part: Part = {}): DataFrame {
    const rows = placesOf(part.rows, this.#index ?? this.shape[0]!);
    const columns = placesOf(part.columns, this.columns);
    return rows && columns
      ? this.#take(rows, columns)
      : this.toDanfo().loc(part as { rows?: Cell[]; columns?: string[] });
  }

  iloc(part: Part = {}): DataFrame {
    const rows = placesOf(part.rows, this.shape[0]!);
    const columns = placesOf(part.columns, this.shape[1]!);
    return rows && columns ? this.#take(rows, columns) : this.toDanfo().iloc(part);
  }

  drop(part: { columns?: string | string[]; index?: Label[]; inplace?: boolean }): DataFrame {
    const { columns, index, inplace = false } = part;
    const dropped = placesOf(typeof columns === "string" ? [columns] : columns, this.columns);
    if (dropped === undefined || dropped === "all" || index !== undefined)
      return this.viaDanfo("drop", [part]) as DataFrame;
    const left = new Set(dropped);
    const kept = this.#columns.filter((_, j) => !left.has(j));
    if (!inplace) return tableOf(kept, this.#index);
    this.#become(kept, this.#index);
    return undefined as unknown as DataFrame; // as danfo has it
  }

  /** Rows whose cell is missing come last, in either order: danfo would leave them where they are, and the others unsorted. */
  sortValues(column: string, { ascending = true, inplace = false } = {}): DataFrame {
    const cells = this.column(column).values as Cell[];
    const isMissing = (row: number) => cells[row] === undefined || cells[row] === null || Number.isNaN(cells[row]);
    const order = (a: Cell, b: Cell) => (a < b ? -1 : a > b ? 1 : 0);
    const rows = Array.from(cells.keys());
    const there = rows.filter((row) => !isMissing(row));
    there.sort((a, b) => (ascending ? order(cells[a]!, cells[b]!) : order(cells[b]!, cells[a]!)));
    const sorted = this.#take([...there, ...rows.filter(isMissing)]);
    if (!inplace) return sorted;
    this.#become((sorted as unknown as Table).parts, sorted.index);
    return undefined as unknown as DataFrame; // as danfo has it
  }

  groupby(columns: string[]): Groups {
    return this.toDanfo().groupby(columns);
  }

  print(): void {
    this.toDanfo().print();
  }

  /** What `console.log` shows; `print` shows cells. */
  [inspect.custom](): string {
    return `Table, ${this.shape.join(" × ")}: ${list(this.columns)}`;
  }

  /**
   * A danfo DataFrame with copies of the cells; what is changed in it is not changed here.
   * @throws Error when danfo is not installed; RangeError when a column has a name that danfo uses itself
   */
  toDanfo(): InstanceType<ReturnType<typeof danfo>["DataFrame"]> {
    const { DataFrame, NDframe } = danfo();
    // danfo makes each column a property of the DataFrame, which would hide its own properties such as `values` and `$data`.
    const owners = [new DataFrame([], { columns: [] }), DataFrame.prototype, NDframe.prototype];
    const isTaken = (name: string) =>
      owners.some((owner) => {
        const property = Object.getOwnPropertyDescriptor(owner, name);
        return property !== undefined && typeof property.value !== "function";
      });
    const taken = this.columns.filter(isTaken);
    if (taken.length > 0) {
      throw new RangeError(
        `Table: expected column names that danfo does not use itself, received ${list(taken)}: rename them.`,
      );
    }
    const rows = this.values.map((row) => [...row]);
    // In this mode danfo keeps the cells once, by rows, not a second time by columns.
    const options = { columns: this.columns, dtypes: this.dtypes, config: { lowMemoryMode: true } };
    return new DataFrame(rows, rows.length > 0 ? { ...options, index: [...this.index] } : options);
  }

  /** Calls a method of danfo's; what it changes in place is changed here. */
  viaDanfo(method: string, args: unknown[]): unknown {
    const frame = this.toDanfo();
    const result: unknown = Reflect.apply(frame[method], frame, args);
    if (args.some((arg) => Object(arg).inplace === true)) {
      const rows = frame.values as Cell[][];
      const columns = frame.columns.map((name: string, j: number) =>
        columnOf(name, (i) => rows[i]![j], rows.length, frame.dtypes[j] === "string" ? "string" : "number"),
      );
      this.#become(columns, frame.index);
    }
    return result;
  }

  #take(rows: readonly number[] | "all", columns: readonly number[] | "all" = "all"): DataFrame {
    const chosen = columns === "all" ? this.#columns : columns.map((j) => this.#columns[j]!);
    if (rows === "all") return tableOf(chosen, this.#index);
    const index = rows.map((row) => (this.#index ? this.#index[row]! : row));
    return tableOf(
      chosen.map((column) => rowsOf(column, rows)),
      index,
    );
  }

  #become(columns: readonly Column[], index: Label[] | undefined): void {
    for (const { name } of this.#columns) if (Object.hasOwn(this, name)) Reflect.deleteProperty(this, name);
    [this.#columns, this.#index, this.#rows, this.#places] = [columns, index, undefined, undefined];
    this.#nameColumns();
  }

  /** As in danfo, a column is a property too, where its name is no other's. */
  #nameColumns(): void {
    this.#names = this.#columns.map(({ name }) => name);
    for (const { name } of this.#columns) {
      if (name in this) continue;
      const get = () => this.column(name);
      const set = (cells: Series | Cell[]) => {
        const values = Array.isArray(cells) ? cells : (cells.values as Cell[]);
        if (values.length !== this.shape[0]) {
          throw new RangeError(
            `Table: expected ${this.shape[0]} cells for column ${show(name)}, received ${values.length}.`,
          );
        }
        const column = columnOf(name, (i) => values[i], values.length, "number");
        this.#become(
          this.#columns.map((one) => (one.name === name ? column : one)),
          this.#index,
        );
      };
      Object.defineProperty(this, name, { get, set, configurable: true });
    }
  }
}

/** A `Table`, as what its users know it for. What a danfo DataFrame has beside this, it has once danfo is loaded. */
export function tableOf(columns: readonly Column[], index?: readonly Label[]): DataFrame {
  return new Table(columns, index) as unknown as DataFrame;
}

whenLoaded(({ DataFrame }) => lend(Table.prototype, DataFrame.prototype));

/**
 * Where in `labels` (or among as many numbers) each of `asked` stands; "all" where nothing is asked for, and undefined for what
 * danfo has its own rules: ranges such as "2:5", truth values, a Series, what is not there.
 */
function placesOf(asked: Cell[] | Series | undefined, labels: readonly Label[] | number): number[] | "all" | undefined {
  if (asked === undefined) return "all";
  if (!Array.isArray(asked) || asked.length === 0) return undefined;
  if (typeof labels === "number") {
    const seen = new Uint8Array(labels);
    for (const place of asked) {
      if (typeof place !== "number" || seen[place] !== 0) return undefined;
      seen[place] = 1;
    }
    return asked as number[];
  }
  if (new Set(asked).size !== asked.length) return undefined;
  // danfo reads a single text as a range, or as a number.
  if (asked.length === 1 && String(asked[0]).includes(":")) return undefined;
  const places = new Map<unknown, number>(labels.map((label, i) => [label, i]));
  const found = asked.map((label) => places.get(label) ?? -1);
  return found.includes(-1) ? undefined : found;
}
