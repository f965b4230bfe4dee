import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatNotebook, readNotebook, writeNotebook } from "../../../kernel/runner/notebook-file.js";
import { root } from "../../helpers/needs.js";

const folder = mkdtempSync(join(tmpdir(), "gradbook-notebook-"));
const file = join(folder, "in.ipynb");
const golden = join(root, "test/goldens/notebook.ipynb");

const read = (content: unknown) => {
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return readNotebook(file);
};
const cell = { cell_type: "code", id: "a", metadata: {}, source: "1", outputs: [] as unknown[], execution_count: null };
const notebook = (...cells: unknown[]) => ({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 });

describe("readNotebook", () => {
  it("names a file that is missing or not JSON", () => {
    expect(() => readNotebook(join(folder, "none.ipynb"))).toThrow(
      /Expected a notebook, received .*none\.ipynb: ENOENT/,
    );
    expect(() => read('{"cells": [')).toThrow(/received .*in\.ipynb, which is not JSON/);
  });

  it.each([
    ["a table", [], /an object in .*in\.ipynb, received \[\]/],
    ["a notebook of 2014", { ...notebook(), nbformat: 3 }, /"nbformat": 4 in .*, received 3\. Open and save it/],
    ["no cells", { ...notebook(), cells: undefined }, /a list as "cells" in .*in\.ipynb, received nothing/],
    ["a cell that is none", notebook(cell, 7), /an object in .*in\.ipynb, cell 2, received 7/],
    ["a cell of an unknown type", notebook({ ...cell, cell_type: "sql" }), /cell 1, received "sql"/],
    [
      "a source that is no text",
      notebook({ ...cell, source: [1] }),
      /a string or a list of strings as "source" in .*cell 1/,
    ],
    [
      "tags that are no list",
      notebook({ ...cell, metadata: { tags: "x" } }),
      /a list of strings as "tags" in .*cell 1/,
    ],
    ["two cells of one id", notebook(cell, cell), /an id of its own in .*cell 2, received "a"/],
    ["an id with a space", notebook({ ...cell, id: "a b" }), /letters, digits, "-" and "_" as "id" in .*cell 1/],
    [
      "an output of an unknown type",
      notebook({ ...cell, outputs: [{ output_type: "video" }] }),
      /cell 1, output 1, received "video"/,
    ],
    [
      "a stream without text",
      notebook({ ...cell, outputs: [{ output_type: "stream", name: "stdout" }] }),
      /a string or a list of strings as "text" in .*cell 1, output 1, received nothing/,
    ],
    [
      "metadata too deep to be written again",
      notebook({ ...cell, metadata: { x: JSON.parse("[".repeat(600) + "]".repeat(600)) } }),
      /Expected at most 500 objects and lists within each other in .*received "more"/,
    ],
  ])("refuses %s", (_, content, message) => {
    expect(() => read(content)).toThrow(message);
  });

  it("gives cells of older files ids by their position, none of them taken", () => {
    const { id: _, ...old } = cell;
    const { cells, nbformat_minor } = read({ ...notebook({ ...cell, id: "cell-2" }, old, old), nbformat_minor: 2 });
    expect(cells.map(({ id }) => id)).toEqual(["cell-2", "cell-2-more", "cell-3"]);
    expect(nbformat_minor).toBe(5);
  });
});

describe("writeNotebook", () => {
  it("gives back, byte for byte, a file that Jupyter wrote", () => {
    const copy = join(folder, "copy.ipynb");
    writeNotebook(copy, readNotebook(golden));
    expect(readFileSync(copy, "utf8")).toBe(readFileSync(golden, "utf8"));
  });

  it("gives Jupyter's form to a file in another order and shape", () => {
    const other = JSON.parse(readFileSync(golden, "utf8"), (_, value) =>
      Array.isArray(value) || typeof value !== "object" || value === null
        ? value
        : Object.fromEntries(Object.entries(value).reverse()),
    );
    other.cells[0].source = other.cells[0].source.join("");
    expect(formatNotebook(read(other))).toBe(readFileSync(golden, "utf8"));
  });

  it("keeps fields it does not know", () => {
    const text = formatNotebook(read(notebook({ ...cell, attachments: { "a.png": {} } })));
    expect(text).toContain('"attachments"');
  });

  it("refuses a path below a regular file and leaves nothing behind", () => {
    const before = readdirSync(folder);
    expect(() => writeNotebook(join(file, "out.ipynb"), readNotebook(golden))).toThrow("in.ipynb");
    expect(readdirSync(folder)).toEqual(before);
  });
});
