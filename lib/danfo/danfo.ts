/**
 * "gradbook/danfo": everything danfo exports, its tensors being the library's. Take danfo from here, never from
 * "danfojs-node" itself. Once it is loaded the library's tables have danfo's methods, and danfo's functions take them (its
 * classes, such as `LabelEncoder`, take `table.toDanfo()`). Throws at import when that optional package is not installed.
 */
import { danfo } from "./loader.js";
import { taking } from "./methods.js";

export { tf as tensorflow } from "gradbook-engine/tensor";

type Danfo = typeof import("danfojs-node");

const whole = danfo();

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
  convertFunctionTotransformer,
  dateRange,
  readCSV,
  readExcel,
  readJSON,
  streamCSV,
  streamCsvTransformer,
  streamJSON,
  toDateTime,
}: Danfo = whole;
export const concat: Danfo["concat"] = taking(whole.concat);
export const getDummies: Danfo["getDummies"] = taking(whole.getDummies);
export const merge: Danfo["merge"] = taking(whole.merge);
export const toCSV: Danfo["toCSV"] = taking(whole.toCSV);
export const toExcel: Danfo["toExcel"] = taking(whole.toExcel);
export const toJSON: Danfo["toJSON"] = taking(whole.toJSON);

export type DataFrame = InstanceType<Danfo["DataFrame"]>;
export type Series = InstanceType<Danfo["Series"]>;

// Where this module is imported danfo is there, so the library's tables may be known for all that they are.
type DanfoDataFrame = DataFrame;
type DanfoSeries = Series;
type DanfoGroups = ReturnType<DataFrame["groupby"]>;
declare module "../preprocessing/data-frame.js" {
  interface DataFrame extends DanfoDataFrame {}
  interface Series extends DanfoSeries {}
  interface Groups extends DanfoGroups {}
}
