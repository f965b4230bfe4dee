/** A release: one place says the versions of the four packages, one command changes them everywhere, one tries all packages. */
import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../helpers/folder.js";
import { root } from "../helpers/needs.js";

const manifests = ["package.json", "engine/package.json", "plot/package.json", "kernel/package.json"];
const files = [...manifests, "package-lock.json", "CHANGELOG.md"];

/** What has the versions, and the scripts that look after them, in a folder of its own. */
function copy() {
  const { path } = temporaryFolder();
  for (const name of [...files, "scripts/release.mjs", "scripts/versions.mjs"])
    cpSync(join(root, name), join(path, name));
  const read = (name: string) => readFileSync(join(path, name), "utf8");
  return {
    read,
    json: (name: string) => JSON.parse(read(name)),
    edit(name: string, before: string | RegExp, after: string) {
      const text = read(name).replace(before, after);
      expect(text).not.toBe(read(name));
      writeFileSync(join(path, name), text);
    },
    release(...words: string[]) {
      const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/release.mjs", ...words], {
        cwd: path,
        encoding: "utf8",
      });
      return { status, stdout, stderr };
    },
  };
}

it("all versions agree", () => {
  expect(copy().release("--check")).toMatchObject({ status: 0, stderr: "" });
});

it.each([
  ["engine/package.json", /"version": ".*"/, '"version": "9.9.9"', "engine/package.json, version"],
  ["package.json", /"gradbook-plot": ".*"/, '"gradbook-plot": "9.9.9"', "package.json, dependencies, gradbook-plot"],
  ["kernel/package.json", /"gradbook-plot": ".*"/, '"gradbook-plot": "9.9.9"', "peerDependencies, gradbook-plot"],
  ["package-lock.json", /"version": ".*"/, '"version": "9.9.9"', "package-lock.json, version"],
  ["CHANGELOG.md", "## [Unreleased]", "## [Unreleased]\n\n## [9.9.9] - 2030-01-01", "CHANGELOG.md, newest section"],
])("a version that differs in %s is told", (name, before, after, place) => {
  const clone = copy();
  clone.edit(name, before, after);
  const { status, stderr } = clone.release("--check");
  expect(status).toBe(1);
  expect(stderr).toContain(`${place}: expected ${clone.json("package.json").version}`);
  expect(stderr).toContain("received 9.9.9");
});

it("--bump changes it everywhere, and gives the changes a section", () => {
  const clone = copy();
  clone.edit("CHANGELOG.md", "## [Unreleased]\n", "## [Unreleased]\n\n### Added\n\n- Something new.\n");
  const [before, entries] = [clone.json("package.json").version, clone.read("CHANGELOG.md")];
  expect(clone.release("--bump", "7.8.9")).toMatchObject({ status: 0, stderr: "" });
  expect(clone.release("--check")).toMatchObject({ status: 0, stderr: "" });
  for (const name of manifests) {
    expect(clone.json(name).version).toBe("7.8.9");
    // Nothing else has changed, not the form either.
    expect(clone.read(name).replaceAll('"7.8.9"', `"${before}"`)).toBe(readFileSync(join(root, name), "utf8"));
  }
  const log = clone.read("CHANGELOG.md");
  expect(log).toMatch(/## \[Unreleased\]\n\n## \[7\.8\.9\] - \d{4}-\d\d-\d\d\n\n### Added\n\n- Something new\.\n/);
  expect(log.replace(/\n\n## \[7\.8\.9\].*/, "")).toBe(entries);
});

it.each([["0.0.1"], ["v9.0.0"], ["9.0"], [""]])("--bump refuses %j, and changes nothing", (next) => {
  const clone = copy();
  const before = files.map(clone.read);
  expect(clone.release("--bump", next)).toMatchObject({ status: 1, stderr: expect.stringContaining("received") });
  expect(files.map(clone.read)).toEqual(before);
});

it("--bump refuses a version without changes, and versions that do not agree", () => {
  const clone = copy();
  clone.edit("plot/package.json", /"version": ".*"/, '"version": "9.9.9"');
  expect(clone.release("--bump", "10.0.0").stderr).toContain("expected versions that agree");
  const silent = copy();
  silent.edit("CHANGELOG.md", /## \[Unreleased\]\n[\s\S]*?\n## /, "## [Unreleased]\n\n## ");
  expect(silent.release("--bump", "10.0.0").stderr).toContain("received none");
});

it("packs all packages, installs them together in an empty folder, and each works there", { tags: "all" }, () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/release.mjs"], {
    cwd: root,
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
  const works = Array.from(stdout.matchAll(/^(\S+): \1-[\d.]+\.tgz, \d+ kB, works: /gm), ([, name]) => name);
  expect(works, stdout).toEqual(["gradbook-engine", "gradbook-plot", "gradbook-kernel", "gradbook"]);
});
