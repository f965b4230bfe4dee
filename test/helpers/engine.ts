/** What the tests of the engine's set-up share: folders of their own, a progress that remembers, and engines to set up. */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished, vi } from "vitest";
import { bindingPath } from "../../lib/engine/load-test.js";
import type { EngineMaker } from "../../lib/engine/maker.js";
import { tfjsNodeFolder } from "../../lib/engine/paths.js";
import type { Progress } from "../../lib/engine/progress.js";
import { root } from "./needs.js";

/** An empty folder that goes away with the test. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "gradbook-engine-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The installed package, whose native engine the set-up before the tests has made where that is possible. */
export const installed = tfjsNodeFolder()!;

/** A cache and a folder in place of `@tensorflow/tfjs-node`, as on a machine where nothing is set up and nobody has chosen. */
export function emptyMachine() {
  vi.stubEnv("GRADBOOK_ENGINE", "");
  onTestFinished(() => void vi.unstubAllEnvs());
  const folder = temporaryFolder();
  const tfjsNode = join(folder, "tfjs-node");
  mkdirSync(tfjsNode);
  for (const part of ["dist", "package.json", "scripts"]) symlinkSync(join(installed, part), join(tfjsNode, part));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const lines: string[] = [];
  const progress: Progress = {
    say: (line) => lines.push(line),
    bar: () => ({ update: () => {}, stop: () => {} }),
  };
  return { folder, cache: join(folder, "cache"), tfjsNode, lines, progress };
}

/** A maker that counts how often it was asked. */
export function counting(maker: EngineMaker["make"]): EngineMaker & { asked: number } {
  const counted = {
    name: "the test's way",
    asked: 0,
    make: (options: Parameters<EngineMaker["make"]>[0]) => {
      counted.asked += 1;
      return maker(options);
    },
  };
  return counted;
}

/** Makes the real engine in no time: its binding copied, TensorFlow's libraries linked. */
export const realEngine = () =>
  counting(async ({ folder }) => {
    mkdirSync(join(folder, "lib", "napi-v8"), { recursive: true });
    mkdirSync(join(folder, "deps"));
    copyFileSync(join(installed, bindingPath), join(folder, bindingPath));
    symlinkSync(realpathSync(join(installed, "deps", "lib")), join(folder, "deps", "lib"));
  });

/** Makes files of the right names that no process can load. */
export const falseEngine = () =>
  counting(async ({ folder }) => {
    mkdirSync(join(folder, "lib", "napi-v8"), { recursive: true });
    mkdirSync(join(folder, "deps", "lib"), { recursive: true });
    writeFileSync(join(folder, bindingPath), "not a library");
  });

/** Cannot make anything. */
export const noEngine = () =>
  counting(async () => {
    throw new Error("the moon is not full");
  });

/**
 * A copy of the compiled library in `folder` that finds every installed package except those named, as where npm has left
 * out an optional one. Gives the folder to run from.
 */
export function libraryWithout(folder: string, ...missing: string[]): string {
  cpSync(join(root, "dist", "lib"), join(folder, "dist", "lib"), { recursive: true });
  cpSync(join(root, "package.json"), join(folder, "package.json"));
  const packages = readdirSync(join(root, "node_modules")).flatMap((name) =>
    name.startsWith("@") ? readdirSync(join(root, "node_modules", name)).map((part) => `${name}/${part}`) : [name],
  );
  for (const name of packages.filter((name) => !missing.includes(name))) {
    mkdirSync(join(folder, "node_modules", name, ".."), { recursive: true });
    symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name), "junction");
  }
  return folder;
}

/** Runs an ES module's text in a process of its own, from `cwd`; gives exit code and output. */
export function runModule(text: string, settings: Record<string, string> = {}, cwd = root) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", text], {
    cwd,
    encoding: "utf8",
    env: { ...process.env, GRADBOOK_ENGINE: "", ...settings },
  });
  return { status, stdout: stdout.trim(), stderr: stderr.trim() };
}
