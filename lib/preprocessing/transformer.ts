/**
 * What all preprocessing steps have in common: `fit` learns a state from a table, `transform` applies it to a table with the
 * same columns. The state is a value of its own, so that what was learned, and from which rows, is plain to see.
 */

import { type Column, type ColumnType, emptyColumn, firstValue } from "./column.js";
import type { DataFrame } from "./data-frame.js";
import { columnsOf, frameOf, rowLabelsOf } from "./frame.js";
import { list, repeated, show } from "./messages.js";

interface Learned<State> {
  readonly state: State;
  readonly inputs: readonly { readonly name: string; readonly type: ColumnType }[];
}

/** What a transformer has learned, as plain data: `JSON.stringify` and `JSON.parse` keep it. */
export interface Fitted {
  /** The transformer's class. */
  readonly type: string;
  readonly state: unknown;
  /** The columns it was fitted on. */
  readonly inputs: readonly { readonly name: string; readonly type: ColumnType }[];
  /** What the steps have learned that it is made of. */
  readonly steps: readonly Fitted[];
}

/** The base of all preprocessing steps: `fit`, `transform`, `fitTransform` and the fitted `state`. */
export abstract class Transformer<State = unknown> {
  #learned: Learned<State> | undefined;

  /** What is to be known about these columns, computed from all their rows. */
  protected abstract learn(columns: readonly Column[]): State;

  /** The new columns; `columns` have the names, order and types of those given to `learn`. */
  protected abstract apply(columns: readonly Column[], state: State): Column[];

  /**
   * What `fit` learned.
   * @throws when nothing was fitted yet
   */
  get state(): State {
    return this.#fitted().state;
  }

  /**
   * All that was learned, to be kept in a file: `restore` makes a transformer with the same options what this one is now.
   * @throws when nothing was fitted yet
   */
  get fitted(): Fitted {
    const { state, inputs } = this.#fitted();
    return { type: this.constructor.name, state, inputs, steps: this.innerSteps().map(({ fitted }) => fitted) };
  }

  /**
   * Takes over what another transformer has learned; what this one has learned is forgotten.
   * @throws RangeError when that one was of another class, or was made of other steps
   */
  restore(fitted: Fitted): this {
    const steps = this.innerSteps();
    if (
      fitted?.type !== this.constructor.name ||
      fitted.steps?.length !== steps.length ||
      !Array.isArray(fitted.inputs)
    ) {
      const received = `${fitted?.type ?? show(fitted)} of ${fitted?.steps?.length ?? "no"} steps`;
      throw new RangeError(
        `${this.constructor.name}: expected what a ${this.constructor.name} of ${steps.length} steps has learned, received ${received}.`,
      );
    }
    for (const [k, step] of steps.entries()) step.restore(fitted.steps[k]!);
    this.#learned = { state: fitted.state as State, inputs: fitted.inputs };
    return this;
  }

  /** The steps that this one is made of, if any. */
  protected innerSteps(): readonly Transformer[] {
    return [];
  }

  /**
   * Learns from `table`; what an earlier call learned is forgotten.
   * @throws when the table has no rows, or columns this step has no use for
   */
  fit(table: DataFrame): this {
    this.fitColumns(columnsOf(table, this.constructor.name));
    return this;
  }

  /**
   * A new table with the rows and the index of `table`. Columns are found by name; those that `fit` did not see are left out.
   * @throws when nothing was fitted yet, or a column is missing or holds text where `fit` saw numbers, or the reverse
   */
  transform(table: DataFrame): DataFrame {
    return frameOf(this.transformColumns(columnsOf(table, this.constructor.name)), rowLabelsOf(table));
  }

  /** `fit`, then `transform`, on the same table. */
  fitTransform(table: DataFrame): DataFrame {
    const columns = columnsOf(table, this.constructor.name);
    this.fitColumns(columns);
    return frameOf(this.transformColumns(columns), rowLabelsOf(table));
  }

  /** `fit` on columns, for steps made of steps. */
  fitColumns(columns: readonly Column[]): void {
    if ((columns[0]?.values.length ?? 0) === 0) {
      throw new RangeError(`${this.constructor.name}: expected at least one column and one row to fit, received none.`);
    }
    const inputs = columns.map(({ name, type }) => ({ name, type }));
    this.#learned = { state: this.learn(columns), inputs };
  }

  /** `transform` on columns, for steps made of steps. */
  transformColumns(columns: readonly Column[]): Column[] {
    const { state, inputs } = this.#fitted();
    const byName = new Map(columns.map((column) => [column.name, column]));
    const absent = inputs.filter(({ name }) => !byName.has(name)).map(({ name }) => name);
    if (absent.length > 0) {
      throw new RangeError(
        `${this.constructor.name}: expected the columns it was fitted on, received a table without ${list(absent)}.`,
      );
    }
    const known = inputs.map(({ name, type }) => requireType(byName.get(name)!, type, this.constructor.name));
    return this.apply(known, state);
  }

  #fitted(): Learned<State> {
    if (this.#learned === undefined) {
      throw new Error(
        `${this.constructor.name}: expected a fitted transformer, received one that has seen no table. Call fit first.`,
      );
    }
    return this.#learned;
  }
}

/** Refuses a transformer that stands twice in `steps`: it would forget what it has learned first. */
export function expectDifferent(where: string, steps: readonly Transformer[]): void {
  const [again] = repeated(steps);
  if (again === undefined) return;
  throw new RangeError(
    `${where}: expected a transformer of its own for every part, received the same ${again.constructor.name} twice: write new ${again.constructor.name}() for each.`,
  );
}

/** `column`, when it is of `type`; a column of missing values only passes as either. */
function requireType(column: Column, type: ColumnType, where: string): Column {
  if (column.type === type) return column;
  const row = firstValue(column);
  if (row >= 0) {
    const kinds = { number: "a number", string: "text", boolean: "a truth value" };
    throw new TypeError(
      `${where}: row ${row}, column ${show(column.name)}: expected ${kinds[type]}, as in fit, received ${kinds[column.type]} (${show(column.values[row])}).`,
    );
  }
  return emptyColumn(column.name, type, column.values.length);
}

/** `column` as numbers, true being 1 and false 0. @throws TypeError when it is text */
export function requireNumbers(column: Column, where: string): Float64Array {
  if (column.type === "number") return column.values;
  if (column.type === "boolean") return Float64Array.from(column.values, Number); // a missing one becomes NaN
  throw new TypeError(
    `${where}: expected columns of numbers, received the text column ${show(column.name)}. Select columns with numericColumns.`,
  );
}
