/**
 * Files in a browser: in the memory of the page or worker, by their paths, as long as it lives. In the place of `node:fs` for what
 * the library needs of it, where a program is bundled for browsers (`browser` in package.json).
 */
import { resolve } from "node:path";

/** By their absolute paths. */
const files = new Map<string, Uint8Array>();
/** Open files, by their descriptors. */
const open = new Map<number, string>();
let next = 3;

function contentOf(path: string): Uint8Array {
  const content = files.get(resolve(path));
  if (content) return content;
  const error = new Error("ENOENT: a page has no files but those that it has written");
  throw Object.assign(error, { code: "ENOENT", path });
}

/** The number by which an open file is named. */
export function openSync(path: string, flags: "r" | "w"): number {
  if (flags === "r") contentOf(path);
  else files.set(resolve(path), new Uint8Array());
  open.set(next, path);
  return next++;
}

export function closeSync(descriptor: number): void {
  open.delete(descriptor);
}

export const fstatSync = (descriptor: number): { size: number } => ({ size: contentOf(open.get(descriptor)!).length });

/** Copies bytes of an open file into `bytes`; gives how many there were. */
export function readSync(descriptor: number, bytes: Uint8Array, at: number, length: number, begin: number): number {
  const part = contentOf(open.get(descriptor)!).subarray(begin, begin + length);
  bytes.set(part, at);
  return part.length;
}

/** The bytes of a file, or its text. */
export function readFileSync(path: string): Uint8Array;
export function readFileSync(path: string, encoding: "utf8"): string;
export function readFileSync(path: string, encoding?: "utf8"): Uint8Array | string {
  const content = contentOf(path);
  return encoding ? new TextDecoder().decode(content) : content.slice();
}

/** Writes a file whole, or adds to one that is open. */
export function writeFileSync(file: string | number, content: string | Uint8Array): void {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const path = typeof file === "number" ? open.get(file)! : file;
  const before = typeof file === "number" ? contentOf(path) : new Uint8Array();
  const after = new Uint8Array(before.length + bytes.length);
  after.set(before);
  after.set(bytes, before.length);
  files.set(resolve(path), after);
}

/** Has `path` name the file that `from` has named. */
export function renameSync(from: string, path: string): void {
  files.set(resolve(path), contentOf(from));
  files.delete(resolve(from));
}

export const existsSync = (path: string): boolean => files.has(resolve(path));

/** Whatever has a path here is a file. */
export const statSync = (path: string) => ({ size: contentOf(path).length, isDirectory: () => false });

/** Folders need not be made. */
export function mkdirSync(): void {}

/** Adds to the end of a file, which may be new. */
export function appendFileSync(path: string, content: string | Uint8Array): void {
  if (!existsSync(path)) writeFileSync(path, "");
  const descriptor = openSync(path, "r");
  writeFileSync(descriptor, content);
  closeSync(descriptor);
}

/** Cuts a file off behind so many bytes. */
export function truncateSync(path: string, length = 0): void {
  writeFileSync(path, contentOf(path).slice(0, length));
}

/** A path for files that nobody else names. */
export const mkdtempSync = (prefix: string): string => `${prefix}${Math.random().toString(36).slice(2, 8)}`;

/** Removes a file; with `recursive` all files below a path. */
export function rmSync(path: string, { recursive = false, force = false } = {}): void {
  const place = resolve(path);
  const below = recursive ? [...files.keys()].filter((each) => each.startsWith(`${place}/`)) : [];
  if (!force && below.length === 0) contentOf(path);
  for (const each of [place, ...below]) files.delete(each);
}

/** All files that there are, by their absolute paths: a page may offer them to its reader. Their bytes are not to be changed. */
export const allFiles = (): ReadonlyMap<string, Uint8Array> => files;
