/**
 * The writer of safetensors files, the counterpart of the reader: 8 bytes with the header's length, the header (JSON: name →
 * dtype, shape, place), the numbers. Python's `safetensors` reads what is written here.
 */
import { type Tensor, tf } from "gradbook-engine/tensor";
import { dtypes, written } from "./dtypes.js";
import { writeFileWhole } from "./write-file.js";

/** The bytes of an open tensor's numbers, as they lie in memory. */
function bytesOf(tensor: Tensor): Uint8Array {
  const values = tensor.dataSync();
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Name, place and numbers of a tensor to be written. */
function entryOf(name: string, tensor: Tensor) {
  if (!(tensor instanceof tf.Tensor)) {
    throw new TypeError(`saving: expected a tensor under ${JSON.stringify(name)}, received ${typeof tensor}.`);
  }
  if (name === "__metadata__") {
    throw new RangeError('saving: expected tensor names other than "__metadata__" (the format keeps it), received it.');
  }
  if (tensor.isDisposed) {
    throw new Error(`saving: expected tensor ${JSON.stringify(name)} to be in use, received one that is disposed.`);
  }
  const dtype = Object.hasOwn(written, tensor.dtype) ? written[tensor.dtype as keyof typeof written] : undefined;
  if (!dtype) {
    throw new RangeError(
      `saving: expected tensor ${JSON.stringify(name)} of dtype float32, int32 or bool, received ${tensor.dtype}.`,
    );
  }
  return { name, tensor, dtype, size: dtypes.get(dtype)!.bytes * tensor.size };
}

/**
 * Writes `tensors` and `metadata` (texts by name) to `file`: wholly, or not at all (see `write-file.ts`). The numbers of one
 * tensor at a time are copied into memory. An order of the names is not kept: readers sort as they like.
 * @throws when something is not a tensor in use of dtype float32, int32 or bool, or the file cannot be written.
 */
export function writeSafetensors(
  file: string,
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): void {
  const entries = Object.entries(tensors).map(([name, tensor]) => entryOf(name, tensor));
  // Wider elements first: then every tensor begins at a multiple of its element's size, so that readers can map the file.
  entries.sort((a, b) => dtypes.get(b.dtype)!.bytes - dtypes.get(a.dtype)!.bytes);
  let end = 0;
  const places = entries.map(({ name, tensor, dtype, size }) => {
    end += size;
    return [name, { dtype, shape: tensor.shape, data_offsets: [end - size, end] }] as const;
  });
  const notes = Object.keys(metadata).length > 0 ? [["__metadata__", metadata] as const] : [];
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries([...notes, ...places])));
  const header = new Uint8Array(Math.ceil(json.length / 8) * 8).fill(0x20);
  header.set(json);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
  function* parts() {
    yield length;
    yield header;
    for (const { tensor } of entries) yield bytesOf(tensor);
  }
  writeFileWhole(file, parts());
}
