/**
 * Widgets in JupyterLab, in a real browser: what a hand on a control does. `gradbook lab` brings the extensions that they need. Leaves
 * a picture in out/widgets.png. Alone: `npm test -- test/kernel/widgets-lab.test.ts`.
 */
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { type CodeCell, readNotebook } from "../../kernel/runner/notebook-file.js";
import { codeCells } from "../helpers/course.js";
import { idle, type Lab, menu, startLab } from "../helpers/jupyterlab.js";
import { has, needing, root } from "../helpers/needs.js";
import { code, writeTestNotebook } from "../helpers/notebook.js";

const kernelspec = { name: "gradbook", display_name: "TypeScript (Gradbook)", language: "typescript" };
const need = "Python and a browser";
const test = needing(need, "all");
const folder = mkdtempSync(join(tmpdir(), "gradbook-widgets-"));
let lab: Lab | undefined;

const module = `export default {
  render({ model, el }) {
    const button = document.createElement("button");
    button.className = "own-count";
    const draw = () => (button.textContent = "count " + model.get("count"));
    button.onclick = () => { model.set("count", model.get("count") + 1); model.save_changes(); };
    model.on("change:count", draw);
    draw();
    el.append(button);
  },
};`;

const cells = {
  figure: code(
    [
      'import { curvesFigure } from "gradbook";',
      "",
      "interact({ rate: { low: 0, high: 0.9, step: 0.1 }, curve: ['steep', 'flat'] }, ({ rate, curve }) => {",
      "  if (rate > 0.85) throw new RangeError('too much');",
      "  const fall = (curve === 'steep' ? 1 : 0.3) * (1 - rate);",
      "  const losses = Array.from({ length: 20 }, (_, i) => Math.exp(-i * fall));",
      "  return curvesFigure({ loss: losses }, { title: 'rate ' + rate + ', ' + curve, yTitle: 'loss' });",
      "})",
    ].join("\n"),
  ),
  controls: code(
    [
      "const level = slider({ low: 0, high: 10, integer: true, label: 'level' });",
      "const place = output();",
      "await place.show('shown in a tab');",
      "const letter = dropdown({ choices: ['a', 'b'], label: 'letter' });",
      "tabs({ Controls: level, Place: place, More: letter })",
    ].join("\n"),
  ),
  wait: code("console.log('waiting');\nconst got = await level.next();\ngot"),
  own: code(`const esm = \`${module}\`;\nconst own = widget({ esm, state: { count: 1 } });\nown`),
  count: code("own.state.count += 10;\nown.state.count"),
};

beforeAll(async () => {
  writeTestNotebook(join(folder, "widgets.ipynb"), Object.values(cells), { kernelspec });
  if (has(need)) lab = await startLab(folder);
});
afterAll(() => lab?.end());

const cell = (page: Page, index: number) => page.locator(".jp-CodeCell").nth(index);

async function runCell(page: Page, index: number): Promise<void> {
  await cell(page, index).locator(".cm-content").click();
  await page.keyboard.press("Control+Enter");
}

test("sliders, figures, tabs and a widget of one's own work, and leave their last state", async () => {
  await lab!.open("widgets.ipynb", async (page) => {
    const errors: string[] = [];
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    await runCell(page, 0);
    const first = cell(page, 0);
    const title = (text: string) => first.locator(".js-plotly-plot .gtitle", { hasText: text });
    await title("rate 0, steep").waitFor();
    // The line for readers without widgets is there, and not seen.
    expect(await first.locator("code", { hasText: "rate: 0, curve: steep" }).isVisible()).toBe(false);
    await first.locator(".js-plotly-plot").evaluate((figure) => figure.setAttribute("data-first", "yes"));
    await first.locator(".noUi-handle").focus();
    for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowRight");
    await title("rate 0.5, steep").waitFor();
    // It was moved on, not drawn anew, and the slider still has the focus.
    expect(await first.locator(".js-plotly-plot").getAttribute("data-first")).toBe("yes");
    expect(await first.locator(".noUi-handle").evaluate((handle) => handle === document.activeElement)).toBe(true);
    await first.locator("select").selectOption("flat");
    await title("rate 0.5, flat").waitFor();
    await first.locator(".noUi-handle").focus();
    await page.keyboard.press("End");
    await first.locator(".jp-OutputArea-output", { hasText: "RangeError: too much" }).waitFor();
    await page.keyboard.press("ArrowLeft");
    await title("rate 0.8, flat").waitFor();

    await runCell(page, 1);
    await runCell(page, 2);
    // Before that it is being checked, and does not wait for the slider yet.
    await cell(page, 2).locator(".jp-OutputArea-output", { hasText: "waiting" }).waitFor();
    await cell(page, 1).locator(".noUi-handle").focus();
    await page.keyboard.press("ArrowRight");
    await cell(page, 2).locator(".jp-OutputArea-output", { hasText: "1" }).waitFor();
    await cell(page, 1).locator(".lm-TabBar-tab", { hasText: "Place" }).click();
    await cell(page, 1).getByText("shown in a tab").first().waitFor();

    await runCell(page, 3);
    await cell(page, 3).locator(".own-count", { hasText: "count 1" }).click();
    await cell(page, 3).locator(".own-count", { hasText: "count 2" }).waitFor();
    await runCell(page, 4);
    await cell(page, 3).locator(".own-count", { hasText: "count 12" }).waitFor();

    mkdirSync(join(root, "out"), { recursive: true });
    await page.screenshot({ path: join(root, "out/widgets.png") });

    // A page that is loaded again finds its controls in the kernel.
    await idle(page);
    await menu(page, "File", "Save Notebook$");
    await page.locator(".jp-mod-dirty").waitFor({ state: "detached" });
    await page.reload();
    await cell(page, 3).locator(".own-count", { hasText: "count 12" }).click();
    await cell(page, 3).locator(".own-count", { hasText: "count 13" }).waitFor();
    expect(errors.filter((text) => /widget|plotly/i.test(text))).toEqual([]);
  });
  const texts = ({ outputs }: CodeCell) =>
    outputs.flatMap((output) => ("data" in output ? [String(output.data["text/plain"])] : []));
  const [figure, controls, , own] = codeCells(readNotebook(join(folder, "widgets.ipynb")));
  expect(texts(figure!)[0]).toBe("rate: 0.8, curve: flat");
  const pictures = figure!.outputs.map((output) => ("data" in output ? output.data["image/png"] : undefined));
  expect(String(pictures.at(-1)).length).toBeGreaterThan(1000);
  expect(texts(controls!)[0]).toContain("level: 1");
  expect(texts(own!)[0]).toBe('{"count":12}');
});
