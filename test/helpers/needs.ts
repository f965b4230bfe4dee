/**
 * What a test needs beyond Node. `needing("browser")("draws a figure", …)` runs where a browser is there and is skipped, with
 * the need in its name, where it is not; `test/allowed-skips.json` lists the needs that may be missing, with reasons.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { it, type TestFunction } from "vitest";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** The real Kaggle files, which may not be committed; used in place beside the repository. */
export const kaggleFolder = join(root, "../shared/data");

/** The first of `commands` that answers `--version`, or undefined. */
export const findCommand = (...commands: string[]): string | undefined =>
  commands.find((command) => spawnSync(command, ["--version"], { stdio: "ignore" }).status === 0);

/** The browser to drive: GRADBOOK_BROWSER, or the first Chromium-like one on the PATH. */
export const browser = (): string | undefined =>
  process.env.GRADBOOK_BROWSER ?? findCommand("chromium", "chromium-browser", "google-chrome", "microsoft-edge");

/** A Python 3 with pip and venv, or undefined. */
export const python = (): string | undefined =>
  ["python3", "python", "py"].find(
    (command) => spawnSync(command, ["-c", "import venv, pip, sys; sys.exit(sys.version_info < (3, 9))"]).status === 0,
  );

const checks = {
  "the Kaggle files": () => existsSync(join(kaggleFolder, "kaggle_house_pred_train.csv")),
  "a browser": () => browser() !== undefined,
  Python: () => python() !== undefined,
  "Python and a browser": () => python() !== undefined && browser() !== undefined,
  // Nobody sets the native engine up where WebAssembly is asked for.
  "Python and a compiler": () =>
    process.env.GRADBOOK_ENGINE !== "wasm" &&
    python() !== undefined &&
    findCommand("c++", "g++", "clang++") !== undefined,
  "a Redis server": () => findCommand("redis-server") !== undefined,
  "Redis and openssl": () =>
    findCommand("redis-server") !== undefined && spawnSync("openssl", ["version"]).status === 0,
  "Node before 24": () => Number.parseInt(process.versions.node, 10) < 24,
  // A container may forbid the file systems of our own that some tests mount.
  Linux: () => process.platform === "linux" && spawnSync("unshare", ["-rm", "true"]).status === 0,
};

export type Need = keyof typeof checks;

const found = new Map<Need, boolean>();

/** Whether this machine has what `need` names; looked up once. */
export function has(need: Need): boolean {
  if (!found.has(need)) found.set(need, checks[need]());
  return found.get(need)!;
}

/** A test that needs `need`; with the tag "all" it is one of `npm run test:all` alone. */
export const needing = (need: Need, tags?: "all") => (name: string, test: TestFunction) =>
  it.skipIf(!has(need))(`${name} [needs ${need}]`, { ...(tags && { tags }) }, test);
