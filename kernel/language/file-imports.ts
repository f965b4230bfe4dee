/**
 * The imports of a local file as TypeScript means them. Node links them by name: a name that it does not find in a CommonJS
 * package, and one that is only a type, would keep the file from running. So what comes from packages and from JSON is taken from
 * the whole module (`../interpreter/as-typed.ts`), and what the file's code never uses is not imported.
 */
import MagicString from "magic-string";
import type { ImportDeclarationSpecifier } from "oxc-parser";
import { memberPattern } from "./emit.js";
import type { Emitted } from "./strip.js";
import { parse, words } from "./syntax.js";

/** What a kernel's threads call `asTyped`. */
const asTyped = "globalThis.__import.asTyped";

/** `file`, an ES module called `name` without its types, with such imports; all lines stay. */
export function linkAsTyped(file: Emitted, name: string): Emitted {
  const { js } = file;
  const imports = parse(js, "js").program.body.filter((node) => node.type === "ImportDeclaration");
  const bounds = [0, ...imports.flatMap(({ start, end }) => [start, end]), js.length];
  const used = words(bounds.map((at, i) => (i % 2 === 0 ? js.slice(at, bounds[i + 1]) : "")).join(" "));
  const text = new MagicString(js);
  const taken: string[] = [];
  for (const [i, { specifiers, source, start, end }] of imports.entries()) {
    const kept = specifiers.filter(({ local }) => used.has(local.name));
    if (specifiers.length === 0) continue;
    if (kept.length === 0) text.update(start, end, js.slice(start, end).replace(/[^\n]/g, " "));
    else if (!isWhole(source.value)) {
      if (kept.length < specifiers.length) rewrite(start, source.start, clause(kept));
    } else {
      const module = `__module_${i}`;
      const all = kept.find(({ type }) => type === "ImportNamespaceSpecifier");
      const members = kept.filter((specifier) => specifier !== all);
      if (all) taken.push(`${all.local.name} = ${asTyped}(${module})`);
      if (members.length > 0) taken.push(`${memberPattern(members)} = ${asTyped}(${module})`);
      rewrite(start, source.start, `* as ${module}`);
    }
  }
  if (!text.hasChanged()) return file;
  // A first line `#!` says how to start the file, and stays the first.
  const first = /^#!.*\n/.exec(js)?.[0].length ?? 0;
  if (taken.length > 0) text.appendLeft(first, `const ${taken.join(", ")}; `);
  const map = text.generateMap({ hires: "boundary", source: name }).toString();
  return { js: text.toString(), maps: [map, ...file.maps] };

  function rewrite(start: number, end: number, names: string): void {
    text.update(start, end, `import ${names} from ${js.slice(start, end).replace(/[^\n]/g, "")}`);
  }
}

/** Whether the module that `specifier` means may be CommonJS or JSON. */
function isWhole(specifier: string): boolean {
  return /\.json$/.test(specifier) || !/^(\.\.?\/|\/|file:|node:)/.test(specifier);
}

/** What stands between `import` and `from`. */
function clause(specifiers: readonly ImportDeclarationSpecifier[]): string {
  const members = specifiers.flatMap((specifier) => {
    if (specifier.type !== "ImportSpecifier") return [];
    const { imported, local } = specifier;
    return [`${imported.type === "Literal" ? imported.raw : imported.name} as ${local.name}`];
  });
  const others = specifiers.flatMap(({ type, local }) => {
    if (type === "ImportSpecifier") return [];
    return [type === "ImportNamespaceSpecifier" ? `* as ${local.name}` : local.name];
  });
  return [...others, ...(members.length > 0 ? [`{ ${members.join(", ")} }`] : [])].join(", ");
}
