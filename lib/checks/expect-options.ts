/** Checks of options, which stand in braces under their names: a name that nobody knows would change nothing, and nobody would say so. */
import { Random } from "gradbook-engine/random";
import { shown } from "./shown.js";

/**
 * `options`, where they are options: a TypeError where they stand without braces, or one has a name that is not in `known` (left
 * out: any name). `expectOptions("SGD", 0.1, ["learningRate"])`: "SGD: expected options in braces, { learningRate }, received 0.1."
 */
export function expectOptions<Options extends object>(
  where: string,
  options: Options,
  known?: readonly (keyof Options & string)[],
): Options {
  if (typeof options !== "object" || options === null || Array.isArray(options) || options instanceof Random) {
    const braces = known ? `, { ${known.join(", ")} }` : ", { name: value }";
    throw new TypeError(`${where}: expected options in braces${braces}, received ${shown(options)}.`);
  }
  const stranger = known && Object.keys(options).find((name) => !(known as readonly string[]).includes(name));
  if (stranger === undefined) return options;
  const list = known!.length > 1 ? `the options ${known!.join(", ")}` : `the option ${known}`;
  throw new TypeError(`${where}: expected ${list}, received one called ${JSON.stringify(stranger)}.`);
}

/** Throws where `random` is given and is none. */
export function expectRandom(where: string, name: string, random: unknown): void {
  if (random === undefined || random instanceof Random) return;
  throw new TypeError(`${where}: expected ${name} to be a Random, received ${shown(random)}: write new Random(0).`);
}

/** Throws where one of the initializers is none; a bias may be `false`. */
export function expectInitializers(where: string, initializers: { weight: unknown; bias: unknown }): void {
  for (const [which, initializer] of Object.entries(initializers)) {
    if (typeof initializer === "function" || (which === "bias" && initializer === false)) continue;
    const [received, remedy] = [shown(initializer), which === "bias" ? "zeros" : "heNormal"];
    throw new TypeError(
      `${where}: expected an initializer of the ${which}, received ${received}: write ${which}: ${remedy}.`,
    );
  }
}
