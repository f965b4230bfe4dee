/**
 * `npm test`: sets up what is due, then lint, types and every test that can run here; ends with the counts. `npm run test:all` does
 * what `npm test` leaves out: long proofs in full (`test/helpers/long.ts`). Further words go to vitest: `npm test -- test/lib`.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepare, root, runNode } from "./prepare.mjs";

const typescript = "node_modules/typescript/bin/tsc";
const setup = ["dist/cli/main.js", "setup"];
const checks = {
  Lint: ["node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings", "."],
  "Types of the sources": [typescript, "-p", "tsconfig.json", "--noEmit"],
  "Types of the book's pages": [typescript, "-p", "book/client", "--noEmit"],
  "Types of the tests": [typescript, "-p", "test/tsconfig.json"],
};

const words = process.argv.slice(2).filter((word) => word !== "--all");
const all = words.length < process.argv.length - 2;
const folder = mkdtempSync(join(tmpdir(), "gradbook-test-"));
const total = { passed: 0, failed: 0, skipped: 0 };

/** Runs a Node script in the repository; gives its exit code and, where `output` is "pipe", what it has said. */
function run(script, args, output, env = {}) {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: root,
    stdio: ["ignore", output, output],
    env: { ...process.env, ...env },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", (text) => (said += text));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve({ status, said: said.trim() }));
  });
}

/** One check, which is told of when it has ended. */
async function check([name, [script, ...args]]) {
  const { status, said } = await run(script, args, "pipe");
  if (said) console.log(said);
  total[status === 0 ? "passed" : "failed"] += 1;
  if (status === 0) console.log(`${name}: passed`);
  else console.error(`${name}: FAILED with ${status}`);
}

async function vitest() {
  const counts = join(folder, "counts.json");
  const reporters = ["--reporter=default", "--reporter=./test/helpers/count-reporter.ts"];
  const chosen = [all ? "--tags-filter=long || all" : "--tags-filter=!all", ...words];
  const env = { GRADBOOK_TEST_COUNTS: counts, ...(all && { GRADBOOK_TEST_ALL: "1" }) };
  const { status } = await run("node_modules/vitest/vitest.mjs", ["run", ...reporters, ...chosen], "inherit", env);
  const tests = JSON.parse(readFileSync(counts, "utf8"));
  for (const key of Object.keys(total)) total[key] += tests[key];
  if (status !== 0 && tests.failed === 0) total.failed += 1;
  return tests.passed;
}

try {
  await prepare();
  if (all) runNode(setup[0], setup.slice(1));
  else await check(["Set-up", setup]);
  // Side by side: while tests wait, the checks compute.
  const [passed] = await Promise.all([vitest(), ...(all ? [] : Object.entries(checks).map(check))]);
  if (passed === 0) throw new Error("Expected tests that pass, received none.");
} catch (error) {
  console.error(`npm test: ${error.message}`);
  total.failed += 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 ? 0 : 1;
