/**
 * The version of the four packages. It stands in the root's package.json; whatever repeats it has to say the same: the rooms, the
 * versions in which they ask for each other, the lock file, and the newest section of CHANGELOG.md. `release.mjs` uses it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const rooms = ["engine", "plot", "kernel"];
const manifests = ["package.json", ...rooms.map((room) => `${room}/package.json`)];
const changelog = "CHANGELOG.md";
const unreleased = "## [Unreleased]";

const read = (name) => readFileSync(join(root, name), "utf8");
const json = (name) => JSON.parse(read(name));

/** The version of all packages, such as 0.1.0. */
export const version = () => json("package.json").version;

/** Every place that repeats the version: where it is, and what it says. */
function* places() {
  for (const name of manifests) yield* placesIn(name, json(name));
  const { packages, ...lock } = json("package-lock.json");
  yield ["package-lock.json, version", lock.version];
  for (const room of ["", ...rooms]) yield* placesIn(`package-lock.json, packages["${room}"]`, packages[room]);
  yield [`${changelog}, newest section`, /^## \[(\d.*?)\]/m.exec(read(changelog))?.[1] ?? "none"];
}

function* placesIn(name, manifest) {
  yield [`${name}, version`, manifest.version];
  for (const kind of ["dependencies", "peerDependencies"]) {
    for (const [dependency, asked] of Object.entries(manifest[kind] ?? {})) {
      if (dependency.startsWith("gradbook-")) yield [`${name}, ${kind}, ${dependency}`, asked];
    }
  }
}

/** What is wrong with the versions, a line for each; empty when all agree. */
export function disagreements() {
  const wanted = version();
  return [...places()]
    .filter(([, received]) => received !== wanted)
    .map(([place, received]) => `${place}: expected ${wanted}, as package.json says, received ${received}`);
}

/** What CHANGELOG.md tells of the changes since the last version; empty when there are none. */
export function changes() {
  const [, after = ""] = read(changelog).split(`${unreleased}\n`);
  return after.split(/^## /m)[0].trim();
}

/** Puts `next` in the place of the version wherever it stands, and the unreleased changes into a section of its own. */
export function bump(next) {
  const parts = (text) => text.split(".").map(Number);
  const isLater = (a, b) => a.map((part, i) => part - b[i]).find((difference) => difference !== 0) > 0;
  if (!/^\d+\.\d+\.\d+$/.test(next) || !isLater(parts(next), parts(version()))) {
    throw new Error(`expected a version later than ${version()}, such as 1.2.3, received ${next}`);
  }
  const wrong = disagreements();
  if (wrong.length > 0) throw new Error(`expected versions that agree:\n${wrong.join("\n")}`);
  if (changes() === "") throw new Error(`expected changes below "${unreleased}" in ${changelog}, received none`);
  const files = Object.fromEntries([...manifests, "package-lock.json"].map((name) => [name, json(name)]));
  const lock = files["package-lock.json"];
  lock.version = next;
  for (const manifest of [
    ...manifests.map((name) => files[name]),
    ...["", ...rooms].map((room) => lock.packages[room]),
  ]) {
    manifest.version = next;
    for (const asked of [manifest.dependencies, manifest.peerDependencies]) {
      for (const name of Object.keys(asked ?? {})) if (name.startsWith("gradbook-")) asked[name] = next;
    }
  }
  const today = new Date().toISOString().slice(0, 10);
  const log = read(changelog).replace(unreleased, `${unreleased}\n\n## [${next}] - ${today}`);
  for (const [name, content] of Object.entries(files)) write(name, `${JSON.stringify(content, null, 2)}\n`);
  write(changelog, log);
}

const write = (name, text) => writeFileSync(join(root, name), text);
