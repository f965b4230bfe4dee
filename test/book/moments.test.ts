/**
 * A chapter in its page at bad moments: buttons pressed while something loads or runs, files that cannot be had, code that fails late.
 * @module-tag all
 */
import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { bookForTests } from "../helpers/book.js";
import { browserPage } from "../helpers/browser.js";
import { cell, press, printed, ran, write } from "../helpers/chapter-page.js";
import { needing } from "../helpers/needs.js";

const site = bookForTests("--no-reference");
const chapter = "02-forward-and-backward.html";
const look = { viewport: { width: 1280, height: 900 }, colorScheme: "light" } as const;

const open = (act: (page: Page) => Promise<void>) => site.open(chapter, look, act);

/** Waits until a cell has run to its end. */
const isDone = (page: Page, id: string) => page.locator(`#cell-${id}[data-state="done"]`).waitFor();

/** A cell that runs until it is stopped, and says when it has begun. */
const endless = 'console.log("on its way");\nwhile (true) await new Promise((resolve) => setTimeout(resolve, 10));';
const sleep = 'await new Promise((resolve) => setTimeout(resolve, 4000));\nconsole.log("slept");';

describe("a chapter in its page, at a bad moment", () => {
  needing("a browser")("runs each cell once, in order, whatever is pressed while it loads and runs", async () => {
    await open(async (page) => {
      const parameters = await cell(page, "parameters").locator("pre").textContent();
      const count = 'Reflect.set(globalThis, "times", Number(Reflect.get(globalThis, "times") ?? 0) + 1);';
      await write(page, "parameters", `${parameters}\n${count}`);
      await write(page, "numeric-code", 'console.log("times", Reflect.get(globalThis, "times"), W1.rank);');
      await press(page, "exercise-2", "Hint");
      await press(page, "forward-code", "Run");
      await press(page, "numeric-code", "Run");
      await isDone(page, "numeric-code");
      expect(await printed(page, "numeric-code")).toBe("times 1 2");
      expect(await cell(page, "exercise-2").locator(".hints li").count()).toBe(1);
    });
  });

  needing("a browser")("runs what edited code needs from above, not what the stored code did", async () => {
    await open(async (page) => {
      await write(page, "imports", 'console.log("rows", examples);');
      expect(await ran(page, () => press(page, "imports", "Run"))).toContain("Ready");
      expect(await printed(page, "imports")).toBe("rows 8");
    });
  });

  needing("a browser")("a stop or a reset ends what runs, not what is begun next", async () => {
    await open(async (page) => {
      await write(page, "graph-code", sleep);
      await write(page, "numeric-code", endless);
      const begin = async () => {
        await press(page, "numeric-code", "Run");
        await cell(page, "numeric-code").locator(".computed", { hasText: "on its way" }).waitFor();
      };
      const bar = page.locator(".running");
      const said = await ran(page, async () => {
        await begin();
        await bar.getByRole("button", { name: "Stop" }).click();
      });
      expect(said).toContain("Stopped");
      expect(await ran(page, () => press(page, "graph-code", "Run"))).toContain("Ready");
      expect(await printed(page, "graph-code")).toBe("slept");
      await begin();
      await bar.getByRole("button", { name: "Reset" }).click();
      await press(page, "graph-code", "Run");
      await isDone(page, "graph-code");
      expect(await printed(page, "graph-code")).toBe("slept");
      expect(await cell(page, "numeric-code").locator(".stored").isVisible()).toBe(true);
    });
  });

  needing("a browser")("a stop waits for code that looks for it, however long its steps take", async () => {
    await open(async (page) => {
      await write(
        page,
        "parameters",
        `const { check } = Reflect.get(globalThis, Symbol.for("gradbook.interrupt"));
console.log("on its way");
while (true) {
  check();
  await new Promise((resolve) => setTimeout(resolve));
  const end = performance.now() + 3000;
  while (performance.now() < end);
}`,
      );
      const said = await ran(page, async () => {
        await press(page, "parameters", "Run");
        await cell(page, "parameters").locator(".computed", { hasText: "on its way" }).waitFor();
        await page.locator(".running").getByRole("button", { name: "Stop" }).click();
      });
      expect(said).toContain("Stopped");
      expect(await cell(page, "parameters").locator(".computed .note").textContent()).toBe("Stopped.");
    });
  });

  needing("a browser")("a control computes after a stop, as what fit asks says", async () => {
    await open(async (page) => {
      await write(
        page,
        "parameters",
        `const host = Reflect.get(globalThis, Symbol.for("gradbook.widgets"));
const state = { _model_name: "CheckboxModel", description: "on", value: false };
const model = host.open("jupyter.widget", { state });
model.onMessage = () => {
  Reflect.get(globalThis, Symbol.for("gradbook.interrupt")).check();
  console.log("it computes");
};
await display({ "application/vnd.jupyter.widget-view+json": { model_id: model.id } }, { raw: true });
${endless}`,
      );
      await ran(page, async () => {
        await press(page, "parameters", "Run");
        await cell(page, "parameters").locator(".computed", { hasText: "on its way" }).waitFor();
        await page.locator(".running").getByRole("button", { name: "Stop" }).click();
      });
      await cell(page, "parameters").locator(".computed").getByRole("checkbox").check();
      await cell(page, "parameters").locator(".computed", { hasText: "it computes" }).waitFor();
    });
  });

  needing("a browser")("shows what fails when the cell has ended, and takes a knob that is no value", async () => {
    await open(async (page) => {
      const late = 'setTimeout(() => {\n  throw new Error("too late");\n}, 50);';
      await write(page, "parameters", `let lambda = () => 0;\n${late}\nvoid Promise.reject(new Error("not awaited"));`);
      expect(await ran(page, () => press(page, "parameters", "Run"))).toContain("Ready");
      for (const message of ["Error: too late", "Error: not awaited"])
        await cell(page, "parameters").locator(".computed", { hasText: message }).waitFor();
      expect(await ran(page, () => press(page, "parameters", "Run"))).toContain("Ready");
    });
  });
});

