/**
 * Packages that a cell imports by `npm:NAME@VERSION/PATH`, as in Deno: installed when the cell is executed, before its check,
 * without their install scripts, into a cache of all notebooks. Those with a version lie in a folder of their own, side by side;
 * those without lie together, so that they share what they have in common.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import envPaths from "env-paths";

/** A package as an import names it. */
export interface NpmPackage {
  name: string;
  /** A version or a range of them. Default: the latest one. */
  version?: string;
  /** What of it is imported: `.` or `./server`. */
  path: string;
}

/** The package that `specifier` names; undefined for what does not begin with `npm:`. */
export function npmPackage(specifier: string): NpmPackage | undefined {
  const found = /^npm:\/?((?:@[\w.-]+\/)?[\w.-]+)(?:@([\w.^~*+-]+))?(\/.*)?$/.exec(specifier);
  if (!found) return undefined;
  const [, name, version, path = ""] = found;
  return { name: name!, ...(version !== undefined && { version }), path: `.${path}` };
}

/** The folder in whose `node_modules` it is, or will be. */
export function npmFolder({ name, version }: NpmPackage): string {
  const cache = join(resolve(process.env.GRADBOOK_CACHE || envPaths("gradbook", { suffix: "" }).cache), "npm");
  return join(cache, version === undefined ? "latest" : `${name.replace("/", "+")}@${version}`);
}

/** What `specifier` has to say where no package of npm is meant, but another place on the network. */
export function refusal(specifier: string): string | undefined {
  const what = `Expected a file or a package of npm, received ${specifier}`;
  const jsr = /^jsr:\/?@([^/]+)\/([^/@]+)/.exec(specifier);
  if (jsr)
    return `${what}: write npm:NAME for a package of npm that does the same, or run !npx jsr add @${jsr[1]}/${jsr[2]} and import that name.`;
  if (!/^https?:/.test(specifier)) return undefined;
  const name =
    /^https?:\/\/(?:esm\.sh|cdn\.skypack\.dev|unpkg\.com|cdn\.jsdelivr\.net\/npm)\/((?:@[^/]+\/)?[^/?]+)/.exec(
      specifier,
    )?.[1];
  return `${what}: ${name ? `write npm:${name}` : "download the file and import that, or write npm:NAME for the package of npm"}.`;
}

/** Whether it is there. */
export function isInstalled(wanted: NpmPackage): boolean {
  return existsSync(join(npmFolder(wanted), "node_modules", wanted.name, "package.json"));
}

/**
 * Installs a package that is not there yet, with its types. @throws Error where npm cannot, which leaves nothing half done; or
 * when `signal` aborts.
 */
export async function installNpm(wanted: NpmPackage, signal: AbortSignal): Promise<void> {
  const folder = npmFolder(wanted);
  const word = wanted.version === undefined ? wanted.name : `${wanted.name}@${wanted.version}`;
  mkdirSync(join(folder, ".."), { recursive: true });
  // What is cut short is never taken for a package: those of one version are made aside. Together, npm puts them in whole.
  const place = wanted.version === undefined ? folder : mkdtempSync(`${folder}.`);
  try {
    mkdirSync(place, { recursive: true });
    if (!existsSync(join(place, "package.json"))) writeFileSync(join(place, "package.json"), '{ "private": true }\n');
    await npmInstall(word, place, signal);
    if (typesFile(wanted, place) === undefined) {
      const types = `@types/${wanted.name.replace(/^@(.*)\/(.*)$/, "$1__$2")}`;
      // Most packages that have no types there have none at all, which is no fault.
      await npmInstall(types, place, signal).catch(() => {});
    }
    if (place !== folder && !existsSync(folder)) renameSync(place, folder);
  } finally {
    if (place !== folder) rmSync(place, { recursive: true, force: true });
  }
}

async function npmInstall(word: string, cwd: string, signal: AbortSignal): Promise<void> {
  const words = [
    "install",
    word,
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--fetch-retries=1",
    "--fetch-retry-mintimeout=1000",
    "--loglevel=error",
  ];
  const child = spawn("npm", words, {
    cwd,
    shell: process.platform === "win32",
    signal,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const [code] = (await once(child, "close")) as [number | null];
  if (code === 0) return;
  const isOffline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network/.test(said);
  const why = isOffline
    ? "npm's registry cannot be reached: this machine is offline. Connect it, or use what the notebook's folder has installed"
    : `npm says: ${said
        .trim()
        .replace(/^npm (error|ERR!) ?/gm, "")
        .split("\n")
        .slice(0, 3)
        .join(" ")}`;
  throw new Error(`Expected npm:${word} to be installed, received a failure: ${why}.`);
}

type Exports = string | null | Exports[] | { [key: string]: Exports };

/** The file with the types of what is imported, in `folder`; undefined where there are none. */
export function typesFile({ name, path }: NpmPackage, folder: string): string | undefined {
  const own = join(folder, "node_modules", name);
  const other = join(folder, "node_modules", "@types", name.replace(/^@(.*)\/(.*)$/, "$1__$2"));
  return [own, other].map((place) => typesIn(place, path)).find((file) => file !== undefined);
}

function typesIn(place: string, path: string): string | undefined {
  const file = join(place, "package.json");
  if (!existsSync(file)) return undefined;
  const { exports, types, typings, main } = JSON.parse(readFileSync(file, "utf8")) as { [name: string]: unknown };
  const named = exports === undefined ? [] : targets(exportOf(exports as Exports, path));
  const top = path === "." ? [types, typings, main, "index"] : [path, `${path}/index`];
  const candidates = [...named, ...top].filter((each) => typeof each === "string");
  return candidates
    .flatMap((each) => {
      const stem = each.replace(/\.([mc]?)js$/, "");
      const letter = /\.([mc])js$/.exec(each)?.[1] ?? "";
      return [each, `${stem}.d.${letter}ts`, `${stem}.d.ts`, join(each, "index.d.ts")];
    })
    .map((each) => join(place, each))
    .find((each) => /\.d\.[mc]?ts$/.test(each) && existsSync(each));
}

/** What `exports` of a package.json has for `path`. */
function exportOf(exports: Exports, path: string): Exports {
  if (typeof exports !== "object" || exports === null || Array.isArray(exports)) return path === "." ? exports : null;
  if (!Object.keys(exports).some((key) => key.startsWith("."))) return path === "." ? exports : null;
  if (exports[path] !== undefined) return exports[path];
  for (const [pattern, target] of Object.entries(exports)) {
    const [head, tail = ""] = pattern.split("*") as [string, string?];
    if (!pattern.includes("*") || !path.startsWith(head) || !path.endsWith(tail)) continue;
    const rest = path.slice(head.length, path.length - tail.length);
    return JSON.parse(JSON.stringify(target).replaceAll("*", rest)) as Exports;
  }
  return null;
}

/** The files that a target may mean, types first. */
function targets(target: Exports): string[] {
  if (target === null) return [];
  if (typeof target === "string") return [target];
  if (Array.isArray(target)) return target.flatMap(targets);
  return ["types", "import", "node", "module", "default", "require"].flatMap((name) => targets(target[name] ?? null));
}
