/**
 * Completes `package-lock.json` after `npm install NAME`: npm leaves out the optional packages of platforms that it cannot
 * look up at the time, and `npm ci` then refuses the file. Each gets an entry with the version that its owner asks for and
 * the platform that its name tells. Run by hand, never by users.
 */
import { readFileSync, writeFileSync } from "node:fs";

const file = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8"));
const { packages } = lock;
const added = [];

for (const owner of Object.values(packages)) {
  for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
    const known = Object.keys(packages).some((path) => path.endsWith(`node_modules/${name}`));
    const platform =
      /-(?<os>aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)-(?<cpu>[a-z0-9]+)(-(?<abi>\w+))?$/.exec(
        name,
      );
    if (known || platform === null) continue;
    const { os, cpu, abi } = platform.groups;
    packages[`node_modules/${name}`] = {
      version,
      cpu: [cpu],
      ...(owner.dev && { dev: true }),
      ...(os === "linux" && abi && { libc: [abi.startsWith("musl") ? "musl" : "glibc"] }),
      optional: true,
      os: [os],
    };
    added.push(name);
  }
}

lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, "en")));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(added.length === 0 ? "Nothing was missing." : `Added ${added.join(", ")}`);
