/**
 * Dtypes: the number types of safetensors files, and what tensor each becomes. The engine has float32, int32 and bool; what is
 * wider or narrower in a file is converted as said here. Numbers are little-endian, in the file as in the memory of every
 * machine that the engine runs on.
 */

/** The values of a tensor as the engine takes them: float32, int32, or bool (0 or 1). */
export type Values = Float32Array | Int32Array | Uint8Array;

export interface Dtype {
  /** Bytes of one element in the file. */
  readonly bytes: number;
  /** The dtype of the tensor. */
  readonly tensor: "float32" | "int32" | "bool";
  /** The tensor's values from the bytes of the file. @throws RangeError for a value that the tensor cannot hold. */
  values(bytes: ArrayBuffer): Values;
}

/** int32 from wider integers: each must fit. */
function narrowed(wide: BigInt64Array | BigUint64Array | Uint32Array): Int32Array {
  return Int32Array.from(wide as ArrayLike<number | bigint>, (value, i) => {
    if (value < -(2 ** 31) || value >= 2 ** 31) {
      throw new RangeError(`expected integers that fit int32 (−2³¹ … 2³¹ − 1), received ${value} at position ${i}`);
    }
    return Number(value);
  });
}

/** The number with these 16 bits: sign, 5 bits of exponent, 10 of fraction (IEEE 754 half precision). */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = (bits & 0x3ff) / 1024;
  if (exponent === 0) return sign * fraction * 2 ** -14;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction) * 2 ** (exponent - 15);
}

function flags(bytes: Uint8Array): Uint8Array {
  const position = bytes.findIndex((byte) => byte > 1);
  if (position >= 0) {
    throw new RangeError(`expected bools of 0 or 1, received ${bytes[position]} at position ${position}`);
  }
  return bytes;
}

const float = (bytes: number, values: Dtype["values"]): Dtype => ({ bytes, tensor: "float32", values });
const integer = (bytes: number, values: Dtype["values"]): Dtype => ({ bytes, tensor: "int32", values });

/** By their names in safetensors. F64 is rounded to float32; the other conversions keep every value, or refuse it. */
export const dtypes: ReadonlyMap<string, Dtype> = new Map([
  ["F64", float(8, (bytes) => Float32Array.from(new Float64Array(bytes)))],
  ["F32", float(4, (bytes) => new Float32Array(bytes))],
  ["F16", float(2, (bytes) => Float32Array.from(new Uint16Array(bytes), half))],
  // bfloat16 is the upper half of float32.
  [
    "BF16",
    float(2, (bytes) => new Float32Array(Uint32Array.from(new Uint16Array(bytes), (bits) => bits << 16).buffer)),
  ],
  ["I64", integer(8, (bytes) => narrowed(new BigInt64Array(bytes)))],
  ["U64", integer(8, (bytes) => narrowed(new BigUint64Array(bytes)))],
  ["I32", integer(4, (bytes) => new Int32Array(bytes))],
  ["U32", integer(4, (bytes) => narrowed(new Uint32Array(bytes)))],
  ["I16", integer(2, (bytes) => Int32Array.from(new Int16Array(bytes)))],
  ["U16", integer(2, (bytes) => Int32Array.from(new Uint16Array(bytes)))],
  ["I8", integer(1, (bytes) => Int32Array.from(new Int8Array(bytes)))],
  ["U8", integer(1, (bytes) => Int32Array.from(new Uint8Array(bytes)))],
  ["BOOL", { bytes: 1, tensor: "bool", values: (bytes) => flags(new Uint8Array(bytes)) }],
]);

/** The dtypes that are written: the engine's own. */
export const written = { float32: "F32", int32: "I32", bool: "BOOL" } as const;
