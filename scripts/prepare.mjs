/**
 * Makes a clone ready to run, with nothing but Node: installs the dependencies and compiles the rooms, each
 * to its own `dist`, only when it is due. Imported by `start.mjs` and `test.mjs`; run alone it is `npm run build`.
 */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeWasmFile } from "./wasm-file.mjs";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs a Node script in the repository, its output shown; throws when it fails. */
export function runNode(script, args, env = {}) {
  const { status, error, signal } = spawnSync(process.execPath, [script, ...args], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  if (status !== 0) throw new Error(`${script} ${args.join(" ")} ended with ${error?.message ?? signal ?? status}`);
}

/** The packages beside the library, each in a folder of its own. */
const rooms = ["engine", "plot", "kernel"];

/** The newest modification time at or below `path`, what is compiled aside, in ms; 0 where it does not exist. */
function newest(path) {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  const names = readdirSync(path).filter((name) => name !== "dist");
  return Math.max(...names.map((name) => newest(join(path, name))));
}

/** npm writes this file last, so its content tells what a finished install has installed. */
const installed = join(root, "node_modules/.package-lock.json");

function installIsDue() {
  if (!existsSync(installed)) return true;
  // An install that ran its script leaves it out where its download is blocked.
  if (!existsSync(join(root, "node_modules/@tensorflow/tfjs-node"))) return true;
  if (newest(installed) >= newest(join(root, "package-lock.json"))) return false;
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const have = JSON.parse(readFileSync(installed, "utf8")).packages;
  const differs = Object.keys(wanted).some(
    (name) => name && have[name]?.version !== wanted[name].version && !wanted[name].optional,
  );
  if (!differs) utimesSync(installed, new Date(), new Date());
  return differs;
}

/** `npm pack` calls this too, with its own options in the environment, and its output belongs to the list of files. */
function install() {
  console.error("Installing dependencies (npm ci) …");
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const { npm_config_dry_run, npm_config_json, ...env } = process.env;
  const { status, error } = spawnSync(npm, ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: root,
    stdio: ["ignore", process.stderr.fd, "inherit"],
    shell: process.platform === "win32",
    env,
  });
  if (status !== 0) throw new Error(`npm ci ended with ${error?.message ?? status}`);
}

const stamp = join(root, "dist/.built");

function compileIsDue() {
  const files = ["scripts/typings.mjs", "scripts/wasm-file.mjs", "tsconfig.json", "package-lock.json"];
  const sources = [...files, ...rooms, "entry", "lib", "search", "cli", "bench", "book"].map((name) =>
    newest(join(root, name)),
  );
  return newest(stamp) < Math.max(...sources);
}

async function compile() {
  console.error("Compiling TypeScript …");
  const start = Date.now();
  runNode("node_modules/typescript/bin/tsc", ["-b", "--force"]);
  runNode("node_modules/typescript/bin/tsc", ["-p", "book/client"]);
  for (const room of [".", ...rooms]) removeOlder(join(root, room, "dist"), start);
  const { writeTypings } = await import("./typings.mjs");
  writeTypings();
  writeWasmFile(root);
  writeFileSync(stamp, "");
  // What is edited while it compiles is compiled next time.
  utimesSync(stamp, start / 1000, start / 1000);
}

/** Removes the files below `folder` that were last written before `time`: what is left of sources that are gone. */
function removeOlder(folder, time) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removeOlder(path, time);
    else if (statSync(path).mtimeMs < time) rmSync(path);
  }
}

/**
 * A link by which the package finds itself in `node_modules`: Node and TypeScript 7 know a package by its own name, the older
 * TypeScript inside tslab does not.
 */
function linkSelf() {
  const link = join(root, "node_modules/gradbook");
  if (!existsSync(link)) symlinkSync(process.platform === "win32" ? root : "..", link, "junction");
}

/** Installs and compiles what is due; says what it does, and nothing when there is nothing to do. */
export async function prepare() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Error(`Expected Node 20.19 or newer, received ${process.version}: install a newer Node.`);
  }
  if (installIsDue()) install();
  linkSelf();
  if (compileIsDue()) await compile();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await prepare();
