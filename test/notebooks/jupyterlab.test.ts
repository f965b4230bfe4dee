/** Every chapter with its solutions in JupyterLab, as a reader runs it, one after the other: its numbers, pictures and live figures. */
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { readNotebook } from "../../kernel/runner/notebook-file.js";
import { chapters, codeCells, expectWholeRun, writeSolvedChapter } from "../helpers/course.js";
import { idle, type Lab, menu, startLab } from "../helpers/jupyterlab.js";
import { has, needing, root } from "../helpers/needs.js";

const need = "Python and a browser";
const folder = mkdtempSync(join(tmpdir(), "gradbook-course-"));
let lab: Lab | undefined;
beforeAll(async () => {
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction");
  if (has(need)) lab = await startLab(folder);
});
afterAll(async () => {
  await lab?.end();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(chapters)("%s in JupyterLab", { tags: "all" }, (name) => {
  needing(need)("has the same key numbers and pictures, live figures, and its solutions are right", async () => {
    const file = join(folder, name);
    writeSolvedChapter(name, file);
    await lab!.open(name, async (page) => {
      await menu(page, "Run", "Run All Cells");
      await page.locator(".js-plotly-plot .main-svg").first().waitFor();
      const counts = async () => {
        await idle(page);
        await menu(page, "File", "Save Notebook");
        await page.locator(".jp-mod-dirty").waitFor({ state: "detached" });
        return codeCells(readNotebook(file)).map(({ execution_count }) => execution_count);
      };
      const expected = codeCells(readNotebook(file)).map((_, i) => i + 1);
      // Between two cells the kernel is idle, too.
      await expect.poll(counts, { interval: 1000 }).toEqual(expected);
    });
    const executed = readNotebook(file);
    const cells = codeCells(executed);
    expect(cells.flatMap(({ outputs }) => outputs).filter(({ output_type }) => output_type === "error")).toEqual([]);
    expectWholeRun(name, executed);
  });
});
