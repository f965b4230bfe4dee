/**
 * The book as its readers have it: built whole, served from a folder below the root, and opened in a real browser.
 * @module-tag all
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import type { Page, Route } from "playwright-core";
import { describe, expect, it } from "vitest";
import { accessibilityFaults, bookForTests } from "../helpers/book.js";
import { hovered } from "../helpers/chapter-page.js";
import { needing, root } from "../helpers/needs.js";

const site = bookForTests();
const book = site.folder;
const { open } = site;

const chapters = readdirSync(join(root, "notebooks"))
  .filter((file) => file.endsWith(".ipynb"))
  .map((file) => file.replace(/ipynb$/, "html"));

const size = (path: string): number =>
  statSync(path).isDirectory()
    ? readdirSync(path).reduce((sum, name) => sum + size(join(path, name)), 0)
    : statSync(path).size;

/** All HTML files below the book. */
const files = (folder = book): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return files(path);
    return path.endsWith(".html") ? [path] : [];
  });

it("leads nowhere that is not there: every link, picture and anchor of every page", () => {
  const texts = new Map(files().map((file) => [file, readFileSync(file, "utf8")]));
  const faults: string[] = [];
  for (const [file, text] of texts) {
    for (const [, target] of text.matchAll(/\s(?:href|src)="([^"]*)"/g)) {
      if (/^(https?:|mailto:|data:|#?$)/.test(target!)) continue;
      const [path, anchor] = target!.split("#") as [string, string?];
      const goal = path === "" ? file : resolve(dirname(file), decodeURIComponent(path.split("?")[0]!));
      const there = texts.get(goal) ?? (existsSync(goal) ? "" : undefined);
      const missing =
        there === undefined || (anchor && there !== "" && !there.includes(`id="${decodeURIComponent(anchor)}"`));
      if (missing) faults.push(`${relative(book, file)}: ${target}`);
    }
  }
  expect(texts.size).toBeGreaterThan(chapters.length + 2);
  expect(faults).toEqual([]);
});

it("leads from the addresses that chapters had to those they have", () => {
  const page = readFileSync(join(book, "13-house-prices.html"), "utf8");
  expect(page).toContain('content="0; url=14-house-prices.html"');
  expect(chapters).toContain("14-house-prices.html");
});

it("orders the reference by what things are, and leads from a name to the chapters that use it and back", () => {
  const text = readFileSync(join(book, "reference/classes/Dropout.html"), "utf8");
  expect(text).toMatch(/<h2>Used in<\/h2>.*href="\.\.\/\.\.\/08-dropout\.html"/s);
  const chapter = readFileSync(join(book, "08-dropout.html"), "utf8");
  expect(chapter).toContain('href="reference/classes/Dropout.html"');
  const names = JSON.parse(readFileSync(join(book, "reference/names.json"), "utf8")) as Record<string, string>[];
  const all = names.map(({ name }) => name);
  expect(all.filter((name, i) => all.indexOf(name) !== i)).toEqual([]);
  const categoryOf = (name: string) => names.find((each) => each.name === name)?.category;
  expect(["Dropout", "Adam", "fit", "readCsv", "search", "Figure", "tf"].map(categoryOf)).toEqual([
    "Layers",
    "Optimizers and schedules",
    "Training",
    "Preprocessing",
    "Search",
    "Figures",
    "Engine",
  ]);
});

it("numbers the figures of a chapter, and describes every page", () => {
  const chapter = readFileSync(join(book, "08-dropout.html"), "utf8");
  const numbers = Array.from(chapter.matchAll(/id="figure-([\d.]+)"/g), ([, number]) => number);
  expect(numbers.length).toBeGreaterThan(3);
  expect(numbers).toEqual(numbers.map((_, i) => `8.${i + 1}`));
  for (const page of chapters) {
    expect(readFileSync(join(book, page), "utf8"), page).toMatch(/<meta name="description" content="[^"]{40,}">/);
  }
});

it("numbers the equations, and cites: from a chapter to the bibliography and back", () => {
  const text = (page: string) => readFileSync(join(book, page), "utf8");
  const numbers = Array.from(text("09-batch-norm.html").matchAll(/id="equation-([\d.]+)"/g), ([, number]) => number);
  expect(numbers).toEqual(["9.1", "9.2", "9.3", "9.4"]);
  const cited = text("13-hyperparameters.html").matchAll(/<a href="bibliography\.html#([\w-]+)">([^<]*)<\/a>/g);
  const citations = Array.from(cited, ([, id, words]) => `${words}: ${id}`);
  expect(citations.slice(0, 2)).toEqual([
    "Bergstra and Bengio 2012: bergstra-2012-random",
    "Li et al. 2020: li-2020-a",
  ]);
  // Those of the list at the chapter's end.
  expect(citations.slice(2).every((words) => /^\[\d+\]: /.test(words))).toBe(true);
  const entries = [...text("bibliography.html").matchAll(/<li id="([\w-]+)">.*?<\/li>/gs)];
  expect(entries.length).toBeGreaterThan(40);
  // Two chapters cite it, with two addresses.
  const [ames] = entries.find(([, id]) => id === "de-cock-2011-ames")!;
  expect(ames).toMatch(/href="01-start-here\.html#sources".*href="14-house-prices\.html#sources"/s);
  for (const [entry, id] of entries) expect(entry, id).toMatch(/href="\d\d-[\w-]+\.html#sources"/);
});

// TypeDoc takes a warning, such as a link that leads nowhere, for an error: the book would not be built.
it("has the library's reference, a page for each public class, function and interface", () => {
  for (const page of ["classes/Dense.html", "functions/fit.html", "interfaces/FitOptions.html"]) {
    expect(existsSync(join(book, "reference", page)), page).toBe(true);
  }
});

it("sets the formulas of the reference as formulas, and shows the examples", () => {
  const of = (page: string) => readFileSync(join(book, "reference", page), "utf8");
  // w ← w − learningRate · m̂ / (√v̂ + epsilon)
  const formulas = of("classes/Adam.html").matchAll(/<span class="formula">.*?<\/span>/gs);
  const words = Array.from(formulas, ([formula]) => formula.replace(/<[^>]*>/g, ""));
  expect(words).toContain("w←w−learningRate⋅m^/(v^+epsilon)");
  expect(of("classes/Adam.html")).toContain("<msqrt>");
  expect(of("classes/Softmax.html")).toMatch(/<msub><mo[^>]*>∑<\/mo><mi>j<\/mi><\/msub>/);
  for (const page of ["classes/Adam.html", "functions/fit.html", "variables/rmse.html", "functions/readCsv.html"])
    expect(of(page), page).toMatch(/>Example<.*console/s);
});

it("has the words and pictures of every chapter in its page, without any script", () => {
  for (const page of chapters) {
    const text = readFileSync(join(book, page), "utf8");
    expect(text, page).toMatch(/<h1[^>]*>/);
    for (const [, picture] of text.matchAll(/<figure class="plot"[^>]*>\s*<img src="([^"]+)"/g)) {
      expect(readFileSync(join(book, picture!)).subarray(1, 4).toString(), picture).toBe("PNG");
    }
  }
});

