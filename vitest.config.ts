import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** The files with long proofs, by their tag. */
const long = () =>
  readdirSync("test", { encoding: "utf8", recursive: true })
    .map((name) => join("test", name))
    .filter((file) => file.endsWith(".test.ts") && readFileSync(file, "utf8").includes('tags: "long"'));

/** Tests start kernels, engines and browsers: no time limit is part of what they test, so the limits here only catch hangs. */
export default defineConfig({
  test: {
    include: process.env.GRADBOOK_TEST_ALL ? long() : ["test/**/*.test.ts"],
    tags: [{ name: "long", timeout: 3_600_000 }],
    testTimeout: 1_200_000,
    hookTimeout: 1_200_000,
    maxWorkers: 2,
    // What is compiled is loaded by Node, as users have it.
    server: { deps: { external: [/\/dist\//] } },
  },
});
