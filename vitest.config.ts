import { defineConfig } from "vitest/config";

/** Tests start kernels, engines and browsers: no time limit is part of what they test, so the limits here only catch hangs. */
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
    // What is compiled is loaded by Node, as users have it.
    server: { deps: { external: [/\/dist\//] } },
  },
});
