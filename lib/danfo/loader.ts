/**
 * Loads danfo, the optional DataFrame package, on this library's engine. danfo asks for `@tensorflow/tfjs-node` by name and
 * would load an engine of its own; here it is handed `tf` instead, so its tensors are the library's. Used by `danfo.ts`,
 * and by the library itself, which loads danfo only when it is needed.
 *
 * As nothing reads the package of that name, this repository's `package.json` puts a small one in its place for danfo. Then only
 * the library asks for tfjs-node, as an optional package, and an `npm ci` goes on where its install script fails.
 */
import Module, { createRequire } from "node:module";
import { tf } from "gradbook-engine/tensor";

type Danfo = typeof import("danfojs-node");

const require = createRequire(import.meta.url);
let loaded: Danfo | undefined;
const waiting: ((whole: Danfo) => void)[] = [];

/** Calls `then` once danfo is loaded, by whomever. */
export function whenLoaded(then: (whole: Danfo) => void): void {
  if (loaded) then(loaded);
  else waiting.push(then);
}

/** Where the package lies that will call this. */
function danfoEntry(): string {
  try {
    return require.resolve("danfojs-node");
  } catch (error) {
    throw new Error(
      "danfojs-node: Expected the optional package to be installed, received nothing: run `npm install danfojs-node`.",
      { cause: error },
    );
  }
}

/**
 * danfo, on the library's engine. The first call takes about half a second.
 * @throws Error when danfo is not installed, or was loaded earlier with an engine of its own
 */
export function danfo(): Danfo {
  if (loaded !== undefined) return loaded;
  const entry = danfoEntry();
  const asked = createRequire(entry).resolve("@tensorflow/tfjs-node");
  if (require.cache[entry] === undefined) {
    const stand = new Module(asked);
    stand.filename = asked;
    stand.loaded = true;
    stand.exports = tf;
    require.cache[asked] = stand;
  }
  const found = require(entry) as Danfo;
  if ((found.tensorflow as unknown) !== tf) {
    throw new Error(
      "danfojs-node: Expected it to be loaded by gradbook, received one with an engine of its own: " +
        'import it from "gradbook/danfo", or import "gradbook" first.',
    );
  }
  loaded = found;
  for (const then of waiting.splice(0)) then(found);
  return found;
}
