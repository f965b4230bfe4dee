/**
 * The hash by which front ends name a cell before it has run: MurmurHash2 with 32 bits, over the text's UTF-8.
 * Source: Austin Appleby, github.com/aappleby/smhasher (public domain), `src/MurmurHash2.cpp`.
 */

const multiplier = 0x5bd1e995;
const shift = 24;

/** The hash of `text` with `seed`, from 0 to 2³² − 1. */
export function murmur2(text: string, seed: number): number {
  const bytes = Buffer.from(text, "utf8");
  const whole = bytes.length - (bytes.length % 4);
  let hash = seed ^ bytes.length;
  for (let at = 0; at < whole; at += 4) {
    let word = Math.imul(bytes.readInt32LE(at), multiplier);
    word = Math.imul(word ^ (word >>> shift), multiplier);
    hash = Math.imul(hash, multiplier) ^ word;
  }
  if (bytes.length > whole) {
    hash = Math.imul(hash ^ bytes.readUIntLE(whole, bytes.length - whole), multiplier);
  }
  hash = Math.imul(hash ^ (hash >>> 13), multiplier);
  return (hash ^ (hash >>> 15)) >>> 0;
}
