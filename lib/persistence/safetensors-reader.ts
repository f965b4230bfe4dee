/**
 * The reader of safetensors files: 8 bytes with the header's length, the header (JSON: name → dtype, shape, place), the numbers.
 * Everything the header says is checked against the file before a number is read. Format: Hugging Face, safetensors 0.8.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { resolve } from "node:path";
import { expectFile } from "../checks/expect-file.js";
import { type Dtype, dtypes, type Values } from "./dtypes.js";

/** A tensor as read from a file. */
export interface StoredTensor {
  readonly dtype: Dtype["tensor"];
  readonly shape: number[];
  readonly values: Values;
}

/** What a tensor is, without its values. */
export type Described = Readonly<Record<string, { readonly dtype: string; readonly shape: readonly number[] }>>;

/** What the beginning of a file says. */
export interface SafetensorsHeader {
  /** What the writer noted, text by name; empty when nothing was noted. */
  readonly metadata: Record<string, string>;
  /** By name. */
  readonly tensors: Described;
}

export interface SafetensorsContent {
  /** As in the header. */
  readonly metadata: Record<string, string>;
  /** In the order in which the header names them. */
  readonly tensors: Map<string, StoredTensor>;
}

/** Where a tensor lies: bytes begin … end − 1 after the header. */
interface Place {
  name: string;
  dtype: Dtype;
  shape: number[];
  begin: number;
  end: number;
}

/** The largest header that the format allows. */
const longestHeader = 100_000_000;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const shown = (value: unknown): string => String(JSON.stringify(value)).slice(0, 200);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** The entry of one tensor, checked by itself. */
function parsePlace(name: string, entry: unknown): Place {
  if (!isRecord(entry)) throw new RangeError(`expected its dtype, shape and data_offsets, received ${shown(entry)}`);
  const dtype = dtypes.get(String(entry.dtype));
  if (!dtype) {
    throw new RangeError(`expected a dtype of ${[...dtypes.keys()].join(", ")}, received ${shown(entry.dtype)}`);
  }
  const { shape, data_offsets: offsets } = entry;
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    throw new RangeError(`expected a shape of whole numbers ≥ 0, received ${shown(shape)}`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw new RangeError(`expected data_offsets [begin, end], received ${shown(offsets)}`);
  }
  const [begin, end] = offsets as [number, number];
  const bytes = shape.reduce((product, length) => product * length, dtype.bytes);
  if (end - begin !== bytes) {
    throw new RangeError(`expected ${bytes} bytes for ${entry.dtype} of shape [${shape}], received ${end - begin}`);
  }
  return { name, dtype, shape, begin, end };
}

/** The tensors named by the header, checked to fill the `size` bytes after it without gap or overlap. */
function parsePlaces(entries: [string, unknown][], size: number): Place[] {
  const places = entries.map(([name, entry]) => {
    try {
      return parsePlace(name, entry);
    } catch (error) {
      throw new RangeError(`tensor ${JSON.stringify(name)}: ${(error as Error).message}`);
    }
  });
  let filled = 0;
  for (const { name, begin, end } of places.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== filled) {
      throw new RangeError(`tensor ${JSON.stringify(name)}: expected to begin at byte ${filled}, received ${begin}`);
    }
    filled = end;
  }
  if (filled !== size) {
    const why = size < filled ? "the file is truncated" : "something has been added to the file";
    throw new RangeError(`expected ${filled} bytes after the header, received ${size}: ${why}`);
  }
  return places;
}

function parseMetadata(metadata: unknown): Record<string, string> {
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === "string")) {
    throw new RangeError(`expected __metadata__ of texts, received ${shown(metadata)}`);
  }
  return metadata as Record<string, string>;
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (isRecord(header)) return header;
    throw new RangeError("something else");
  } catch (error) {
    throw new RangeError(`expected a header that is a JSON object, received ${(error as Error).message}`);
  }
}

