/** The checker over many cells: names stay known across groups of slots, and a cell costs no more the more there are. */
import { expect, it, onTestFinished } from "vitest";
import { Language } from "../../../kernel/language/language.js";
import { hubText, imports, Slots } from "../../../kernel/language/slots.js";
import { type Cell, parseCell } from "../../../kernel/language/syntax.js";

it("imports a name from its own slot in the group, from the hub otherwise; the sources never change", () => {
  const known = (slot: number, assignable = false) => ({ slot, assignable });
  const none = 'import {  } from "./__gradbook_hub_16.js"; import {  } from "./__gradbook_cell_16.js";';
  expect(imports(17, [])).toBe(none);
  const some = imports(17, [
    ["old", known(3)],
    ["count", known(16, true)],
  ]);
  expect(some).toBe(
    'import { old } from "./__gradbook_hub_16.js"; import { count as __count } from "./__gradbook_cell_16.js";',
  );
  expect(
    hubText(32, [
      ["old", known(3)],
      ["late", known(31, true)],
    ]),
  ).toMatch(
    /^export \{ old \} from "\.\/__gradbook_hub_16\.js"; .*export \{ late \} from "\.\/__gradbook_cell_31\.js";$/,
  );
});

it("imports from the packages of earlier cells, whatever a cell takes of them; the sources never change", () => {
  const slots = new Slots("/notebook", {}, "");
  const sources = () => slots.files.get(slots.file)!.match(/(?<= from ")[^"]+/g);
  const put = (code: string) => {
    const cell = parseCell(code) as Cell;
    slots.put(cell);
    const found = sources();
    slots.commit(cell);
    return found;
  };
  put('import * as tf from "@tensorflow/tfjs";\nimport fs, { statSync } from "node:fs";');
  for (const code of [
    "1 + 1",
    'import { tensor } from "@tensorflow/tfjs"; tensor([1])',
    'import * as fs from "node:fs";\nimport { readFileSync as read } from "node:fs";',
  ]) {
    const before = sources();
    expect(before).toContain("@tensorflow/tfjs");
    expect(put(code)).toEqual(before);
  }
  expect(slots.files.get("/notebook/__gradbook_cell_4.ts")).toContain(
    'import { readFileSync as read } from "node:fs"; import * as fs from "node:fs";',
  );
  // A file of the notebook's own is not for all cells.
  expect(put('import { own } from "./own";')).toContain("./own");
  expect(sources()).not.toContain("./own");
});

it("knows values, types and constants of 300 cells, each as declared last", async () => {
  const language = new Language({ folder: process.cwd() });
  onTestFinished(() => language.close());
  const evalue = async (code: string) => {
    const translation = await language.translate(code, "cell-1.ts");
    return "error" in translation ? translation.error.evalue : undefined;
  };
  expect(
    await evalue("interface Box { side: number }\nconst first = { side: 1 };\nlet count = 0;\nlet list = [];"),
  ).toBe(undefined);
  for (let i = 0; i < 300; i++) {
    expect(await evalue(`const redeclared = ${i % 2 ? `"text"` : i};\nlet own${i} = redeclared;`)).toBe(undefined);
    if (i % 16 > 1) continue;
    expect(await evalue("const box: Box = first;\ncount += box.side;")).toBe(undefined);
    expect(await evalue("count = 'text';")).toBe("Type 'string' is not assignable to type 'number'.");
    expect(await evalue("first = box;")).toMatch(/^Cannot assign to 'first'/);
  }
  // What depended on an earlier declaration keeps its type when the name is declared again.
  expect(await evalue("own299.toUpperCase(); own298.toFixed(); redeclared.toUpperCase();")).toBe(undefined);
  expect(await evalue("own0.toUpperCase();")).toMatch(/^Property 'toUpperCase' does not exist on type 'number'/);
});

it("keeps what a cell declares apart from code that is completed or inspected at the same time", async () => {
  const language = new Language({ folder: process.cwd() });
  onTestFinished(() => language.close());
  for (let i = 0; i < 20; i++) {
    const [, found] = await Promise.all([
      language.translate(`const own${i} = { kept${i}: ${i} };`, "cell-1.ts"),
      language.complete("Math.flo", 8, "flo"),
      language.inspect("Math.floor", 7),
    ]);
    expect(found.map(({ name }) => name)).toEqual(["floor"]);
    expect(await language.translate(`own${i}.kept${i}.toFixed()`, "cell-2.ts")).toHaveProperty("translated");
  }
});
