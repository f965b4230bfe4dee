/** What the library and the kernel ask of Node's `crypto`, in a page. */
import { sha256 } from "@noble/hashes/sha2.js";

/** The page may have come by plain http, where browsers have no `crypto.randomUUID`. */
export const randomUUID = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** SHA-256, the only one that is asked for, in hexadecimal digits. */
export function createHash(_algorithm: "sha256") {
  const hash = sha256.create();
  const hashing = {
    update(text: string) {
      hash.update(new TextEncoder().encode(text));
      return hashing;
    },
    digest: (_encoding: "hex"): string =>
      Array.from(hash.digest(), (byte) => byte.toString(16).padStart(2, "0")).join(""),
  };
  return hashing;
}
