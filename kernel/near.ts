/** Which name may have been meant: for errors about one that is not there. */

/** Names of which at most this share of letters differs are alike, as TypeScript has it. */
const alike = 0.4;

/** That of `names` which is most like `name`, where it is near enough to be meant. */
export function near(name: string, names: readonly string[]): string | undefined {
  const [found] = [...names].sort((a, b) => distance(a, name) - distance(b, name));
  return found !== undefined && distance(found, name) <= alike * name.length ? found : undefined;
}

/** How many letters are to be changed, added or taken away (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      next.push(Math.min(row[j + 1]! + 1, next[j]! + 1, row[j]! + Number(letter !== other)));
    }
    row = next;
  }
  return row.at(-1)!;
}