/** Bytes begin … begin + length − 1 of an open file. */
function readBytes(descriptor: number, begin: number, length: number): ArrayBuffer {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const count = readSync(descriptor, bytes, done, Math.min(length - done, 2 ** 30), begin + done);
    if (count === 0)
      throw new RangeError(`expected ${length} bytes at ${begin}, received ${done}: the file has shrunk`);
    done += count;
  }
  return bytes.buffer;
}

/** Refuses a file as PyTorch's `torch.save` writes them: a zip with pickled code, which only Python should run. */
function refusePickle(begin: Uint8Array, path: string): void {
  const isZip = begin[0] === 0x50 && begin[1] === 0x4b;
  if (!isZip && begin[0] !== 0x80) return;
  const name = JSON.stringify(path.replaceAll("\\", "/"));
  throw new RangeError(
    `expected a safetensors file, received ${isZip ? "a zip" : "a pickle"}, as torch.save writes (.pth, .pt): save it anew in Python:\n` +
      "  import torch; from safetensors.torch import save_file\n" +
      `  save_file(torch.load(${name}, map_location="cpu"), ${name.replace(/(\.\w+)?"$/, '.safetensors"')})`,
  );
}

/** The header of an open file, checked, and where the numbers begin. */
function readHeader(descriptor: number, path: string) {
  const { size } = fstatSync(descriptor);
  if (size < 8) throw new RangeError(`expected at least 8 bytes, received ${size}: this is no safetensors file`);
  const begin = readBytes(descriptor, 0, 8);
  const length = Number(new DataView(begin).getBigUint64(0, true));
  if (length > Math.min(size - 8, longestHeader)) {
    refusePickle(new Uint8Array(begin), path);
    throw new RangeError(
      `expected a header of at most ${Math.min(size - 8, longestHeader)} bytes, received a length of ${length}: ` +
        "the file is truncated, or no safetensors file",
    );
  }
  const { __metadata__: metadata = {}, ...entries } = parseHeader(new Uint8Array(readBytes(descriptor, 8, length)));
  const places = parsePlaces(Object.entries(entries), size - 8 - length);
  return { metadata: parseMetadata(metadata), places, begin: 8 + length };
}

function readTensor(descriptor: number, { name, dtype, shape, begin, end }: Place, from: number): StoredTensor {
  try {
    return { dtype: dtype.tensor, shape, values: dtype.values(readBytes(descriptor, from + begin, end - begin)) };
  } catch (error) {
    throw new RangeError(`tensor ${JSON.stringify(name)}: ${(error as Error).message}`);
  }
}

/** The result of `work`; its errors begin with `path`. */
function named<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined)
      throw new RangeError(`${path}: ${message}${message.endsWith(")") ? "" : "."}`, { cause: error });
    throw new Error(`${path}: expected a file that can be read, received ${message}.`, { cause: error });
  }
}

/**
 * Reads a safetensors file, one tensor at a time, so that no second copy of the file is in memory.
 * @param accept looks at what the header says before a number is read, and throws for what is not wanted
 * @throws when the file cannot be read, is truncated, is something else, or holds what the engine has no dtype for; the message
 * names the file and the tensor.
 */
export function readSafetensors(
  file: string,
  accept: (header: SafetensorsHeader) => void = () => {},
): SafetensorsContent {
  expectFile("safetensors", file);
  const path = resolve(file);
  const descriptor = named(path, () => openSync(path, "r"));
  try {
    const { metadata, places, begin } = named(path, () => readHeader(descriptor, path));
    const described = places.map(({ name, dtype, shape }) => [name, { dtype: dtype.tensor, shape }] as const);
    accept({ metadata, tensors: Object.fromEntries(described) });
    const read = (place: Place) => [place.name, readTensor(descriptor, place, begin)] as const;
    return { metadata, tensors: new Map(named(path, () => places.map(read))) };
  } finally {
    closeSync(descriptor);
  }
}
