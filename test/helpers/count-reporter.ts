/**
 * Vitest reporter behind `npm test`: counts the tests, names each skipped one with its reason, and takes a skip whose need is
 * not in `test/allowed-skips.json` for a failure. Writes the counts to the file named by GRADBOOK_TEST_COUNTS.
 */
import { readFileSync, writeFileSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";

const allowed: Record<string, string> = JSON.parse(
  readFileSync(new URL("../allowed-skips.json", import.meta.url), "utf8"),
);

export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      if (module.state() === "failed" && [...module.children.allTests()].length === 0) counts.failed += 1;
      for (const test of module.children.allTests()) {
        // `npm run test:all` picks the long proofs, `npm test` the others: what the other one runs is no skip.
        const isLong = test.tags.some((tag) => tag === "long" || tag === "all");
        if (process.env.GRADBOOK_TEST_ALL ? !isLong : test.tags.includes("all")) continue;
        const { state } = test.result();
        if (state === "passed") counts.passed += 1;
        else if (state === "failed") counts.failed += 1;
        else this.#skip(test.fullName, counts);
      }
    }
    const file = process.env.GRADBOOK_TEST_COUNTS;
    if (file) writeFileSync(file, JSON.stringify(counts));
  }

  #skip(name: string, counts: { failed: number; skipped: number }): void {
    const need = /\[needs ([^\]]+)\]/.exec(name)?.[1];
    const reason = need === undefined ? undefined : allowed[need];
    if (reason === undefined) {
      counts.failed += 1;
      console.error(`SKIPPED WITHOUT LEAVE: ${name} (expected a need listed in test/allowed-skips.json)`);
    } else {
      counts.skipped += 1;
      console.log(`skipped: ${name}: ${reason}`);
    }
  }
}
