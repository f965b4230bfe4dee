/**
 * `npm run release`: packs the four packages, installs the tarballs together in an empty folder and tries each there, as others will
 * have them; then prints the commands that publish them, which are a person's to type. `npm run release -- --check` only looks whether
 * all versions agree, `npm run release -- --bump 0.2.0` gives the changes since the last version the next one.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bump, changes, disagreements, version } from "./versions.mjs";

const windows = process.platform === "win32";

/** Runs a command in `folder`; gives what it wrote, and throws when it fails. */
function run(folder, command, ...args) {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: "utf8", shell: windows });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${error?.message ?? status}:\n${stderr}`);
  return stdout;
}

/** An example of a README. */
const example = (readme, language) =>
  new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "s").exec(readFileSync(readme, "utf8"))[1];

/** What each package is tried with, in a folder where all are installed: it throws, or tells what came of it. */
const trials = {
  "gradbook-kernel"(home) {
    const cell = (source) => ({
      cell_type: "code",
      id: source.length.toString(),
      metadata: {},
      execution_count: null,
      outputs: [],
      source,
    });
    const cells = [cell("const two: number = 2;"), cell('console.log("two and two are", two + two);')];
    const notebook = { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 };
    writeFileSync(join(home, "in.ipynb"), JSON.stringify(notebook));
    run(home, "npx", "gradbook-kernel", "install", "--prefix", "place");
    run(home, "npx", "gradbook-kernel", "run", "in.ipynb", "out.ipynb");
    const [output] = JSON.parse(readFileSync(join(home, "out.ipynb"), "utf8")).cells[1].outputs;
    return expectThat([output.text].flat().join("").trim(), (text) => text === "two and two are 4");
  },
  "gradbook-plot"(home, root) {
    writeFileSync(join(home, "plot.mjs"), example(join(root, "plot/README.md"), "js"));
    run(home, process.execPath, "plot.mjs");
    return expectThat(readFileSync(join(home, "loss.png")).subarray(1, 4).toString(), (text) => text === "PNG");
  },
  "gradbook-engine"(home, root) {
    run(home, "npx", "gradbook-engine", "setup");
    writeFileSync(join(home, "engine.mjs"), example(join(root, "engine/README.md"), "js"));
    return expectThat(run(home, process.execPath, "engine.mjs").trim(), (text) => Number(text) < 0.1);
  },
  gradbook(home, root) {
    writeFileSync(join(home, "library.mjs"), example(join(root, "README.md"), "ts"));
    // The bar of progress stands on a line of its own.
    const [, loss] = run(home, process.execPath, "library.mjs").split("\n");
    return expectThat(loss, (text) => Number(text) < 0.01);
  },
};

function expectThat(text, isRight) {
  if (!isRight(text)) throw new Error(`received ${JSON.stringify(text)}`);
  return text;
}

/** Packs and tries; gives the tarballs, in the order in which they are to be published: each after those it needs. */
async function packAndTry(folder) {
  const { prepare, root } = await import("./prepare.mjs");
  await prepare();
  const words = ["--workspaces", "--include-workspace-root", "--json", "--pack-destination", folder];
  const packed = Object.values(JSON.parse(run(root, "npm", "pack", ...words)));
  const tarballs = packed.toSorted((a, b) => Number(a.name === "gradbook") - Number(b.name === "gradbook"));
  const home = join(folder, "home");
  mkdirSync(home);
  writeFileSync(join(home, "package.json"), '{ "name": "elsewhere", "private": true }\n');
  const quiet = ["--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"];
  run(home, "npm", "install", ...quiet, ...tarballs.map(({ filename }) => join(folder, filename)));
  for (const { name, filename, size } of tarballs) {
    const outcome = trials[name](home, root);
    console.log(`${name}: ${filename}, ${Math.round(size / 1000)} kB, works: ${outcome}`);
  }
  return tarballs;
}

async function release() {
  const wrong = disagreements();
  if (wrong.length > 0) throw new Error(`expected versions that agree:\n${wrong.join("\n")}`);
  console.log(`All packages have the version ${version()}.`);
  if (process.argv[2] === "--check") return;
  const folder = mkdtempSync(join(tmpdir(), "gradbook-release-"));
  try {
    const tarballs = await packAndTry(folder);
    if (changes() !== "") {
      console.log(
        "\nCHANGELOG.md tells of changes without a version. Give them one: npm run release -- --bump VERSION",
      );
      return;
    }
    const rooms = tarballs.map(({ name }) => (name === "gradbook" ? "." : `--workspace ${name}`));
    const publish = rooms.map((room) => `  npm publish ${room === "." ? "" : `${room} `}--access public`);
    console.log(`\nTo publish, type:\n  git tag v${version()} && git push --tags\n${publish.join("\n")}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const [command, next, ...more] = process.argv.slice(2);
try {
  if (command === "--bump" && next !== undefined && more.length === 0) {
    bump(next);
    console.log(`All packages have the version ${next}: look at the changes, commit them, then npm run release.`);
  } else if (command === undefined || (command === "--check" && next === undefined)) await release();
  else throw new Error(`expected nothing, --check or --bump VERSION, received ${process.argv.slice(2).join(" ")}`);
} catch (error) {
  console.error(`npm run release: ${error.message}`);
  process.exitCode = 1;
}
