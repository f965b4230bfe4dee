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
import { ColumnSeries, labelList } from "./series.js";

type Label = string | number;
type Part = { rows?: Cell[] | Int32Array | Series; columns?: Label[] };
type Places = ArrayLike<number> | "all";

/** Columns of one length with different names, and labels for the rows. */
export class Table implements Convertible {
  #columns: readonly Column[];
  #names: string[] = [];
  /** Without: 0, 1, … */
  #labels: ArrayLike<Label> | undefined;
  /** The same as an array, once somebody has asked for it. */
  #index: Label[] | undefined;
  /** Where each column stands, once somebody has asked for one. */
  #places: ReadonlyMap<string, number> | undefined;
  /** The cells by rows, once somebody has asked for them. */
  #rows: Cell[][] | undefined;

  /** `labels` of the rows are kept as they are. */
  constructor(columns: readonly Column[], labels?: ArrayLike<Label>) {
    this.#columns = columns;
    this.#labels = labels;
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
    this.#index ??= labelList(this.#labels, this.shape[0]!);
    return this.#index;
  }

  /** The labels of the rows of `table`, as they are kept; none where they are 0, 1, …. No property: a column may be called so. */
  static labels(table: Table): ArrayLike<Label> | undefined {
    // The array that was asked for may be changed by whoever has it.
    return table.#index ? [...table.#index] : table.#labels;
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
    if (column) return new ColumnSeries(column, Table.labels(this)) as unknown as Series;
    throw new RangeError(`Table: expected one of the columns ${list(this.columns)}, received ${show(name)}.`);
  }

  head(rows = 5): DataFrame {
    if (!(rows > 0)) return this.toDanfo().head(rows);
    return this.#take(Array.from({ length: Math.min(rows, this.shape[0]!) }, (_, i) => i));
  }

  loc(part: Part = {}): DataFrame {
    // "a:c" is a range of danfo's.
    const isAbsent = (name: Label) => typeof name === "string" && !name.includes(":") && !this.#names.includes(name);
    const absent = part.columns?.filter(isAbsent) ?? [];
    if (absent.length > 0)
      throw new RangeError(`Table: expected columns among ${list(this.#names)}, received ${list(absent)}.`);
    const rows = placesOf(part.rows, this.#index ?? this.#labels ?? this.shape[0]!);
    const columns = placesOf(part.columns, this.columns);
    return rows && columns
      ? this.#take(rows, columns)
      : this.toDanfo().loc(forDanfo(part) as { rows?: Cell[]; columns?: string[] });
  }

  iloc(part: Part = {}): DataFrame {
    const rows = placesOf(part.rows, this.shape[0]!);
    const columns = placesOf(part.columns, this.shape[1]!);
    if (rows && columns) return this.#take(rows, columns);
    const outside = Array.from((part.rows ?? []) as Cell[]).find(
      (row) => typeof row === "number" && !(Number.isInteger(row) && row >= 0 && row < this.shape[0]!),
    );
    if (outside === undefined) return this.toDanfo().iloc(forDanfo(part));
    throw new RangeError(`Table: expected row numbers in 0 … ${this.shape[0]! - 1}, received ${outside}.`);
  }

  drop(part: { columns?: string | string[]; index?: Label[]; inplace?: boolean }): DataFrame {
    const { columns, index, inplace = false } = part;
    const dropped = placesOf(typeof columns === "string" ? [columns] : columns, this.columns);
    if (dropped === undefined || dropped === "all" || index !== undefined)
      return this.viaDanfo("drop", [part]) as DataFrame;
    const left = new Set(Array.from(dropped));
    const kept = this.#columns.filter((_, j) => !left.has(j));
    if (!inplace) return tableOf(kept, Table.labels(this));
    this.#become(kept, Table.labels(this));
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
    const table = sorted as unknown as Table;
    this.#become(table.parts, Table.labels(table));
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

  #take(rows: Places, columns: Places = "all"): DataFrame {
    const chosen = columns === "all" ? this.#columns : Array.from(columns, (j) => this.#columns[j]!);
    if (rows === "all") return tableOf(chosen, Table.labels(this));
    const labels = this.#index ?? this.#labels;
    // Integers of their own: the loops over them are faster, and nobody changes them.
    const places = Int32Array.from(rows);
    return tableOf(
      chosen.map((column) => rowsOf(column, places)),
      labels ? Array.from(places, (row) => labels[row]!) : places,
    );
  }

  #become(columns: readonly Column[], labels: ArrayLike<Label> | undefined): void {
    for (const { name } of this.#columns) if (Object.hasOwn(this, name)) Reflect.deleteProperty(this, name);
    [this.#columns, this.#labels, this.#index] = [columns, labels, undefined];
    [this.#rows, this.#places] = [undefined, undefined];
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
          Table.labels(this),
        );
      };
      Object.defineProperty(this, name, { get, set, configurable: true });
    }
  }
}

/** A `Table`, as what its users know it for. What a danfo DataFrame has beside this, it has once danfo is loaded. */
export function tableOf(columns: readonly Column[], labels?: ArrayLike<Label>): DataFrame {
  return new Table(columns, labels) as unknown as DataFrame;
}

whenLoaded(({ DataFrame }) => lend(Table.prototype, DataFrame.prototype));

/** What danfo can be asked for. */
const forDanfo = ({ rows, ...part }: Part) => ({
  ...part,
  ...(rows && { rows: rows instanceof Int32Array ? Array.from(rows) : rows }),
});

/**
 * Where in `labels` (or among as many numbers) each of `asked` stands; "all" where nothing is asked for, and undefined for what
 * danfo has its own rules: ranges such as "2:5", truth values, a Series, what is not there.
 */
function placesOf(asked: Part["rows"], labels: ArrayLike<Label> | number): Places | undefined {
  if (asked === undefined) return "all";
  if (!(Array.isArray(asked) || asked instanceof Int32Array) || asked.length === 0) return undefined;
  if (typeof labels === "number") {
    const seen = new Uint8Array(labels);
    for (let i = 0; i < asked.length; i++) {
      const place = asked[i];
      if (typeof place !== "number" || seen[place] !== 0) return undefined;
      seen[place] = 1;
    }
    return asked as ArrayLike<number>;
  }
  const wanted: Cell[] = Array.from(asked);
  if (new Set(wanted).size !== wanted.length) return undefined;
  // danfo reads a single text as a range, or as a number.
  if (wanted.length === 1 && String(wanted[0]).includes(":")) return undefined;
  const places = new Map<unknown, number>();
  for (let i = 0; i < labels.length; i++) places.set(labels[i], i);
  const found = wanted.map((label) => places.get(label) ?? -1);
  return found.includes(-1) ? undefined : found;
}
