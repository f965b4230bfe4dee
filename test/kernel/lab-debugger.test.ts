/**
 * The debugger in JupyterLab, in a real browser: what a user sees and does. Leaves a picture of a stop in out/debugger.png, which
 * docs/debugger.png is a copy of.
 */
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { type Lab, startLab } from "../helpers/jupyterlab.js";
import { has, needing, root } from "../helpers/needs.js";
import { code, writeTestNotebook } from "../helpers/notebook.js";

const need = "Python and a browser";
const test = needing(need, "all");
const folder = mkdtempSync(join(tmpdir(), "gradbook-lab-"));
let lab: Lab | undefined;

const mean = `function mean(values: number[]): number {
  let sum = 0;
  for (const value of values) {
    sum += value;
  }
  return sum / values.length;
}
const prices = [208500, 181500, 223500];
mean(prices)`;

beforeAll(async () => {
  const kernelspec = { name: "gradbook", display_name: "TypeScript (Gradbook)", language: "typescript" };
  const homes =
    'import { DataFrame } from "gradbook/danfo";\nconst homes = new DataFrame({ area: [856, 1262], price: [208500, 181500] });';
  writeTestNotebook(join(folder, "mean.ipynb"), [code(homes), code(mean)], { kernelspec });
  if (has(need)) lab = await startLab(folder);
});
afterAll(() => lab?.end());

test("stops where the gutter was clicked, before the cell has run; steps; and goes on to the cell's end", async () => {
  await lab!.open("mean.ipynb", async (page) => {
    await page.setViewportSize({ width: 1100, height: 640 });
    const cell = (index: number) => page.locator(".jp-CodeCell").nth(index);
    const press = async (index: number, key: string) => {
      await cell(index).locator(".cm-content").click();
      await page.keyboard.press(key);
    };
    await page.locator(".jp-DebuggerBugButton:not([disabled])").click();
    await press(0, "Control+Enter");
    await cell(0).locator(".jp-InputPrompt", { hasText: "[1]" }).waitFor();
    // The variables of the top level, without a stop: their types are TypeScript's.
    const variables = page.locator(".jp-DebuggerVariables");
    await variables.getByText("homes", { exact: false }).first().waitFor();
    // The first element only keeps the width.
    await cell(1).locator(".cm-breakpoint-gutter .cm-gutterElement").nth(4).click();
    await page.locator(".jp-DebuggerBreakpoints").getByText("4", { exact: true }).waitFor();
    await press(1, "Control+Enter");
    const mark = page.locator(".jp-DebuggerEditor-highlight");
    await mark.filter({ hasText: "sum += value;" }).waitFor();
    const stack = page.locator(".jp-DebuggerCallstackFrame");
    await stack.nth(1).waitFor();
    expect(await stack.allInnerTexts()).toEqual([
      expect.stringMatching(/^mean.*:4$/s),
      expect.stringMatching(/^cell-2\.ts.*:9$/s),
    ]);
    await variables.getByText("208500").first().waitFor();
    expect(await variables.textContent()).toMatch(/value:? ?208500.*sum:? ?0/s);
    mkdirSync(join(root, "out"), { recursive: true });
    await page.screenshot({ path: join(root, "out/debugger.png") });
    const step = (command: string) => page.locator(`[data-command="debugger:${command}"]`).first().click();
    await step("next");
    await mark.filter({ hasText: "for (const value of values) {" }).waitFor();
    await step("next");
    await mark.filter({ hasText: "sum += value;" }).waitFor();
    await variables.getByText("181500").first().waitFor();
    await cell(1).locator(".cm-breakpoint-gutter .cm-gutterElement").nth(4).click();
    await page.locator(".jp-DebuggerBreakpoints").getByText("4", { exact: true }).waitFor({ state: "detached" });
    await step("continue");
    await cell(1).locator(".jp-OutputArea-output", { hasText: "204500" }).waitFor();
    await mark.waitFor({ state: "detached" });
  });
});
