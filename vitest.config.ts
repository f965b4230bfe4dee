import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const root = fileURLToPath(new URL(".", import.meta.url));

const files = readdirSync("test", { encoding: "utf8", recursive: true })
  .map((name) => join("test", name))
  .filter((file) => file.endsWith(".test.ts"));

/** Whether a file has long proofs, by their tags. */
const isLong = (file: string) => /@module-tag all|tags: "(long|all)"|, "all"\)/.test(readFileSync(file, "utf8"));
const chosen = process.env.GRADBOOK_TEST_ALL ? files.filter(isLong) : files;

/** Whether a file computes in the process that runs it, as library code does, and starts no other. */
const computes = (file: string) => /^test.(lib|plot|engine.compile)/.test(file);

/** Begins with the files that take longest, so that no worker is left with one while the others have nothing to do. */
class LongestFirst extends BaseSequencer {
  static readonly #first = [
    "notebooks/",
    "book/",
    "search/",
    "kernel/lab",
    "kernel/front-ends",
    "kernel/life",
    "rooms",
    "kernel/",
  ];

  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LongestFirst.#first.findIndex((begin) => moduleId.startsWith(`${root}test/${begin}`));
      return at < 0 ? LongestFirst.#first.length : at;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

/** Tests start kernels, engines and browsers: no time limit is part of what they test, so the limits here only catch hangs. */
export default defineConfig({
  // Tests import the sources: what these import of each other's rooms has to be the same files.
  resolve: {
    alias: [
      { find: /^gradbook-(engine|kernel)\/(.*)$/, replacement: `${root}$1/$2.ts` },
      { find: /^gradbook-plot$/, replacement: `${root}plot/index.ts` },
    ],
  },
  test: {
    projects: [
      { extends: true, test: { name: "processes", include: chosen.filter((file) => !computes(file)) } },
      // One after the other in the same process, which loads TensorFlow once.
      { extends: true, test: { name: "library", include: chosen.filter(computes), isolate: false } },
    ],
    tags: [{ name: "long" }, { name: "all" }],
    testTimeout: 1_200_000,
    hookTimeout: 1_200_000,
    expect: { poll: { timeout: 600_000 } },
    // Tests wait for kernels and browsers most of the time; long proofs compute.
    maxWorkers: process.env.GRADBOOK_TEST_ALL ? availableParallelism() + 1 : Math.min(3 * availableParallelism(), 8),
    sequence: { sequencer: LongestFirst },
    // What is compiled is loaded by Node, as users have it.
    server: { deps: { external: [/\/dist\//] } },
  },
});
