import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL(".", import.meta.url));

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
    include: ["test/**/*.test.ts"],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
    // What is compiled is loaded by Node, as users have it.
    server: { deps: { external: [/\/dist\//] } },
  },
});
