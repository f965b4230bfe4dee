/**
 * The kernel in JupyterLab, in a real browser: what a user sees and does with a notebook. Leaves a picture of the notebook that
 * ran in out/jupyterlab.png. Alone: `npm test -- test/kernel/lab.test.ts`.
 */
import { copyFileSync, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { idle, type Lab, menu, startLab } from "../helpers/jupyterlab.js";
import { has, needing, root } from "../helpers/needs.js";
import { code, gradbook, markdown, writeTestNotebook } from "../helpers/notebook.js";

const kernelspec = { name: "gradbook", display_name: "TypeScript (Gradbook)", language: "typescript" };
const need = "Python and a browser";
const test = needing(need, "all");
const folder = mkdtempSync(join(tmpdir(), "gradbook-lab-"));
let lab: Lab | undefined;

beforeAll(async () => {
  const cells = [
    markdown("# House prices\n\nA table, a figure, and a bar that moves."),
    code('import { DataFrame } from "gradbook/danfo";\nimport { curvesFigure } from "gradbook";'),
    code("const homes = new DataFrame({ area: [856, 1262, 920], price: [208500, 181500, 223500] });\nhomes"),
    code(
      'curvesFigure({ train: [0.9, 0.5, 0.3], validation: [0.95, 0.6, 0.5] }, { title: "Training", yTitle: "logRmse" })',
    ),
    code('for (const step of progress([1, 2, 3], { label: "train" })) console.log("step", step);'),
    code("let count = 0;"),
  ];
  writeTestNotebook(join(folder, "homes.ipynb"), cells, { kernelspec });
  writeTestNotebook(
    join(folder, "loop.ipynb"),
    [code('let count = 1;\nconsole.log("begun");\nwhile (count > 0) count += 1;'), code("count > 1")],
    {
      kernelspec,
    },
  );
  writeTestNotebook(join(folder, "names.ipynb"), [code("const household = { residents: 3 };"), code("")], {
    kernelspec,
  });
  const figure = (title: string) =>
    code(
      `import { curvesFigure } from "gradbook";\ncurvesFigure({ train: [0.9, 0.5] }, { title: "${title}", yTitle: "loss" })`,
    );
  writeTestNotebook(join(folder, "figures.ipynb"), [figure("First"), figure("Second")], { kernelspec });
  if (has(need)) lab = await startLab(folder);
});
afterAll(() => lab?.end());

test("makes a first notebook in an empty folder, opens it, and it works", async () => {
  const empty = mkdtempSync(join(tmpdir(), "gradbook-lab-"));
  const first = await startLab(empty, true);
  try {
    await first.openFirst(async (page) => {
      await menu(page, "Run", "Run All Cells");
      await output(page, 3)
        .filter({ hasText: /0\.2\d/ })
        .waitFor();
      await page.locator(".js-plotly-plot .main-svg").first().waitFor();
      await idle(page);
      expect(await page.locator(".jp-mod-error, [data-mime-type='application/vnd.jupyter.error']").count()).toBe(0);
      await page.screenshot({ path: join(root, "out/first-notebook.png") });
    });
    expect(first.said()).toContain("Made first-notebook.ipynb: this folder had no notebook.");
  } finally {
    await first.end();
  }
});

const cell = (page: Page, index: number) => page.locator(".jp-CodeCell").nth(index);
const output = (page: Page, index: number) => cell(page, index).locator(".jp-OutputArea-output");

test("runs a notebook, with a table, a live figure and a bar", async () => {
  await lab!.open("homes.ipynb", async (page) => {
    await menu(page, "Run", "Run All Cells");
    await page.locator(".js-plotly-plot .main-svg").first().waitFor();
    await idle(page);
    // Between two cells the kernel is idle, too.
    await expect
      .poll(() => output(page, 3).allInnerTexts())
      .toEqual([expect.stringContaining("3/3"), expect.stringMatching(/step 1\s+step 2\s+step 3/)]);
    expect(await output(page, 1).locator("tbody tr").count()).toBe(3);
    mkdirSync(join(root, "out"), { recursive: true });
    await page.screenshot({ path: join(root, "out/jupyterlab.png") });
  });
});

test("shows an executed notebook that is not trusted: the table and a picture, and no script", async () => {
  expect(gradbook(["run", "homes.ipynb", "executed.ipynb"], { cwd: folder })).toMatchObject({ status: 0 });
  copyFileSync(join(folder, "executed.ipynb"), join(folder, "untrusted.ipynb"));
  await lab!.open("untrusted.ipynb", async (page) => {
    await output(page, 2).locator("img").first().waitFor();
    expect(await output(page, 1).locator("tbody tr").count()).toBe(3);
    expect(await page.locator(".js-plotly-plot").count()).toBe(0);
  });
});

test("shows a trusted notebook that is opened again: pictures, and live figures as soon as a cell brings plotly.js", async () => {
  const live = (page: Page) => page.locator(".js-plotly-plot .main-svg");
  await lab!.open("figures.ipynb", async (page) => {
    await menu(page, "Run", "Run All Cells");
    await output(page, 1).locator(".js-plotly-plot .main-svg").first().waitFor();
    await idle(page);
    await menu(page, "File", "Save Notebook$");
    await page.locator(".jp-mod-dirty").waitFor({ state: "detached" });
  });
  await lab!.open("figures.ipynb", async (page) => {
    for (const index of [0, 1]) await output(page, index).locator("img").first().waitFor();
    expect(await live(page).count()).toBe(0);
    await cell(page, 1).locator(".cm-content").click();
    await page.keyboard.press("Control+Enter");
    // The first was not run again.
    for (const index of [1, 0]) await output(page, index).locator(".js-plotly-plot .main-svg").first().waitFor();
    expect(await cell(page, 0).locator(".jp-InputPrompt").textContent()).toBe("[1]:");
  });
});

test("completes with Tab and explains with Shift+Tab", async () => {
  await lab!.open("names.ipynb", async (page) => {
    await menu(page, "Run", "Run All Cells");
    await cell(page, 0).locator(".jp-InputPrompt", { hasText: "[1]" }).waitFor();
    await cell(page, 1).locator(".cm-content").click();
    await page.keyboard.type("household.resi");
    await page.keyboard.press("Tab");
    await page.locator(".jp-Completer-item", { hasText: "residents" }).waitFor();
    await page.keyboard.press("Enter");
    await cell(page, 1).locator(".cm-content", { hasText: "household.residents" }).waitFor();
    await page.keyboard.press("Shift+Tab");
    await page.locator(".jp-Tooltip", { hasText: "residents: number" }).waitFor();
  });
});

test("interrupts a loop and keeps the variables, and restarts without them", async () => {
  await lab!.open("loop.ipynb", async (page) => {
    await cell(page, 0).locator(".cm-content").click();
    await page.keyboard.press("Control+Enter");
    await cell(page, 0).locator(".jp-InputPrompt", { hasText: "[*]" }).waitFor();
    // Before that it is being checked, and an interrupt would keep it from running at all.
    await output(page, 0).filter({ hasText: "begun" }).waitFor();
    await menu(page, "Kernel", "Interrupt Kernel");
    await output(page, 0).filter({ hasText: "Interrupted" }).waitFor();
    await cell(page, 1).locator(".cm-content").click();
    await page.keyboard.press("Control+Enter");
    await output(page, 1).filter({ hasText: "true" }).waitFor();
    await menu(page, "Kernel", "Restart Kernel…");
    // Until it has restarted, the old kernel is idle too.
    const restarted = page.waitForResponse((response) => response.url().includes("/restart"));
    await page.locator(".jp-Dialog .jp-mod-accept").click();
    await restarted;
    await idle(page);
    await cell(page, 1).locator(".cm-content").click();
    await page.keyboard.press("Control+Enter");
    await output(page, 1).filter({ hasText: "Cannot find name 'count'" }).waitFor();
  });
});
