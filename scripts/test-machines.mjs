/**
 * `npm run test:machines`: the tests whose numbers depend on how a processor rounds, as other processors run them. TensorFlow adds
 * up products by the widest instructions that it finds, each in an order of its own: oneDNN can be kept to narrower ones, two
 * threads divide sums otherwise, and so does WebAssembly. A setting is run where it makes another product than those before it;
 * the others are named. Words go to vitest: `npm run test:machines -- test/lib/training`.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepare, root, runNode } from "./prepare.mjs";

const settings = [
  ...["SSE41", "AVX2", "AVX512_CORE"].map((name) => ({
    name,
    env: { GRADBOOK_ENGINE: "native", ONEDNN_MAX_CPU_ISA: name },
  })),
  { name: "two threads", env: { GRADBOOK_ENGINE: "native", GRADBOOK_THREADS: "2" } },
  { name: "oneDNN", env: { GRADBOOK_ENGINE: "native", TF_ENABLE_ONEDNN_OPTS: "1", TF_CPP_MIN_LOG_LEVEL: "3" } },
  { name: "WebAssembly", env: { GRADBOOK_ENGINE: "wasm" } },
];

const lib = ["inspection", "layers", "losses", "metrics", "optimizers", "persistence", "regularizers", "training"];
const numeric = [
  "test/engine/compile",
  ...[...lib, "batchnorm-sweep", "initializers"].map((name) => `test/lib/${name}`),
  ...["course", "house-prices"].map((name) => `test/notebooks/${name}`),
  ...["test/bench", "test/examples"],
];

/** Prints the bits of products of matrices, small and large. */
const products = `
import { createHash } from "node:crypto";
import { Random, tf } from "./dist/entry/ready.js";
const hash = createHash("sha256");
for (const [rows, inner] of [[8, 8], [100, 100], [300, 700]]) {
  const [a, b] = [1, 2].map((seed) => tf.tensor2d(new Random(seed).normals(rows * inner), [rows, inner]));
  hash.update(tf.matMul(a, b, false, true).dataSync()).update(tf.matMul(a, b, true).dataSync());
}
console.log(hash.digest("hex"));`;

function run(args, env, stdio) {
  return spawnSync(process.execPath, args, { cwd: root, encoding: "utf8", env: { ...process.env, ...env }, stdio });
}

/** Runs the tests in one setting; gives their counts. */
function test(env, words, folder) {
  const counts = join(folder, "counts.json");
  rmSync(counts, { force: true });
  const reporters = ["--reporter=default", "--reporter=./test/helpers/count-reporter.ts"];
  const { status } = run(
    ["node_modules/vitest/vitest.mjs", "run", ...reporters, ...words],
    {
      ...env,
      GRADBOOK_TEST_COUNTS: counts,
    },
    ["ignore", "inherit", "inherit"],
  );
  const found = existsSync(counts) ? JSON.parse(readFileSync(counts, "utf8")) : { passed: 0, failed: 0, skipped: 0 };
  if (found.passed === 0 || (status !== 0 && found.failed === 0)) found.failed += 1;
  return found;
}

await prepare();
runNode("dist/cli/main.js", ["setup"]);
const folder = mkdtempSync(join(tmpdir(), "gradbook-machines-"));
const words = process.argv.length > 2 ? process.argv.slice(2) : numeric;
const total = { passed: 0, failed: 0, skipped: 0 };
const lines = [];
const seen = new Map();
try {
  for (const { name, env } of settings) {
    const { status, stdout, stderr } = run(["--input-type=module", "-e", products], env);
    const bits = stdout.trim();
    if (status !== 0) {
      lines.push(`${name}: not run, this machine has no such engine (${stderr.match(/Error: (.*)/)?.[1] ?? status})`);
    } else if (seen.has(bits)) {
      lines.push(`${name}: not run, this machine multiplies as with ${seen.get(bits)}`);
    } else {
      seen.set(bits, name);
      console.log(
        `\n${name}: ${Object.entries(env)
          .map(([key, value]) => `${key}=${value}`)
          .join(" ")}`,
      );
      const counts = test(env, words, folder);
      for (const key of Object.keys(total)) total[key] += counts[key];
      lines.push(`${name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
    }
    console.log(lines.at(-1));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`\n${lines.join("\n")}`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
