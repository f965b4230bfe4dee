/**
 * R: large tables, from a CSV file of a million rows to a tensor: read, standardise, fill, encode. `r8` has 8 columns, `r20` 20, a
 * quarter of them categories; in `r8q` and `r20q` these stand in quotes; `r8s` has a tenth of the rows. `rwide` has 100,000 columns and
 * 10 rows: time should grow with the cells. Beside it pandas and polars.
 */
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "gradbook-engine/random";
import {
  ColumnTransformer,
  categoricalColumns,
  numericColumns,
  OneHotEncoder,
  Pipeline,
  readCsv,
  SimpleImputer,
  StandardScaler,
  tf,
  toTensor,
} from "../entry/index.js";
import type { Engine, Workload } from "./compare.js";

const cities = ["Oslo", "Berlin", "Paris", "New York", "London", "Rome", "Vienna", "Prague"];

/** Every fourth column a category, the others whole numbers, numbers with four digits behind the point, and some gaps. */
function writeTable(file: string, rows: number, width: number, quote: string): void {
  const random = new Random(16);
  const descriptor = openSync(file, "w");
  let text = `${Array.from({ length: width }, (_, j) => `c${j}`).join(",")}\n`;
  for (let i = 0; i < rows; i++) {
    const cells = Array.from(random.uniforms(width), (u, j) => {
      if (width <= 20 && j % 4 === 3) return quote + cities[Math.floor(8 * u)] + quote;
      if (j % 4 === 0) return Math.floor(100_000 * u);
      return u < 0.01 ? "" : (1000 * u).toFixed(4);
    });
    text += `${cells.join(",")}\n`;
    if (text.length < 1 << 20) continue;
    writeSync(descriptor, text);
    text = "";
  }
  writeSync(descriptor, text);
  closeSync(descriptor);
}

function prepare(file: string) {
  const table = readCsv(file);
  const numbers = new Pipeline([
    new StandardScaler({ ddof: 1 }),
    new SimpleImputer({ strategy: "constant", fillValue: 0 }),
  ]);
  const hasText = table.dtypes.includes("string");
  const parts: ConstructorParameters<typeof ColumnTransformer>[0] = [[numbers, numericColumns]];
  const both = new ColumnTransformer(hasText ? [...parts, [new OneHotEncoder(), categoricalColumns]] : parts);
  return toTensor(both.fitTransform(table));
}

function reading(name: string, rows: number, width: number, quote = ""): Workload {
  return {
    name,
    title: `a CSV file of ${rows.toLocaleString("en")} × ${width}${quote && ", categories in quotes"} to a tensor`,
    unit: "ms in all",
    tolerance: 1e-4,
    engines: async (python) => {
      const folder = mkdtempSync(join(tmpdir(), "gradbook-bench-"));
      const file = join(folder, "table.csv");
      writeTable(file, rows, width, quote);
      const engines: Engine[] = [
        {
          name: "gradbook",
          peer: false,
          check: async () => {
            const tensor = prepare(file);
            let sum = 0;
            for (const value of tensor.dataSync()) sum += Math.abs(value);
            tensor.dispose();
            return [tensor.shape[1], sum / tensor.size];
          },
          time: async () => {
            const begin = performance.now();
            tf.dispose(prepare(file));
            return performance.now() - begin;
          },
          close: () => rmSync(folder, { recursive: true }),
        },
      ];
      if (python === undefined) return engines;
      const peers = ["pandas", "polars"].map(
        (peer): Engine => ({
          name: peer,
          peer: true,
          check: () => python.call("large_tables.check", { peer, file }),
          time: () => python.call("large_tables.run", { peer, file }),
        }),
      );
      return [...engines, ...peers];
    },
  };
}

export const r8 = reading("R8", 1_000_000, 8);
export const r8q = reading("R8Q", 1_000_000, 8, '"');
export const r8s = reading("R8S", 100_000, 8);
export const r20 = reading("R20", 1_000_000, 20);
export const r20q = reading("R20Q", 1_000_000, 20, '"');
export const rWide = reading("RWide", 10, 100_000);
