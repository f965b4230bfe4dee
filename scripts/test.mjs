/**
 * `npm test`: sets up what is due, then lint, types and every test that can run here; ends with the counts. `npm run test:all`
 * runs long experiments in full. Further words go to vitest: `npm test -- test/lib`.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepare, root, runNode } from "./prepare.mjs";

const typescript = "node_modules/typescript/bin/tsc";
const checks = [
  ["Set-up", () => runNode("dist/cli/main.js", ["setup"])],
  ["Lint", () => runNode("node_modules/@biomejs/biome/bin/biome", ["check", "--error-on-warnings", "."])],
  ["Types of the sources", () => runNode(typescript, ["-p", "tsconfig.json", "--noEmit"])],
  ["Types of the book's pages", () => runNode(typescript, ["-p", "book/client", "--noEmit"])],
  ["Types of the tests", () => runNode(typescript, ["-p", "test/tsconfig.json"])],
];

const folder = mkdtempSync(join(tmpdir(), "gradbook-test-"));
const total = { passed: 0, failed: 0, skipped: 0 };
try {
  await prepare();
  for (const [name, check] of checks) {
    try {
      check();
      total.passed += 1;
      console.log(`${name}: passed`);
    } catch (error) {
      total.failed += 1;
      console.error(`${name}: FAILED: ${error.message}`);
    }
  }
  const words = process.argv.slice(2).filter((word) => word !== "--all");
  const all = words.length < process.argv.length - 2 ? { GRADBOOK_TEST_ALL: "1" } : {};
  const counts = join(folder, "counts.json");
  const vitest = ["run", "--reporter=default", "--reporter=./test/helpers/count-reporter.ts", ...words];
  const { status } = spawnSync(process.execPath, ["node_modules/vitest/vitest.mjs", ...vitest], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...all, GRADBOOK_TEST_COUNTS: counts },
  });
  const tests = JSON.parse(readFileSync(counts, "utf8"));
  for (const key of Object.keys(total)) total[key] += tests[key];
  if (status !== 0 && tests.failed === 0) total.failed += 1;
} catch (error) {
  console.error(`npm test: ${error.message}`);
  total.failed += 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 && total.passed > checks.length ? 0 : 1;
