/**
 * Code files: what a module is made of, itself and what it imports, as far as the texts tell. Two machines have the same code
 * where these files are the same. Rather one file too many than one too few: a name that could mean two files means both.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { localFile } from "../../kernel/language/local-files.js";
import { packageFolder } from "../datasets/package-folder.js";
import { type Import, type Imports, importsIn } from "./imports.js";
import { projectRoot, readPackage } from "./project.js";

/** What a module is made of. */
export interface CodeFiles {
  /** The SHA-256 of each file's content, line ends read as `\n`, by its real path; the module itself first. */
  files: Map<string, string>;
  /** The version of each package that one of them imports, by its name; what packages import is not looked at. */
  packages: Map<string, string>;
  /** Those of the files that a process with `kernel/interpreter/loader.ts` loads only once, whatever becomes of them. */
  once: Set<string>;
  /** What cannot be followed, each with its place: "trials.mjs, line 3: import(name)". */
  unknown: string[];
}

const isCode = (file: string) => /\.[mc]?[jt]s$/.test(file);
const stat = (path: string) => statSync(path, { throwIfNoEntry: false });
const isFile = (path: string) => stat(path)?.isFile() ?? false;

/** What each file holds, as long as its stamp is the same. */
const known = new Map<string, { stamp: string; hash: string; imports: Imports }>();

/** A word that changes with every change of a file, or of what a folder lists. */
function stampOf(path: string): string {
  const found = stat(path);
  return found ? `${found.mtimeMs} ${found.ctimeMs} ${found.size} ${found.ino}` : "none";
}

/** Every module that was asked for, with the stamp of all that was looked at. */
const answers = new Map<string, { stamps: Map<string, string>; answer: CodeFiles }>();

/** What `module`, an absolute path, is made of now. */
export function codeFiles(module: string): CodeFiles {
  const entry = realpathSync(module);
  const before = answers.get(entry);
  if (before && [...before.stamps].every(([path, stamp]) => stampOf(path) === stamp)) return before.answer;
  const answer: CodeFiles = { files: new Map(), packages: new Map(), once: new Set(), unknown: [] };
  const stamps = new Map<string, string>();
  const visit = (file: string, once: boolean) => {
    if (answer.files.has(file) && (answer.once.has(file) || !once)) return;
    const { hash, imports } = read(file);
    answer.files.set(file, hash);
    if (once) answer.once.add(file);
    const notes = imports.unknown.map((what) => `${basename(file)}, ${what}`);
    // TypeScript, and JSON for it, is loaded anew under the name of its version.
    const isAnew = !once && /\.m?ts$/.test(file);
    for (const each of imports.found) {
      const { files, packages, places } = meanings(each, file);
      for (const place of places) stamps.set(place, stampOf(place));
      for (const [name, version] of packages) answer.packages.set(name, version);
      for (const next of files) visit(next, !isAnew || !/\.(m?ts|json)$/.test(next));
      const isFound = files.length + packages.length > 0 || each.by === "url" || isBuiltin(each.specifier);
      if (!isFound) notes.push(`${basename(file)}: ${each.specifier}, which leads to no file`);
    }
    for (const path of [file, dirname(file)]) stamps.set(path, stampOf(path));
    answer.unknown = [...new Set([...answer.unknown, ...notes])];
  };
  // An ES module can be asked for under a new name, too; CommonJS goes by the file.
  visit(entry, /\.c?js$/.test(entry) && !read(entry).imports.isModule);
  answers.set(entry, { stamps, answer });
  return answer;
}

function read(file: string): { hash: string; imports: Imports } {
  const stamp = stampOf(file);
  const before = known.get(file);
  if (before?.stamp === stamp) return before;
  const text = readFileSync(file, "utf8").replaceAll("\r\n", "\n");
  const imports: Imports = isCode(file) ? importsIn(file, text) : { found: [], unknown: [], isModule: false };
  const content = { stamp, hash: createHash("sha256").update(text).digest("hex"), imports };
  known.set(file, content);
  return content;
}

