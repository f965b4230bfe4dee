/** Labels: a class for each row, as functions of classes take them. */
import { shown } from "../checks/shown.js";
import type { Value } from "./column.js";
import type { Series } from "./data-frame.js";
import { areNumbers } from "./distinct.js";
import { ColumnSeries } from "./series.js";

/** A label or class number for each example: an array, a typed array or a column of a table. */
export type Labels = ArrayLike<Value> | Series;

/** The labels as an array. @throws TypeError for what is no list of them */
export function labelsOf(where: string, labels: Labels): readonly Value[] {
  const list = labelCells(where, labels);
  return Array.isArray(list) ? list : Array.from(list, (label) => label ?? Number.NaN);
}

/** The labels as they are kept, without a copy; a missing one is NaN or `undefined`. @throws TypeError for what is no list of them */
export function labelCells(where: string, labels: Labels): ArrayLike<Value | undefined> {
  if (labels instanceof ColumnSeries) return labels.cells;
  if (areNumbers(labels)) return labels;
  const { values, length, dataSync } = Object(labels) as Record<string, unknown>;
  const isList = typeof labels === "object" && typeof length === "number";
  const copy = () => (isList ? Array.from(labels as ArrayLike<unknown>) : undefined);
  const list = [labels, values].find(Array.isArray) ?? copy();
  const nested = list?.find((each) => typeof each === "object" && each !== null);
  if (list && nested === undefined) return list as Value[];
  if (list) {
    throw new TypeError(
      `${where}: expected one label for each example, received ${shown(nested)} for one: write table.column("…"), or list.flat().`,
    );
  }
  const remedy = typeof dataSync === "function" ? ": write await tensor.data()" : "";
  throw new TypeError(
    `${where}: expected labels in an array or a column of a table, received ${shown(labels)}${remedy}.`,
  );
}
