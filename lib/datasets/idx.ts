/** IDX: the file format of MNIST, a header with the shape and then the bytes; often compressed with gzip. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** Bytes in row-major order. */
export interface IdxArray {
  shape: number[];
  values: Uint8Array;
}

/** The file's bytes, unpacked if they are a gzip file. */
function readBytes(file: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`${file}: expected an IDX file, received ${code}: give the path of one that can be read.`, {
      cause: error,
    });
  }
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`${file}: expected a whole gzip file, received "${message}": get the file anew.`, { cause: error });
  }
}

/**
 * Reads an IDX file of unsigned bytes: two zero bytes, the type 8, the number of axes, the length of each axis as a big-endian
 * 32-bit number, the values.
 * @throws when the file cannot be read, is no such file, or holds fewer or more values than its header says
 */
export function readIdx(file: string): IdxArray {
  const bytes = readBytes(file);
  const start = bytes.subarray(0, 4);
  const axes = start[3] ?? 0;
  if (start.length < 4 || start[0] !== 0 || start[1] !== 0 || start[2] !== 8 || axes === 0) {
    throw new Error(
      `${file}: expected an IDX file of unsigned bytes (0, 0, 8, axes), received the first bytes ${[...start].join(", ") || "of an empty file"}.`,
    );
  }
  const header = 4 + 4 * axes;
  if (bytes.length < header) {
    throw new Error(
      `${file}: expected a header of ${header} bytes, received ${bytes.length} bytes: get the file anew.`,
    );
  }
  const shape = Array.from({ length: axes }, (_, axis) => bytes.readUInt32BE(4 + 4 * axis));
  const size = shape.reduce((product, length) => product * length, 1);
  const values = bytes.subarray(header);
  if (values.length !== size) {
    throw new Error(
      `${file}: expected ${size} values for the shape [${shape}], received ${values.length}: get the file anew.`,
    );
  }
  return { shape, values };
}
