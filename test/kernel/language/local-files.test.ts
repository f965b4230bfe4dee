import { utimesSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { localFile, localFiles, versionOf } from "../../../kernel/language/local-files.js";
import { temporaryFolder } from "../../helpers/folder.js";

it("finds local files as TypeScript does", () => {
  const folder = temporaryFolder();
  for (const name of ["util.ts", "util.js", "other.mts", "data.json", "types.d.ts", "plain.js"]) folder.write(name, "");
  const find = (specifier: string) => {
    const file = localFile(specifier, folder.path);
    return file === undefined ? undefined : file.slice(folder.path.length + 1);
  };
  expect(["./util", "./util.ts", "./util.js"].map(find)).toEqual(["util.ts", "util.ts", "util.ts"]);
  expect([join(folder.path, "util"), pathToFileURL(join(folder.path, "util.ts")).href].map(find)).toEqual([
    "util.ts",
    "util.ts",
  ]);
  expect(["./other.mjs", "./data.json"].map(find)).toEqual(["other.mts", "data.json"]);
  const none = ["util", "node:fs", "./types", "./plain.js", "./data.json/x", "./none", "./node_modules/x.ts", "."];
  expect(none.map(find)).toEqual(none.map(() => undefined));
});

it("gives a file another version when it, or a file it leads to, was edited", () => {
  const folder = temporaryFolder();
  const leaf = folder.write("leaf.ts", "export const leaf = 1;");
  const branch = folder.write("branch.ts", "export * from './leaf';\nexport const far = () => import('./late');");
  const late = folder.write("late.ts", "import './branch';");
  const alone = folder.write("alone.ts", "import 'node:fs'; // import './leaf'");
  expect([...localFiles(["./branch"], folder.path).keys()]).toEqual([branch, leaf, late]);
  const versions = () => [leaf, branch, late, alone].map(versionOf);
  const before = versions();
  expect(versions()).toEqual(before);
  utimesSync(leaf, new Date(), new Date(2_000_000_000_000));
  expect(versions().map((version, i) => version === before[i])).toEqual([false, false, false, true]);
});
