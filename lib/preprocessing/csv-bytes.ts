/** A CSV file as bytes of UTF-8, whatever its encoding: what its letters mean is settled here, and nowhere later. */
import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { show } from "./messages.js";

/** What Windows' code page 1252 has at the bytes 0x80 to 0x9F; a space where it has nothing. */
const cp1252 = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";

/**
 * The file's text as UTF-8 without a byte order mark.
 * @throws Error when there is no such file, or it is an archive, or not in this encoding, or has a byte 0, which text has not; the message
 * names the first byte that is wrong
 */
export function readBytes(file: string, encoding = "utf-8"): Buffer {
  const bytes = contentOf(file);
  expectUnpacked(file, bytes);
  const text = asUtf8(file, bytes, encoding);
  const nul = text.indexOf(0);
  if (nul >= 0) fail(file, encoding, text, nul);
  return text;
}

function asUtf8(file: string, bytes: Buffer, encoding: string): Buffer {
  const name = encoding.toLowerCase().replaceAll("_", "-");
  if (!["utf-8", "utf8", "utf-8-sig"].includes(name)) return Buffer.from(decode(file, bytes, encoding, name));
  if (!isUtf8(bytes)) fail(file, encoding, bytes, wrongByte(bytes, "utf-8"));
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

/** Other encodings are rare: their text is made as a whole. */
function decode(file: string, bytes: Buffer, encoding: string, name: string): string {
  if (["latin-1", "latin1", "iso-8859-1", "iso8859-1", "l1"].includes(name)) return bytes.toString("latin1");
  if (["cp1252", "windows-1252"].includes(name)) {
    const wrong = bytes.findIndex((byte) => byte >= 0x80 && byte < 0xa0 && cp1252[byte - 0x80] === " ");
    if (wrong >= 0) fail(file, encoding, bytes, wrong);
    return bytes.toString("latin1").replace(/[\x80-\x9f]/g, (letter) => cp1252[letter.charCodeAt(0) - 0x80]!);
  }
  // For TextDecoder "ascii" is another name of cp1252.
  if (["ascii", "us-ascii"].includes(name)) {
    const wrong = bytes.findIndex((byte) => byte >= 0x80);
    return wrong < 0 ? bytes.toString("latin1") : fail(file, encoding, bytes, wrong);
  }
  // Python's "utf-16" goes by the byte order mark; its "mac-roman" and "utf-16-le" have other names here.
  const big = name === "utf-16" && bytes[0] === 0xfe && bytes[1] === 0xff;
  const label = big ? "utf-16be" : name === "mac-roman" ? "macintosh" : name.replace(/^utf-16-(?=[bl]e$)/, "utf-16");
  let decoder: InstanceType<typeof TextDecoder>;
  try {
    decoder = new TextDecoder(label, { fatal: true });
  } catch (error) {
    throw new RangeError(
      `readCsv: expected an encoding such as "utf-8", "latin-1", "cp1252" or "utf-16", received ${show(encoding)}.`,
      { cause: error },
    );
  }
  try {
    return decoder.decode(bytes);
  } catch {
    return fail(file, encoding, bytes, wrongByte(bytes, label));
  }
}

/** The first byte that cannot stand where it stands: what is before it is whole, and nothing can follow it as it does here. */
function wrongByte(bytes: Uint8Array, label: string): number {
  const decodes = (length: number, stream: boolean) => {
    try {
      new TextDecoder(label, { fatal: true }).decode(bytes.subarray(0, length), { stream });
      return true;
    } catch {
      return false;
    }
  };
  let [good, bad] = [0, bytes.length + 1];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (decodes(middle, true)) good = middle;
    else bad = middle;
  }
  while (!decodes(good, false)) good--;
  return good;
}

function fail(file: string, encoding: string, bytes: Uint8Array, at: number): never {
  let line = 1;
  for (let i = 0; i < at; i++) if (bytes[i] === 10) line++;
  const byte = `0x${bytes[at]!.toString(16).toUpperCase().padStart(2, "0")}`;
  const sixteen = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const others = sixteen ? '"utf-16"' : bytes[at] === 0 ? '"utf-16-le"' : '"latin-1" or "cp1252"';
  const advice = bytes[at] === 0 ? " Or the file is damaged: write it anew, without such bytes." : "";
  throw new Error(
    `${file}, line ${line}: expected text in the encoding ${encoding}, received the byte ${byte} at position ${at}. ` +
      `Name the file's encoding: { encoding: ${others} }, perhaps.${advice}`,
  );
}

/** An archive's bytes are no text in any encoding, whatever the first that is wrong may be. */
function expectUnpacked(file: string, bytes: Buffer): void {
  const archives: [start: string, name: string][] = [
    ["\x1f\x8b", "a gzip archive: unpack it first"],
    ["PK\x03\x04", "a zip archive: unpack it first, or, of a spreadsheet, save the sheet as CSV"],
  ];
  const found = archives.find(([start]) => bytes.toString("latin1", 0, start.length) === start);
  if (found) throw new Error(`${file}: expected a CSV file, received ${found[1]}.`);
}

function contentOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reasons: Record<string, string> = { ENOENT: "no such file", ENOTDIR: "no such file", EISDIR: "a folder" };
    throw new Error(`${file}: expected a CSV file, received ${reasons[code ?? ""] ?? message}. Check the path.`, {
      cause: error,
    });
  }
}
