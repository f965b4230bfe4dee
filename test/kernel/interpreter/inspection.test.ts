/** What a panel of variables is told of values that throw, and when it reads the numbers of tensors. */
import { expect, it, vi } from "vitest";
import { Inspection } from "../../../kernel/interpreter/inspection.js";

const panelOf = (values: { [name: string]: unknown }) => new Inspection(() => new Map(Object.entries(values)));

it("a value that throws is a line like others, and no getter runs", () => {
  const $columns = vi.fn(() => {
    throw new Error("no columns");
  });
  const refuses = () => {
    throw new Error("no answer");
  };
  const lines = panelOf({
    table: Object.defineProperty({}, "$columns", { get: $columns, enumerable: true }),
    below: Object.create(new Proxy({}, { has: refuses, getOwnPropertyDescriptor: refuses, getPrototypeOf: refuses })),
    one: 1,
  }).topLevel();
  expect(lines).toMatchObject([
    { name: "table", value: "{ '$columns': [Getter] }", type: "Object" },
    { name: "below", value: "(cannot be shown)", type: "object", variablesReference: 0 },
    { name: "one", value: "1" },
  ]);
  expect($columns).not.toHaveBeenCalled();
});

it("a tensor's numbers are read when it is unfolded, unless it is disposed by then", () => {
  const dataSync = vi.fn(() => new Float32Array(2000));
  const large = { dataId: {}, dtype: "float32", shape: [2, 1000], size: 2000, isDisposed: false, dataSync };
  const panel = panelOf({ large });
  const [line] = panel.topLevel();
  expect(dataSync).not.toHaveBeenCalled();
  expect(panel.unfold(line!.variablesReference)).toMatchObject([
    { name: "dtype", value: "'float32'" },
    { name: "shape", value: "[ 2, 1000 ]" },
    { name: "values", type: "Array(2)" },
  ]);
  large.isDisposed = true;
  expect(panel.unfold(line!.variablesReference)).toHaveLength(2);
});
