/**
 * "gradbook/danfo": everything danfo exports, its tensors being the library's. Take danfo from here, never from
 * "danfojs-node" itself. Throws at import when that optional package is not installed.
 */
import { danfo } from "./danfo-loader.js";

export { tf as tensorflow } from "./tensor.js";

type Danfo = typeof import("danfojs-node");

export const {
  Config,
  DataFrame,
  Dt,
  LabelEncoder,
  MinMaxScaler,
  NDframe,
  OneHotEncoder,
  Series,
  StandardScaler,
  Str,
  Utils,
  __version,
  concat,
  convertFunctionTotransformer,
  dateRange,
  getDummies,
  merge,
  readCSV,
  readExcel,
  readJSON,
  streamCSV,
  streamCsvTransformer,
  streamJSON,
  toCSV,
  toDateTime,
  toExcel,
  toJSON,
}: Danfo = danfo();

export type DataFrame = InstanceType<Danfo["DataFrame"]>;
export type Series = InstanceType<Danfo["Series"]>;

// Where this module is imported danfo is there, so the library's tables may be known for all that they are.
type DanfoDataFrame = DataFrame;
type DanfoSeries = Series;
type DanfoGroups = ReturnType<DataFrame["groupby"]>;
declare module "./preprocessing/data-frame.js" {
  interface DataFrame extends DanfoDataFrame {}
  interface Series extends DanfoSeries {}
  interface Groups extends DanfoGroups {}
}