it("weighs less than 1.5 MB a chapter, with all it loads but plotly.js and what comes with the first run", () => {
  const late = size(join(book, "assets/plotly.js")) + size(join(book, "assets/run"));
  const shared = size(join(book, "assets")) - late;
  for (const page of chapters) {
    const text = readFileSync(join(book, page), "utf8");
    const pictures = [...text.matchAll(/<img src="(pictures\/[^"]+)"/g)].map(([, path]) => size(join(book, path!)));
    const weight = text.length + pictures.reduce((sum, bytes) => sum + bytes, shared);
    expect(weight, page).toBeLessThan(1.5e6);
  }
});

it("offers each chapter's notebook, byte for byte", () => {
  for (const page of chapters) {
    const name = page.replace(/html$/, "ipynb");
    expect(readFileSync(join(book, "notebooks", name)).equals(readFileSync(join(root, "notebooks", name)))).toBe(true);
  }
});

/** The book's own pages, and some of TypeDoc's. */
const reference = ["index.html", "classes/Dense.html", "functions/fit.html"].map((name) => `reference/${name}`);
const pages = ["index.html", "kernel.html", "bibliography.html", ...chapters, ...reference];
describe.each(pages)("%s", (name) => {
  needing("a browser")(
    "opens without errors, draws its figures, has no serious accessibility fault in either theme",
    async () => {
      await open(name, { viewport: { width: 1280, height: 900 }, colorScheme: "light" }, async (page) => {
        const figures = await page.locator("figure.plot").all();
        for (const figure of figures) {
          await figure.scrollIntoViewIfNeeded();
          await figure.locator(".main-svg").first().waitFor();
        }
        await expect.poll(() => page.locator("figure.plot.drawn").count()).toBe(figures.length);
        const hidden = await page.locator("figure.plot").evaluateAll((drawn) =>
          drawn.flatMap((figure) => {
            const box = (part: string) => figure.querySelector(part)?.getBoundingClientRect();
            const [title, legend] = [box(".gtitle"), box(".legend")];
            return title && legend && title.bottom > legend.top ? [figure.textContent!.slice(0, 60)] : [];
          }),
        );
        expect(hidden, "titles under a legend").toEqual([]);
        expect(await accessibilityFaults(page), "light").toEqual([]);
        await page.emulateMedia({ colorScheme: "dark" });
        expect(await accessibilityFaults(page), "dark").toEqual([]);
      });
    },
  );

  needing("a browser")("does not scroll sideways on a phone", async () => {
    await open(name, { viewport: { width: 360, height: 780 } }, async (page) => {
      for (const figure of await page.locator("figure.plot").all()) await figure.scrollIntoViewIfNeeded();
      const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      expect(content).toBeLessThanOrEqual(window!);
    });
  });
});

