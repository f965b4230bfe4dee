/** Figures in a page: a picture where nothing runs, the interactive figure once the page has plotly.js. */
import { describe, expect, it } from "vitest";
import { bundleOf } from "../../../kernel/interpreter/formatters.js";
import { plotlyFile } from "../../../kernel/interpreter/plain-figure.js";
import { figureMessages, isFigure, plotlyScript } from "../../../kernel/protocol/plotly.js";
import { Figure } from "../../../plot/figure.js";
import { withPage } from "../../helpers/browser.js";
import { needing, root } from "../../helpers/needs.js";

const line = bundleOf(new Figure([{ type: "scatter", y: [1, 3, 2] }], { title: { text: "A line" } }));
const surface = bundleOf(
  new Figure([
    {
      type: "surface",
      z: [
        [1, 2],
        [3, 4],
      ],
    },
  ]),
);
const html = async (bundle: typeof line) => String((await bundle)["text/html"]);

describe("the messages that show a figure first", () => {
  it("bring plotly.js, and at once replace it by the figure alone", async () => {
    const [first, second, ...others] = figureMessages(await line, "id-1", "<script>plotly</script>");
    expect(others).toEqual([]);
    expect(first).toMatchObject({ msg_type: "display_data", content: { transient: { display_id: "id-1" } } });
    expect(first?.content.data).toEqual({ ...(await line), "text/html": `<script>plotly</script>${await html(line)}` });
    expect(second).toEqual({
      msg_type: "update_display_data",
      content: { data: await line, metadata: {}, transient: { display_id: "id-1" } },
    });
  });

  it("replace an output that is there", async () => {
    const messages = figureMessages(await line, "id-1", "<script>plotly</script>", true);
    expect(messages.map(({ msg_type }) => msg_type)).toEqual(["update_display_data", "update_display_data"]);
  });

  it("are for figures that show themselves in HTML", async () => {
    expect(isFigure(await line)).toBe(true);
    expect(isFigure({ "text/html": "<b>a table</b>", "text/plain": "a table" })).toBe(false);
    expect(isFigure({ "application/vnd.plotly.v1+json": {}, "text/plain": "a figure" })).toBe(false);
  });
});

describe("a figure's HTML in a browser", () => {
  const pictureWidth = 'document.querySelector("img").naturalWidth';

  needing("a browser")("shows the picture where no plotly.js comes", async () => {
    await withPage(await html(line), async (page) => {
      await page.waitForFunction(`${pictureWidth} > 0`);
      expect(await page.evaluate(pictureWidth)).toBe(1440);
      expect(await page.locator("img").boundingBox()).toMatchObject({ width: 720, height: 400 });
      expect(await page.locator(".main-svg").count()).toBe(0);
    });
  });

  needing("a browser")("shows the picture where scripts are off", async () => {
    const look = async (page: Parameters<Parameters<typeof withPage>[1]>[0]) => {
      expect(await page.locator("img").boundingBox()).toMatchObject({ width: 720, height: 400 });
      expect(await page.locator("img").getAttribute("alt")).toBe('Figure "A line": a line goes from 1 to 2.');
    };
    await withPage(await html(line), look, false);
  });

  needing("a browser")("becomes interactive when plotly.js comes, before it or after it", async () => {
    const script = await plotlyScript(plotlyFile([root])!);
    for (const page of [`${await html(line)}${script}${await html(line)}`, `${script}${script}${await html(line)}`]) {
      const figures = page.split("previousElementSibling").length - 1;
      await withPage(page, async (page) => {
        await page.waitForFunction(`document.querySelectorAll(".js-plotly-plot .js-line").length === ${figures}`);
        expect(await page.locator("img").count()).toBe(0);
        expect(await page.locator(".gtitle").allTextContents()).toEqual(Array(figures).fill("A line"));
        const trace = 'document.querySelector(".js-plotly-plot").data[0].y.join()';
        expect(await page.evaluate(trace)).toBe("1,3,2");
      });
    }
  });

  needing("a browser", "all")("changes the figure that was in the same output, which is not drawn anew", async () => {
    const other = bundleOf(new Figure([{ type: "scatter", y: [2, 2] }], { title: { text: "Another" } }));
    await withPage(`<div id="output">${await html(line)}</div>`, async (page) => {
      await page.addScriptTag({ path: plotlyFile([root])! });
      await page.evaluate('window.dispatchEvent(new Event("plotly-ready"))');
      await page.locator(".js-plotly-plot").evaluate((figure) => figure.setAttribute("data-first", "yes"));
      await page.locator("#output").evaluate(
        (output, next) => {
          // As JupyterLab replaces an output.
          output.innerHTML = next;
          const script = output.querySelector("script")!;
          const again = document.createElement("script");
          again.textContent = script.textContent;
          script.replaceWith(again);
        },
        await html(other),
      );
      await page.locator(".gtitle", { hasText: "Another" }).waitFor();
      expect(await page.locator(".js-plotly-plot").getAttribute("data-first")).toBe("yes");
      expect(await page.locator(".js-plotly-plot, img").count()).toBe(1);
    });
  });

  needing("a browser")("says in words what only a browser draws, until plotly.js comes", async () => {
    await withPage(await html(surface), async (page) => {
      expect(await page.locator("p").textContent()).toContain("surface. This kind of figure is drawn only where");
    });
  });
});
