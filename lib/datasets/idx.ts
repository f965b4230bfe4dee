/** IDX: the file format of MNIST, a header with the shape and then the bytes; often compressed with gzip. */
import { constants as bufferConstants } from "node:buffer";
import { readFileSync } from "node:fs";
import { constants, gunzipSync, type ZlibOptions } from "node:zlib";

/** Bytes in row-major order. */
export interface IdxArray {
  shape: number[];
  values: Uint8Array;
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`${file}: expected an IDX file, received ${code}: give the path of one that can be read.`, {
      cause: error,
    });
  }
}

const isPacked = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** The bytes of a gzip file; undefined where there are more than `options` allow. */
function unpack(file: string, bytes: Buffer, options: ZlibOptions): Buffer | undefined {
  try {
    return gunzipSync(bytes, options);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ERR_BUFFER_TOO_LARGE") return undefined;
    throw new Error(`${file}: expected a whole gzip file, received "${message}": get the file anew.`, { cause: error });
  }
}

/** The longest header: 255 axes. */
const longestHeader = 4 + 4 * 255;

/** The first bytes of a gzip file, enough for every header or all there are: a small file may unpack to gigabytes. */
function unpackStart(file: string, bytes: Buffer): Buffer {
  const finishFlush = constants.Z_SYNC_FLUSH; // The end is not expected.
  for (let length = 1024; length < bytes.length; length *= 4) {
    const start = unpack(file, bytes.subarray(0, length), { finishFlush })!;
    if (start.length >= longestHeader) return start;
  }
  return unpack(file, bytes, { finishFlush })!;
}

/** The shape that the header says, and where the values begin. */
function readHeader(file: string, bytes: Buffer): { shape: number[]; begin: number } {
  const start = bytes.subarray(0, 4);
  const axes = start[3] ?? 0;
  if (start.length < 4 || start[0] !== 0 || start[1] !== 0 || start[2] !== 8 || axes === 0) {
    throw new Error(
      `${file}: expected an IDX file of unsigned bytes (0, 0, 8, axes), received the first bytes ${[...start].join(", ") || "of an empty file"}.`,
    );
  }
  const begin = 4 + 4 * axes;
  if (bytes.length < begin) {
    throw new Error(`${file}: expected a header of ${begin} bytes, received ${bytes.length} bytes: get the file anew.`);
  }
  return { shape: Array.from({ length: axes }, (_, axis) => bytes.readUInt32BE(4 + 4 * axis)), begin };
}

/**
 * Reads an IDX file of unsigned bytes: two zero bytes, the type 8, the number of axes, the length of each axis as a big-endian
 * 32-bit number, the values.
 * @param accept looks at the shape before any value is read or unpacked, and throws for one that is not wanted
 * @throws when the file cannot be read, is no such file, or holds fewer or more values than its header says
 */
export function readIdx(file: string, accept: (shape: number[]) => void = () => {}): IdxArray {
  const bytes = readBytes(file);
  const { shape, begin } = readHeader(file, isPacked(bytes) ? unpackStart(file, bytes) : bytes);
  accept(shape);
  const size = shape.includes(0) ? 0 : shape.reduce((product, length) => product * length, 1);
  const maxOutputLength = Math.min(begin + size, bufferConstants.MAX_LENGTH);
  const values = (isPacked(bytes) ? unpack(file, bytes, { maxOutputLength }) : bytes)?.subarray(begin);
  if (values?.length !== size) {
    throw new Error(
      `${file}: expected ${size} values for the shape [${shape}], received ${values?.length ?? "more"}: get the file anew.`,
    );
  }
  return { shape, values };
}
