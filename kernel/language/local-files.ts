/**
 * The notebook's own files (TypeScript and JSON), found as TypeScript finds them, and what each is made of: a file is another
 * one as soon as it or anything it imports was edited. The checker reads it anew then, and so does
 * `../interpreter/loader-hooks.ts`.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Lang } from "./lower.js";
import { importsOf, parse } from "./syntax.js";

/** What each file imports, as long as its stamp is the same. */
const known = new Map<string, { stamp: string; imports: string[] }>();

/** The language of a TypeScript file. */
export function langOf(file: string): Lang {
  return file.endsWith(".tsx") ? "tsx" : "ts";
}

/** `paths` of the reader's tsconfig.json: other names for files, with `*` for any text. */
let paths: { readonly [pattern: string]: readonly string[] } = {};

/** Says what `paths` are from now on, in this thread. */
export function mapPaths(given: typeof paths): void {
  paths = given;
}

/** The places that `specifier` means by `paths`, the best first. */
export function mappedPlaces(specifier: string): string[] {
  const matches = Object.keys(paths).flatMap((pattern) => {
    const [head, tail] = pattern.split("*") as [string, string?];
    if (tail === undefined) return specifier === head ? [{ pattern, head, rest: "" }] : [];
    const fits =
      specifier.startsWith(head) && specifier.endsWith(tail) && specifier.length >= head.length + tail.length;
    return fits ? [{ pattern, head, rest: specifier.slice(head.length, specifier.length - tail.length) }] : [];
  });
  matches.sort(
    (a, b) => Number(a.pattern.includes("*")) - Number(b.pattern.includes("*")) || b.head.length - a.head.length,
  );
  const [best] = matches;
  return best ? paths[best.pattern]!.map((place) => place.replace("*", () => best.rest)) : [];
}

/** The local file that `specifier` means in a module in `folder`; undefined when it means something else. */
export function localFile(specifier: string, folder: string): string | undefined {
  const isFileUrl = specifier.startsWith("file:");
  if (!isFileUrl && !isAbsolute(specifier) && !/^\.\.?(\/|$)/.test(specifier)) {
    return mappedPlaces(specifier)
      .map(fileAt)
      .find((file) => file !== undefined);
  }
  return fileAt(isFileUrl ? fileURLToPath(specifier) : resolve(folder, specifier));
}

/** The TypeScript or JSON file that is meant by `path`, which may leave its ending out or name that of JavaScript. */
function fileAt(path: string): string | undefined {
  const stem = path.replace(/\.(m?js|jsx)$/, "");
  const endings = ["ts", "tsx", "mts"];
  const candidates = [
    path,
    ...endings.map((ending) => `${stem}.${ending}`),
    `${path}.ts`,
    `${path}.tsx`,
    join(path, "index.ts"),
    join(path, "index.tsx"),
  ];
  return candidates.find((file) => isOwn(file) && existsSync(file) && statSync(file).isFile());
}

/** All local files that `specifiers` in a module in `folder` lead to, with the stamp of each one's last edit. */
export function localFiles(specifiers: readonly string[], folder: string): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (specifier: string, from: string) => {
    const file = localFile(specifier, from);
    if (file === undefined || found.has(file)) return;
    const { mtimeMs, size } = statSync(file);
    const stamp = `${mtimeMs}-${size}`;
    found.set(file, stamp);
    if (known.get(file)?.stamp !== stamp) {
      const imports = file.endsWith(".json") ? [] : importsOf(parse(readFileSync(file, "utf8"), langOf(file)));
      known.set(file, { stamp, imports });
    }
    for (const next of known.get(file)!.imports) visit(next, dirname(file));
  };
  for (const specifier of specifiers) visit(specifier, folder);
  return found;
}

/** A word that changes whenever `file`, or a file it imports, is edited. */
export function versionOf(file: string): string {
  const parts = [...localFiles([file], dirname(file))].sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}

function isOwn(file: string): boolean {
  return /(?<!\.d)\.m?tsx?$|\.json$/.test(file) && !/[\\/]node_modules[\\/]/.test(file);
}
