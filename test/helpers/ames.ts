/** The house-price tables of the repository and the preprocessing of the original pipeline, for several tests. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { ColumnTransformer, categoricalColumns, numericColumns } from "../../lib/preprocessing/column-transformer.js";
import { OneHotEncoder } from "../../lib/preprocessing/one-hot-encoder.js";
import { Pipeline } from "../../lib/preprocessing/pipeline.js";
import { SimpleImputer } from "../../lib/preprocessing/simple-imputer.js";
import { StandardScaler } from "../../lib/preprocessing/standard-scaler.js";
import { root } from "./needs.js";

/** Standardise with ddof 1, fill with 0, one-hot with a column for missing values. */
export function originalPreprocessing(): ColumnTransformer {
  const fill = new SimpleImputer({ strategy: "constant", fillValue: 0 });
  return new ColumnTransformer([
    [new Pipeline([new StandardScaler({ ddof: 1 }), fill]), numericColumns],
    [new OneHotEncoder({ dummyNa: true }), categoricalColumns],
  ]);
}

interface Golden {
  columns: string[];
  /** One array a column: the rows of train, then those of test. */
  values: Float64Array[];
}

/** What pandas makes of the tables; see test/goldens/ames-pandas.py. */
export function pandasGolden(): { together: Golden; train: Golden } {
  const file = (name: string) => readFileSync(join(root, "test/goldens", name));
  const { rows, columns } = JSON.parse(file("ames-pandas.json").toString()) as {
    rows: number;
    columns: { together: string[]; train: string[] };
  };
  const bytes = gunzipSync(file("ames-pandas.f64.gz"));
  const cells = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const golden = (names: string[], first: number): Golden => ({
    columns: names,
    values: names.map((_, j) => cells.subarray((first + j) * rows, (first + j + 1) * rows)),
  });
  return { together: golden(columns.together, 0), train: golden(columns.train, columns.together.length) };
}
