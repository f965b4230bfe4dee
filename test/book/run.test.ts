/** Chapters that run in their pages, in a real browser: what they compute is what Node's WebAssembly computes. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { readNotebook } from "../../kernel/runner/notebook-file.js";
import { accessibilityFaults, bookForTests } from "../helpers/book.js";
import { browserPage } from "../helpers/browser.js";
import { cell, failures, hovered, press, printed, ran, runTo, turn, write } from "../helpers/chapter-page.js";
import { codeCells, figures, printed as printedBy, runChapter } from "../helpers/course.js";
import { temporaryFolder } from "../helpers/folder.js";
import { has, needing, root } from "../helpers/needs.js";

const site = bookForTests("--no-reference", ...(has("a browser") ? ["--pdf"] : []));

const golden = JSON.parse(readFileSync(join(root, "test/goldens/wasm-key-numbers.json"), "utf8")) as Record<
  string,
  string[]
>;

const chapters = readdirSync(join(root, "notebooks")).filter((name) => name.endsWith(".ipynb"));
const pageOf = (name: string) => name.replace(/ipynb$/, "html");
const short = "02-forward-and-backward.ipynb";

/** Opens a page at a width that shows interactive figures. */
const open = (name: string, look: (page: Page) => Promise<void>) =>
  site.open(pageOf(name), { viewport: { width: 1280, height: 900 }, colorScheme: "light" }, look);

