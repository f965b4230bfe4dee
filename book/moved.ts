/** Addresses that chapters had before others came between them: links to them lead to where the chapters are now. */

/** Until version 0.1 there was no chapter on classification, so all from the third on had a number less. */
const third = 3;

/** The addresses that chapters had, with those they have, without `.html`. */
export function moved(names: readonly string[]): [from: string, to: string][] {
  return names.flatMap((name) => {
    const [number, title] = [Number(name.slice(0, 2)), name.slice(2)];
    return number > third ? [[`${String(number - 1).padStart(2, "0")}${title}`, name] as [string, string]] : [];
  });
}

/** A page that leads to `target`, also where no script runs. */
export const redirect = (target: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Moved</title>
<meta http-equiv="refresh" content="0; url=${target}.html">
<link rel="canonical" href="${target}.html">
<p>This chapter has moved: <a href="${target}.html">${target}</a></p>
</html>
`;
