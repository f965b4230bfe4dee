/** The claims of a chapter: what its text says in bold is checked against what has come out. */

/**
 * Prints each claim behind `holds: ` or `not so with these knobs: `. With other knobs than the stored ones, some claims need not
 * hold: the chapter says so and goes on.
 * @param claims whether each claim holds, by its sentence; undefined for one that smaller settings cannot show
 * @param asStored whether all knobs are as the chapter is stored (`checkKnobs`)
 * @throws Error naming the claims that do not hold though all knobs are as stored: the text would be wrong
 *
 * @example
 * ```ts
 * import { checkClaims } from "gradbook";
 *
 * const [before, after] = [0.9, 0.2];
 * checkClaims({ "training lowers the loss": after < before }, true);
 * console.log("and the chapter goes on"); // holds: training lowers the loss and the chapter goes on
 * ```
 */
export function checkClaims(claims: Readonly<Record<string, boolean | undefined>>, asStored: boolean): void {
  const judged = Object.entries(claims).filter(([, holds]) => holds !== undefined);
  for (const [claim, holds] of judged) console.log(`${holds ? "holds" : "not so with these knobs"}: ${claim}`);
  const wrong = judged.flatMap(([claim, holds]) => (holds ? [] : [claim]));
  if (asStored && wrong.length > 0) {
    throw new Error(`Expected every claim to hold with the stored knobs, received not so: ${wrong.join("; ")}.`);
  }
}
