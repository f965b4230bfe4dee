/** Writing a file wholly or not at all, on a disk that is too small. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { writeFileWhole } from "../../../lib/persistence/write-file.js";
import { temporaryFolder } from "../../helpers/folder.js";
import { needing, root } from "../../helpers/needs.js";

/** A program that writes 3 MB to the file named in its argument, where 4 bytes were. */
const program = `
  import { readdirSync, readFileSync, writeFileSync } from "node:fs";
  import { dirname } from "node:path";
  import { writeFileWhole } from ${JSON.stringify(pathToFileURL(join(root, "dist/lib/persistence/write-file.js")).href)};
  const file = process.argv.at(-1);
  writeFileSync(file, "kept");
  try {
    writeFileWhole(file, "x".repeat(3_000_000));
  } catch (error) {
    console.log(JSON.stringify({ message: error.message, content: readFileSync(file, "utf8"), names: readdirSync(dirname(file)) }));
  }
`;

/** Runs `shell` with Node as $0, the program as $1, and a file in an empty folder of its own as $2. */
function writeTooMuch(shell: string): { message: string; content: string; names: string[] } {
  const folder = join(temporaryFolder().path, "full");
  mkdirSync(folder);
  const child = spawnSync("sh", ["-c", shell, process.execPath, program, join(folder, "table.csv")], {
    encoding: "utf8",
  });
  expect(child.stderr).toBe("");
  return JSON.parse(child.stdout);
}

needing("Linux")("a full disk leaves the earlier file, nothing beside it, and one clear message", () => {
  const mount = 'mount -t tmpfs -o size=1m tmpfs "$(dirname "$2")"';
  const after = writeTooMuch(
    `exec unshare -rm sh -c '${mount} && exec "$0" --input-type=module -e "$1" "$2"' "$0" "$1" "$2"`,
  );
  expect(after.message).toMatch(/table\.csv: expected to write this file, received ENOSPC: the disk is full\./);
  expect(after).toMatchObject({ content: "kept", names: ["table.csv"] });
});

needing("Linux")("so does a file larger than the system allows", () => {
  const after = writeTooMuch(`trap "" XFSZ; ulimit -f 2000; exec "$0" --input-type=module -e "$1" "$2"`);
  expect(after.message).toMatch(
    /table\.csv: expected to write this file, received EFBIG: the file would be larger than is allowed/,
  );
  expect(after).toMatchObject({ content: "kept", names: ["table.csv"] });
});

it("writes text and bytes, in folders that it makes", () => {
  const file = join(temporaryFolder().path, "a", "b", "c.txt");
  writeFileWhole(file, "Größe");
  expect(readFileSync(file, "utf8")).toBe("Größe");
  writeFileWhole(file, Uint8Array.of(1, 2, 3));
  expect([...readFileSync(file)]).toEqual([1, 2, 3]);
});
