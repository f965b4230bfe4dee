/**
 * The typings that every cell sees, TypeScript's own and Node's, put together to a few files: TypeScript merges what stands in
 * one file when it reads it, and what stands in 200 anew for every cell; and it asks the kernel for every file it reads.
 * `prepare.mjs` calls it when it compiles; `kernel/language/typings.ts` says where the files are.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { basename, dirname, join } from "node:path";
import { libFolder, typingsFolder } from "../kernel/dist/language/typings.js";

const reference = /^\/\/\/ *<reference +(\w+)="([^"]*)".*$/gm;
const relativeImport = /^(.*\b(?:from |import ?\())["'](\..*?)["']/gm;
const builtinModule = /\b(declare module |from |import\(|require\()["'](node:)?([\w/]+)["']/g;
const undici = "undici-types/index.d.ts";

/** The texts of all files that `file` leads to, in the order in which they are to be read. */
class Bundle {
  text = "";
  #seen = new Set();

  /**
   * Adds `file`, behind the files that it refers to. A module becomes an ambient one, `declare module "typings:…"`: only these
   * can stand side by side in one file.
   */
  add(file) {
    if (this.#seen.has(file)) return;
    this.#seen.add(file);
    const text = readFileSync(file, "utf8");
    for (const [, kind, name] of text.matchAll(reference)) {
      if (kind === "path") this.add(join(dirname(file), name));
      else if (kind === "lib" && dirname(file) === libFolder) this.add(libFile(name));
    }
    const part = this.#part(text.replace(reference, ""), file);
    this.text += `${part}\n`;
  }

  #part(text, file) {
    const part = text
      // The typings of `fetch`. By its own name TypeScript would read the package's files.
      .replace(/(["'])undici-types\1/g, () => this.#moduleAt(createRequire(file).resolve(undici)))
      // Without `node:` it looks for a package of that name. So "node:fs" is declared, and "fs" exports the same.
      .replace(builtinModule, (all, word, prefix, name) => {
        if (!isBuiltin(name)) return all;
        return `${word}"${prefix && word === "declare module " ? "" : "node:"}${name}"`;
      });
    if (!/^(import|export)\b/m.test(text)) return part;
    const body = part.replace(relativeImport, (_, before, path) => {
      const stem = join(dirname(file), path.replace(/(\.d)?\.[jt]s$/, ""));
      return `${before}${this.#moduleAt(`${stem}.d.ts`)}`;
    });
    return `declare module ${nameOf(file)} {\n${body}\n}`;
  }

  /** Adds `file`; gives the name by which it is imported, in quotes. */
  #moduleAt(file) {
    this.add(file);
    return nameOf(file);
  }
}

/** What stands for the module in `file`, in quotes. */
function nameOf(file) {
  return `"typings:${basename(dirname(file))}/${basename(file, ".d.ts")}"`;
}

/** The file of TypeScript's that `/// <reference lib="name" />` means. */
function libFile(name) {
  return join(libFolder, `lib.${name}.d.ts`);
}

/** Writes the files anew. */
export function writeTypings() {
  const libs = new Bundle();
  libs.add(libFile("esnext"));
  const node = new Bundle();
  node.add(createRequire(import.meta.url).resolve("@types/node/index.d.ts"));
  for (const [name, { text }] of Object.entries({ es: libs, node })) {
    const folder = join(typingsFolder, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "index.d.ts"), text);
  }
  const licences = ["typescript", "@types/node", "undici-types"].map((name) => {
    const text = readFileSync(new URL(`../node_modules/${name}/LICENSE`, import.meta.url), "utf8");
    return `${name}\n\n${text}`;
  });
  writeFileSync(join(typingsFolder, "LICENSES"), licences.join("\n\n"));
}