needing("a browser")("a page says what it could not load, and loads it when it is asked again", async () => {
  await browserPage(look, async (page) => {
    await page.goto(site.address + chapter);
    let missing: string | undefined;
    await page.route("**/assets/**", (route) => {
      const isMissing = missing !== undefined && route.request().url().endsWith(missing);
      if (isMissing) missing = undefined;
      return isMissing ? route.abort() : route.continue();
    });
    const said = async (file: string, button: string, text: string) => {
      missing = file;
      await press(page, "parameters", button);
      await cell(page, "parameters").locator(".computed .note", { hasText: text }).waitFor();
      expect(missing, file).toBe(undefined);
    };
    await said("/02-forward-and-backward.json", "Run", "expected the code of this chapter");
    await said("/worker.js", "Run", "The worker could not be loaded.");
    expect(await ran(page, () => press(page, "parameters", "Run"))).toContain("Ready");
    await said("/editor.js", "Edit", "The editor cannot be loaded");
    await write(page, "parameters", 'console.log("it runs");');
    await said("/typescript-worker.js", "Run", "TypeScript: expected an answer, received nothing");
    await said("/types.json", "Run", "TypeScript: expected an answer, received Failed to fetch");
    expect(await ran(page, () => press(page, "parameters", "Run"))).toContain("Ready");
    expect(await printed(page, "parameters")).toBe("it runs");
  });
});

needing("a browser")("a page works where the browser keeps nothing", async () => {
  await browserPage(look, async (page) => {
    await page.addInitScript(() =>
      Object.defineProperty(window, "localStorage", {
        get: () => {
          throw new DOMException("Access is denied.", "SecurityError");
        },
      }),
    );
    await page.goto(site.address + chapter);
    await page.locator("#theme").click();
    await page.locator('html[data-theme="dark"]').waitFor();
    expect(await ran(page, () => press(page, "parameters", "Run"))).toContain("Ready");
  });
});
