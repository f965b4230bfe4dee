/** What the tests of the engine's set-up share: folders of their own, a progress that remembers, and engines to set up. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
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
import { consoleProgress, type Progress } from "../../lib/engine/progress.js";
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

/**
 * Makes the real engine in no time: its binding copied, TensorFlow's libraries linked. They lie beside `deps/lib`, which has a
 * small library in their place, so that no test hashes 640 MB. (A Mac runs no program that has been changed.)
 */
export const realEngine = () =>
  counting(async ({ folder }) => {
    for (const part of [join("lib", "napi-v8"), join("deps", "lib")])
      mkdirSync(join(folder, part), { recursive: true });
    const [from, to] = process.platform === "linux" ? ["/deps/lib", "/deps/all"] : ["", ""];
    const binding = readFileSync(join(installed, bindingPath), "latin1").replace(from, to);
    writeFileSync(join(folder, bindingPath), binding, "latin1");
    const libraries = realpathSync(join(installed, "deps", "lib"));
    if (to !== "") symlinkSync(libraries, join(folder, to));
    else
      for (const name of readdirSync(libraries)) symlinkSync(join(libraries, name), join(folder, "deps", "lib", name));
    writeFileSync(join(folder, smallLibrary), "a library ".repeat(20));
  });

/** A file of `realEngine` that can be damaged without harm to the installed engine. */
export const smallLibrary = join("deps", "lib", "small");

/** Zeroes 64 bytes of a file: its size stays. */
export function damage(file: string): void {
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill(0, 100, 164));
}

/** Puts a library in the place of an engine's binding that writes a byte to the file `loads` when it is loaded, and crashes. */
export function crashing(engine: string, loads: string): void {
  const source = join(engine, "crash.c");
  writeFileSync(
    source,
    `#include <stdio.h>
__attribute__((constructor)) static void crash(void) {
  FILE *file = fopen(${JSON.stringify(loads)}, "a");
  fputc('.', file);
  fclose(file);
  __builtin_trap();
}`,
  );
  rmSync(join(engine, bindingPath));
  execFileSync("g++", ["-x", "c", "-shared", "-fPIC", source, "-o", join(engine, bindingPath)]);
  rmSync(source);
}

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

/** A `libraryWithout` all packages of that name, with a `@tensorflow/tfjs-node` of its own that has the engine of `maker`. */
export async function libraryWithEngine(maker = realEngine()) {
  const folder = libraryWithout(temporaryFolder(), "@tensorflow/tfjs-node");
  const tfjsNode = join(folder, "node_modules", "@tensorflow", "tfjs-node");
  mkdirSync(tfjsNode);
  for (const part of ["dist", "package.json"]) cpSync(join(installed, part), join(tfjsNode, part), { recursive: true });
  await maker.make({ folder: tfjsNode, tfjsNode, progress: consoleProgress });
  return { folder, tfjsNode };
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
