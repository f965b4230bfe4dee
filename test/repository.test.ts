/** The repository's own files agree with each other. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "./helpers/folder.js";
import { root } from "./helpers/needs.js";
import { code, gradbook, writeTestNotebook } from "./helpers/notebook.js";

const read = (name: string) => readFileSync(join(root, name), "utf8");
const json = (name: string) => JSON.parse(read(name));

it("the notices name every package that Gradbook stands on", () => {
  const names = [".", "engine", "plot", "kernel"].flatMap((room) => {
    const { dependencies, optionalDependencies, peerDependencies, devDependencies } = json(`${room}/package.json`);
    return Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies, ...devDependencies });
  });
  const notices = read("THIRD-PARTY-NOTICES.md");
  const isOwn = (name: string) => name.startsWith("@types/") || name.startsWith("gradbook-");
  const absent = names.filter((name) => !notices.includes(`\`${name}\``) && !isOwn(name));
  expect(absent).toEqual([]);
});

it("the lock file names no address and every optional package of other platforms", () => {
  const { packages } = json("package-lock.json") as {
    packages: Record<string, { resolved?: string; link?: true; optionalDependencies?: Record<string, string> }>;
  };
  const addresses = Object.entries(packages).filter(([, { resolved, link }]) => resolved !== undefined && !link);
  expect(addresses.map(([path]) => path)).toEqual([]);
  const asked = Object.values(packages).flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies));
  const paths = Object.keys(packages);
  // Complete it with `node scripts/complete-lock.mjs`.
  expect(asked.filter((name) => !paths.some((path) => path.endsWith(`node_modules/${name}`)))).toEqual([]);
});

it("the README's picture is the one in the stored notebook, which is executed and small", () => {
  const { cells } = json("notebooks/14-house-prices.ipynb") as {
    cells: { cell_type: string; execution_count?: number | null; outputs?: { data?: Record<string, string> }[] }[];
  };
  const code = cells.filter(({ cell_type }) => cell_type === "code");
  expect(code.map(({ execution_count }) => execution_count)).toEqual(code.map((_, i) => i + 1));
  const pictures = cells.flatMap(({ outputs = [] }) => outputs.flatMap(({ data }) => data?.["image/png"] ?? []));
  expect(Buffer.from(pictures[0]!, "base64").equals(readFileSync(join(root, "docs/house-prices.png")))).toBe(true);
  for (const name of readdirSync(join(root, "notebooks"))) {
    expect(read(join("notebooks", name)).length, name).toBeLessThan(1_000_000);
  }
});

it("the README's ten lines of the library run, and learn the parabola", () => {
  const [, example] = /```ts\n(.*?)```/s.exec(read("README.md"))!;
  const folder = temporaryFolder();
  const notebook = writeTestNotebook(join(folder.path, "readme.ipynb"), [code(example!, "summary")]);
  const { status, stdout, stderr } = gradbook(["run", notebook, join(folder.path, "executed.ipynb")]);
  expect(status, stderr).toBe(0);
  const [, value] = /\[\[(.*)\],\]/.exec(stdout)!;
  expect(Number(value)).toBeCloseTo(0.25, 1);
});

/** A file and all files of ours that it imports more than types from, directly or by way of others. */
function withImports(file: string, known = new Set<string>()): Set<string> {
  if (known.has(file)) return known;
  known.add(file);
  for (const [, type, from] of read(file).matchAll(/^(?:import|export)( type)? [^;]*?from "(\.[^"]*)";/gms)) {
    if (!type) withImports(join(dirname(file), from!.replace(/\.js$/, ".ts")), known);
  }
  return known;
}

it("the part of the library that one reads, and the plain training loop, know no graphs", () => {
  const files = ["layers", "optimizers", "regularizers", "preprocessing"].flatMap((folder) =>
    readdirSync(join(root, "lib", folder)).map((name) => join("lib", folder, name)),
  );
  const loose = ["losses", "metrics", "schedules", "initializers"].map((name) => `lib/${name}.ts`);
  const training = ["train-step", "training-loop", "runner", "run", "evaluate", "dataset", "history", "early-stopping"];
  const readable = [...files, ...loose, ...training.map((name) => `lib/training/${name}.ts`)];
  expect(readable.length).toBeGreaterThan(50);
  const all = new Set(readable.flatMap((file) => [...withImports(file)]));
  const knowing = [...all].filter((file) => /from "gradbook-engine\/compile\//.test(read(file)));
  expect(knowing).toEqual([]);
});