/** What a name can mean. */
interface Meaning {
  /** Files that exist, by their real paths. */
  files: string[];
  /** [name, version]; the version is "none" where there is no such package. */
  packages: [string, string][];
  /** The package.json files that were asked. */
  places: string[];
}

const asFiles = (...paths: (string | undefined)[]): Meaning => {
  const real = paths.flatMap((path) => (path !== undefined && isFile(path) ? realpathSync(path) : []));
  return { files: [...new Set(real)], packages: [], places: [] };
};

/** What `specifier` means in the module `from`. */
function meanings({ specifier, by }: Import, from: string): Meaning {
  if (isBuiltin(specifier)) return asFiles();
  const isPath = /^(\.\.?(\/|$)|file:)/.test(specifier) || isAbsolute(specifier);
  if (isPath && by === "require") return asFiles(required(specifier, from));
  if (isPath || by === "url") {
    const base = pathToFileURL(from).href;
    const url = URL.canParse(specifier, base) ? new URL(specifier, base) : undefined;
    const exact = url?.protocol === "file:" ? fileURLToPath(url) : undefined;
    if (by === "url") return asFiles(exact !== undefined && isCode(exact) ? exact : undefined);
    return asFiles(localFile(specifier, dirname(from)), exact);
  }
  const root = projectRoot(dirname(from));
  const { name, exports, imports } = existsSync(join(root, "package.json")) ? readPackage(root) : {};
  const isOwn = exports !== undefined && name !== undefined && (specifier === name || specifier.startsWith(`${name}/`));
  const isGradbook = isOwn && realpathSync(root) === realpathSync(packageFolder); // It counts by its version.
  const targets = specifier.startsWith("#")
    ? targetsOf(imports, specifier)
    : isOwn && !isGradbook
      ? targetsOf(exports, `.${specifier.slice(name.length)}`)
      : undefined;
  const all = targets
    ? targets.map((target) =>
        target.startsWith("./")
          ? asFiles(resolve(root, target))
          : meanings({ specifier: target, by }, join(root, "package.json")),
      )
    : [packageOf(specifier, from)];
  return {
    files: all.flatMap(({ files }) => files),
    packages: all.flatMap(({ packages }) => packages),
    places: [join(root, "package.json"), ...all.flatMap(({ places }) => places)],
  };
}

function required(specifier: string, from: string): string | undefined {
  try {
    return createRequire(from).resolve(specifier);
  } catch {
    return undefined; // Said as one that leads to no file.
  }
}

/** All that `key` leads to in the `exports` or `imports` of a package.json, whatever the conditions. */
function targetsOf(map: unknown, key: string): string[] {
  const entries = Object.entries(Object(map) as Record<string, unknown>);
  const isMap = entries.some(([name]) => /^[.#]/.test(name));
  return (isMap ? entries : [[".", map] as const]).flatMap(([pattern, target]) => {
    const [before = "", after] = pattern.split("*");
    if (pattern === key) return leaves(target);
    if (after === undefined || !key.startsWith(before) || !key.endsWith(after)) return [];
    const part = key.slice(before.length, key.length - after.length);
    return leaves(target).map((leaf) => leaf.replaceAll("*", part));
  });
}

const leaves = (target: unknown): string[] =>
  typeof target === "string" ? [target] : Object.values(Object(target)).flatMap(leaves);

/** The package of `specifier` as it is installed for the module `from`. */
function packageOf(specifier: string, from: string): Meaning {
  const name = /^(@[^/]+\/)?[^/#@.][^/]*/.exec(specifier)?.[0];
  if (name === undefined) return asFiles();
  for (let folder = dirname(from); ; folder = dirname(folder)) {
    const place = join(folder, "node_modules", name);
    const isHere = existsSync(join(place, "package.json"));
    if (!isHere && folder !== dirname(folder)) continue;
    const version = isHere ? (readPackage(place).version ?? "0") : "none";
    return { files: [], packages: [[name, version]], places: isHere ? [join(place, "package.json")] : [] };
  }
}
