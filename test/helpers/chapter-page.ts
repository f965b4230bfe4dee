/** What tests do in the page of a chapter: they press its buttons, turn its knobs, write in its cells, and wait for its runs. */
import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";

export const cell = (page: Page, id: string) => page.locator(`#cell-${id}`);

export const press = (page: Page, id: string, button: string) =>
  cell(page, id).getByRole("button", { name: button, exact: true }).click();

/** Does something that runs cells, waits until that run has ended, and gives what the page says then. */
export async function ran(page: Page, act: () => Promise<void>): Promise<string> {
  const bar = page.locator(".running");
  const before = (await bar.getAttribute("data-runs")) ?? "0";
  await act();
  await page.locator(`.running[data-runs]:not([data-runs="${before}"]):not(.busy)`).waitFor({ state: "attached" });
  return (await bar.textContent())!;
}

/** Turns a knob to `value`, by its field. */
export async function turn(page: Page, name: string, value: string): Promise<void> {
  await page.locator(`#knob-${name}`).fill(value);
  await page.locator(`#knob-${name}`).press("Enter");
}

/** Runs a cell and all above it. */
export const runTo = (page: Page, id: string): Promise<string> => ran(page, () => press(page, id, "Run all above"));

/** Opens the editor of a cell, and puts `text` in the place of what stands there. */
export async function write(page: Page, id: string, text: string): Promise<void> {
  await press(page, id, "Edit");
  await cell(page, id).locator(".cm-content").fill(text);
}

/** Moves the pointer onto a name of stored code until its type is shown: it goes when the page scrolls below it. */
export async function hovered(page: Page, name: Locator): Promise<void> {
  const look = async () => {
    await page.mouse.move(0, 0);
    await name.hover();
    return page.locator("#type").isVisible();
  };
  await expect.poll(look).toBe(true);
}

/** What a cell has printed in the page. */
export const printed = async (page: Page, id: string): Promise<string> =>
  (await cell(page, id).locator(".computed pre.stdout").allTextContents()).join("\n");

export const failures = (page: Page) => page.locator('.cell[data-state="failed"] .computed').allTextContents();