describe.each(chapters)("%s", (name) => {
  needing("a browser", "all")("gives the key numbers of Node's WebAssembly to the last digit", async () => {
    await open(name, async (page) => {
      const cells = page.locator(".cell[data-facts]");
      const last = (await cells.last().getAttribute("id"))!.replace(/^cell-/, "");
      const said = await runTo(page, last);
      expect(await failures(page)).toEqual([]);
      expect(said).toContain("Ready");
      expect((await printed(page, "key-numbers")).split("\n")).toEqual(golden[name]);
      expect(await page.locator('.cell[data-state="done"]').count()).toBe(await cells.count());
      // What a cell offers to be moved moves the figure below it.
      const sliders = await page.locator('.computed input[type="range"]').all();
      const offers = codeCells(readNotebook(join(root, "notebooks", name))).filter(({ source }) =>
        /^interact\(/m.test(source),
      );
      expect(sliders.length).toBe(offers.length);
      for (const slider of sliders) {
        const moved = page.locator(".cell", { has: slider });
        const title = moved.locator(".computed .gtitle");
        const before = (await title.textContent())!;
        await slider.press("End");
        await moved.locator(".computed .gtitle").filter({ hasNotText: before }).waitFor();
        expect(await title.textContent()).toContain(await moved.locator(".computed output").textContent());
        expect(await moved.locator(".computed iframe").count()).toBe(0);
      }
    });
  });
});

describe("a chapter in its page", () => {
  needing("a browser", "all")("shows all that Node's WebAssembly shows, cell by cell", async () => {
    const node = runChapter(short, temporaryFolder().path, { GRADBOOK_ENGINE: "wasm" }).notebook;
    await open(short, async (page) => {
      await runTo(page, "exercise-3");
      const stored = codeCells(node).filter(({ id }) => !/^solution-of/.test(id));
      for (const each of stored) {
        const text = printedBy(each).trimEnd();
        const value = each.outputs.flatMap((output) => ("data" in output ? [output.data] : []))[0] ?? {};
        const isText = !("text/html" in value) && "text/plain" in value;
        const expected = [text, ...(isText ? [value["text/plain"] as string] : [])].filter((part) => part !== "");
        expect(await printed(page, each.id), each.id).toBe(expected.join("\n"));
      }
      await page.waitForFunction(
        (count) => document.querySelectorAll(".computed .js-plotly-plot").length === count,
        figures(node).length,
      );
      const drawn = await page.evaluate(() =>
        [...document.querySelectorAll(".computed .js-plotly-plot")].map((plot) =>
          (plot as unknown as { data: { x: unknown; y: unknown }[] }).data.map(({ x, y }) => ({ x, y })),
        ),
      );
      const plots = figures(node).map((bundle) => {
        const { data } = bundle["application/vnd.plotly.v1+json"] as { data: { x: unknown; y: unknown }[] };
        return data.map(({ x, y }) => ({ x, y }));
      });
      expect(drawn).toEqual(plots);
    });
  });

  needing("a browser", "all")("loads nothing before the first run, and marks what it has computed", async () => {
    await open(short, async (page) => {
      const asked: string[] = [];
      page.on("request", (request) => asked.push(new URL(request.url()).pathname));
      await page.reload();
      await page.waitForLoadState("networkidle");
      expect(asked.filter((path) => path.includes("/run/"))).toEqual([]);
      const here = cell(page, "forward-code");
      await expect(here.locator(".stored").isVisible()).resolves.toBe(true);
      const stored = await here.locator(".stored pre").textContent();
      // The knobs and the imports run before, since the cell needs them.
      await ran(page, () => press(page, "forward-code", "Run"));
      expect(asked.some((path) => path.endsWith("/run/worker.js"))).toBe(true);
      await expect(here.locator(".mark").textContent()).resolves.toContain("Computed in this page");
      expect(await printed(page, "forward-code")).toBe(stored);
      expect(await cell(page, "backward-code").getAttribute("data-state")).toBeNull();
      await press(page, "forward-code", "Show stored");
      expect(await here.locator(".computed").isVisible()).toBe(false);
      await page.locator(".running").getByRole("button", { name: "Reset" }).click();
      expect(await page.locator(".computed:visible").count()).toBe(0);
    });
  });

  needing("a browser", "all")("computes anew with other knobs, refuses bad ones, and comes back", async () => {
    await open(short, async (page) => {
      const turnKnob = (name: string, value: string) => ran(page, () => turn(page, name, value));
      expect(await turnKnob("lambda", "0.2")).toContain("Ready");
      const other = await printed(page, "key-numbers");
      expect(other).toMatch(/^J: /);
      expect(other.split("\n")[0]).not.toBe(golden[short]![0]);
      // The chapter takes smaller settings for WebAssembly, but not in the place of what the reader asks for.
      expect(await page.locator(".knob", { hasText: "depths" }).locator(".told").textContent()).toContain('"1,2,4"');
      expect(await turnKnob("examples", "0")).toContain("failed");
      expect((await failures(page)).join()).toContain("RangeError: Expected a whole number above 0 as examples");
      const back = await ran(page, () => page.getByRole("button", { name: "Stored values" }).click());
      expect(back).toContain("Ready");
      expect((await printed(page, "key-numbers")).split("\n")).toEqual(golden[short]);
    });
  });

  needing("a browser", "all")("stops where training looks, and goes on with the names that there are", async () => {
    await open("03-classification.ipynb", async (page) => {
      const said = await ran(page, async () => {
        await turn(page, "epochs", "1000000"); // more than any machine is through with
        await cell(page, "digits").locator(".computed", { hasText: "/1000000" }).waitFor();
        await page.locator(".running").getByRole("button", { name: "Stop" }).click();
      });
      expect(said).toContain("Stopped");
      expect(await cell(page, "digits").getAttribute("data-state")).toBe("stopped");
      expect(await ran(page, () => press(page, "clouds", "Run"))).toContain("Ready");
      expect(await cell(page, "clouds").getAttribute("data-state")).toBe("done");
    });
  });

  needing("a browser", "all")("takes answers, gives hints one by one, and remembers what is solved", async () => {
    await open(short, async (page) => {
      const exercise = cell(page, "exercise-2");
      await press(page, "exercise-2", "Hint");
      await exercise.locator(".hints li").first().waitFor();
      await press(page, "exercise-2", "Hint");
      await exercise.locator(".hints li").nth(1).waitFor();
      const hints = await exercise.locator(".hints li").allTextContents();
      expect(hints.map((hint) => hint.slice(0, 11))).toEqual(["Hint 1 of 2", "Hint 2 of 2"]);
      await exercise.getByRole("spinbutton").fill("12");
      await press(page, "exercise-2", "Check");
      await exercise.locator(".computed", { hasText: "Not yet" }).waitFor();
      await exercise.getByRole("spinbutton").fill("13");
      await press(page, "exercise-2", "Check");
      await exercise.locator(".solved:visible").waitFor();
      await page.reload();
      await expect(exercise.locator(".solved").isVisible()).resolves.toBe(true);
      await expect(page.locator(".sidebar .count").textContent()).resolves.toContain("✓");
    });
  });

  needing("a browser", "all")("runs edited code, once its types are right, and keeps it", async () => {
    await open(short, async (page) => {
      const here = cell(page, "numeric-code");
      const runEdited = async (text: string) => {
        await write(page, "numeric-code", text);
        await ran(page, () => press(page, "numeric-code", "Run"));
      };
      await runEdited("const rows: string = examples;\nconsole.log(rows);");
      expect((await failures(page)).join()).toContain("Line 1: Type 'number' is not assignable to type 'string'.");
      await runEdited(
        'enum Kind { A = 4 }\nconst rows: number = examples * Kind.A;\nconsole.log("rows", rows, forward(W1, W2).J.shape);',
      );
      expect(await failures(page)).toEqual([]);
      expect(await printed(page, "numeric-code")).toBe("rows 32 []");
      await page.reload();
      await expect(here.locator("pre.edited").textContent()).resolves.toContain("Kind.A");
      await page.locator("#knob-lambda").fill("0.2");
      await page.locator("#knob-lambda").press("Enter");
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: "Download with my changes" }).click(),
      ]);
      const taken = codeCells(readNotebook(await download.path()));
      const source = (id: string) => taken.find((cell) => cell.id === id)!.source;
      expect(source("numeric-code")).toContain("Kind.A");
      expect(source("parameters")).toContain("let lambda = 0.2; // factor of the L2 term");
      expect(source("forward-code")).toContain("function forward");
      await press(page, "numeric-code", "Original");
      await here.locator("pre.edited").waitFor({ state: "detached" });
      await expect(here.locator("pre").first().textContent()).resolves.toContain("numericGradient");
    });
  });

  needing("a browser", "all")("shows the types of edited code on hovering, once it is edited", async () => {
    await open(short, async (page) => {
      const asked: string[] = [];
      page.on("request", (request) => asked.push(new URL(request.url()).pathname));
      const isAsked = (file: string) => asked.some((path) => path.endsWith(`/run/${file}`));
      await hovered(page, cell(page, "numeric-code").locator("[data-type]").first());
      expect(isAsked("editor.js") || isAsked("typescript-worker.js")).toBe(false);
      await write(page, "numeric-code", "const twice = examples * 2;\nconst loss = forward(W1, W2);");
      const content = cell(page, "numeric-code").locator(".cm-content");
      /** Moves the pointer onto a word. */
      const pointAt = async (word: string) => {
        const place = await content.evaluate((element, word) => {
          element.scrollIntoView({ block: "center" }); // Not below the bar of the page.
          const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
          const range = document.createRange();
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const start = node.textContent!.indexOf(word);
            if (start < 0) continue;
            range.setStart(node, start);
            range.setEnd(node, start + word.length);
            const { left, top, width, height } = range.getBoundingClientRect();
            return { x: left + width / 2, y: top + height / 2 };
          }
          throw new Error(`Expected ${word} in the editor, received none.`);
        }, word);
        await page.mouse.move(place.x, place.y);
      };
      for (const [word, type] of [
        ["twice", "const twice: number"],
        ["examples", "let examples: number"],
        ["forward", "forward(W1: Tensor, W2: Tensor): {"],
      ] as const) {
        // A line that is drawn anew under a resting pointer forgets it: it moves again, as a hand does.
        const shown = cell(page, "numeric-code").locator(".cm-type", { hasText: type });
        const look = async () => {
          await pointAt(word);
          return shown.count();
        };
        await expect.poll(look, { interval: 1000 }).toBe(1);
      }
      expect(isAsked("typescript-worker.js")).toBe(true);
    });
  });

  needing("a browser", "all")(
    "draws the controls that a cell opens, and tells the cell what the reader does",
    async () => {
      await open(short, async (page) => {
        const here = cell(page, "parameters");
        await write(
          page,
          "parameters",
          `const host = Reflect.get(globalThis, Symbol.for("gradbook.widgets"));
const state = { _model_name: "FloatSliderModel", description: "rate", min: 0, max: 1, step: 0.1, value: 0.5 };
const model = host.open("jupyter.widget", { state });
model.onMessage = ({ state }: { state: { value: number } }) => {
  model.send({ method: "update", state });
  console.log("moved to", state.value);
};
await display({ "application/vnd.jupyter.widget-view+json": { model_id: model.id } }, { raw: true });`,
        );
        await press(page, "parameters", "Run");
        const slider = here.getByRole("slider", { name: "rate", exact: false }).last();
        await slider.waitFor();
        await slider.fill("0.7");
        await here.locator(".computed", { hasText: "moved to 0.7" }).waitFor();
        await expect(here.locator(".computed output").textContent()).resolves.toBe("0.7");
        // What else runs in between takes nothing of it away.
        await press(page, "exercise-2", "Hint");
        await cell(page, "exercise-2").locator(".hints li").waitFor();
        await slider.fill("0.3");
        await here.locator(".computed", { hasText: "moved to 0.3" }).waitFor();
      });
    },
  );

  needing("a browser", "all")(
    "has no serious accessibility fault while it runs and after, in either theme",
    async () => {
      await open(short, async (page) => {
        await runTo(page, "graph-code");
        await press(page, "numeric-code", "Edit");
        await cell(page, "numeric-code").locator(".cm-content").waitFor();
        expect(await accessibilityFaults(page), "light").toEqual([]);
        await page.emulateMedia({ colorScheme: "dark" });
        expect(await accessibilityFaults(page), "dark").toEqual([]);
      });
    },
  );
});

needing("a browser", "all")(
  "a page that was opened from a folder says what to do where it may not run code",
  async () => {
    await browserPage({}, async (page) => {
      await page.goto(pathToFileURL(join(site.folder, pageOf(short))).href);
      await press(page, "forward-code", "Run");
      const said = page.locator("#cell-forward-code .computed .note");
      await said.waitFor();
      expect(await said.textContent()).toContain("Serve the folder");
      expect(await cell(page, "forward-code").locator(".stored").textContent()).toContain("L = 3.191");
    });
  },
);

needing("a browser", "all")("the whole book is one PDF", () => {
  const pdf = readFileSync(join(site.folder, "book.pdf"));
  expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
  expect(pdf.toString("latin1").match(/\/Type \/Page\b/g)!.length).toBeGreaterThan(100);
});