/** Where the first elements of these names stand, all at the same moment. */
const boxes = (page: Page, ...names: string[]): Promise<DOMRect[]> =>
  page.evaluate((all) => all.map((name) => document.querySelector(name)!.getBoundingClientRect().toJSON()), names);

describe("in the browser", () => {
  const first = chapters[0]!;

  needing("a browser")("a phone keeps the readable picture, and a tap shows it in its full size", async () => {
    const withFigure = chapters.find((name) =>
      readFileSync(join(book, name), "utf8").includes('<figure class="plot"'),
    )!;
    await open(withFigure, { viewport: { width: 390, height: 800 }, hasTouch: true }, async (page) => {
      const figure = page.locator("figure.plot").first();
      await figure.scrollIntoViewIfNeeded();
      await figure.locator(".enlarge").tap();
      const large = page.locator("dialog img");
      await large.waitFor();
      const width = (selector: string) =>
        page.evaluate((selector) => document.querySelector(selector)!.getBoundingClientRect().width, selector);
      expect(await width("dialog img")).toBeGreaterThan(1.5 * (await width("figure.plot img")));
      expect(await page.locator(".js-plotly-plot").count()).toBe(0);
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.keyboard.press("Escape");
      await large.waitFor({ state: "detached" });
    });
  });

  needing("a browser")(
    "the sections stand beside the page where there is room, and in the list of chapters where not",
    async () => {
      await open(first, { viewport: { width: 1600, height: 900 } }, async (page) => {
        expect(await page.locator(".contents a").count()).toBeGreaterThan(3);
        const [text, contents] = await boxes(page, "main", ".contents");
        expect(contents!.x).toBeGreaterThanOrEqual(text!.right);
        await page.locator(".contents a").last().click();
        await page.waitForURL(/#/);
        expect(await page.locator(".sidebar ol").isVisible()).toBe(false);
        await page.setViewportSize({ width: 1200, height: 900 });
        await page.locator(".contents").waitFor({ state: "hidden" });
        await page.locator(".sidebar ol").waitFor();
      });
    },
  );

  needing("a browser")(
    "a remark stands in the margin where there is room, and in its paragraph where not",
    async () => {
      await open("12-saving-and-loading.html", { viewport: { width: 1500, height: 900 } }, async (page) => {
        const [wide, margin] = await boxes(page, ".with-remark p", ".remark");
        expect(margin!.x).toBeGreaterThanOrEqual(wide!.right);
        expect(margin!.y).toBeLessThan(wide!.bottom);
        await page.setViewportSize({ width: 1000, height: 900 });
        const [narrow, inText] = await boxes(page, ".with-remark p", ".remark");
        expect(inText!.x).toBeLessThan(narrow!.right);
      });
    },
  );

  needing("a browser")("the search finds a word of another page and leads there", async () => {
    await open(first, {}, async (page) => {
      await page.keyboard.press("/");
      await page.keyboard.type("papermill");
      await page.locator("#results a").first().waitFor();
      await page.keyboard.press("Enter");
      await page.waitForURL(/kernel\.html/);
    });
  });

  needing("a browser")("the search leads there, too, where Enter is pressed before the index has come", async () => {
    await open(first, {}, async (page) => {
      const held: Route[] = [];
      await page.route("**/search-index.js", (route) => void held.push(route));
      await page.keyboard.press("/");
      await page.keyboard.type("papermill");
      await page.keyboard.press("Enter");
      await expect.poll(() => held.length).toBe(1);
      await held[0]!.continue();
      await page.waitForURL(/kernel\.html/);
    });
  });

  needing("a browser")("the search puts a section first, and finds names of the library", async () => {
    await open(first, {}, async (page) => {
      const best = async (word: string) => {
        await page.locator("#search").fill(word);
        await page.locator("#results a").first().waitFor();
        return page.locator("#results a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
      };
      expect((await best("momentum"))[0]).toMatch(/^\d\d-[\w-]+\.html#/);
      expect(await best("momentum")).toContain("reference/classes/Momentum.html");
      // The links of the word before may stand there for a moment.
      const found = expect.poll(() => best("glorotUniform"));
      await found.toContain("reference/variables/glorotUniform.html");
      const cited = expect.poll(() => best("Srivastava"));
      await cited.toContain("bibliography.html#srivastava-2014-dropout");
    });
  });

  needing("a browser")("the arrow keys turn pages, but not while one writes", async () => {
    await open(first, {}, async (page) => {
      await page.keyboard.press("ArrowRight");
      await page.waitForURL(new RegExp(chapters[1]!));
      await page.keyboard.press("/");
      await page.keyboard.press("ArrowLeft");
      await page.waitForLoadState("networkidle"); // The search loads its index.
      expect(page.url()).toContain(chapters[1]);
      await page.evaluate(() => (document.activeElement as HTMLElement).blur());
      await page.keyboard.press("ArrowLeft");
      await page.waitForURL(new RegExp(first));
    });
  });

  needing("a browser")("a name shows its type", async () => {
    await open(first, {}, async (page) => {
      const name = page.locator("[data-type^='const']").first();
      await hovered(page, name);
      await expect(page.locator("#type").textContent()).resolves.toBe(await name.getAttribute("data-type"));
    });
  });

  needing("a browser")("code is copied as it was written", async () => {
    await open(first, { permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
      const frame = page.locator(".with-copy").first();
      await page.clock.install();
      await page.clock.pauseAt(new Date(Date.now() + 60_000)); // So that it says "Copied" until we have seen it.
      await frame.hover();
      await frame.locator(".copy").click();
      await frame.locator(".copy", { hasText: "Copied" }).waitFor();
      await page.clock.runFor(1500);
      await frame.locator(".copy", { hasText: /^Copy$/ }).waitFor();
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      expect(copied).toBe(await frame.locator("pre").textContent());
    });
  });

  needing("a browser")("the chosen theme stays on the next page", async () => {
    await open(first, { colorScheme: "light" }, async (page) => {
      const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const light = await ground();
      await page.locator("#theme").click();
      const dark = await ground();
      expect(dark).not.toBe(light);
      await page.goto(`${site.address}kernel.html`);
      expect(await ground()).toBe(dark);
    });
  });
});

needing("a browser")("the first page trains a network at the press of a button", async () => {
  await open("index.html", { viewport: { width: 1280, height: 900 } }, async (page) => {
    await page.getByRole("button", { name: "Train it here", exact: true }).click();
    await page.locator('#cell-landing[data-state="done"]').waitFor();
    const computed = page.locator("#cell-landing .computed");
    expect(await computed.textContent()).toContain("49 parameters");
    await computed.locator(".js-plotly-plot").waitFor();
  });
});
