/**
 * Long proofs. With the tag `long`, `npm test` goes through a part of a proof, `npm run test:all` (GRADBOOK_TEST_ALL) through the
 * rest, or through the whole where that is another proof; with the tag `all`, `npm run test:all` alone does it.
 */
const isWhole = Boolean(process.env.GRADBOOK_TEST_ALL);

/** What a proof goes through: the `whole`, or a `part` of it in `npm test`. */
export const inFull = <T>(whole: T, part: T): T => (isWhole ? whole : part);

/** Those of `all` whose turn it is: what `isPart` says in `npm test`, the others in `npm run test:all`. */
export const turn = <T>(all: readonly T[], isPart: (one: T) => boolean): T[] =>
  all.filter((one) => isPart(one) !== isWhole);
