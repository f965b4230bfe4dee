/** A figure in all its forms: what each holds, that the picture is real, and that nothing is lost or doubled. */
import { describe, expect, it } from "vitest";
import { Figure } from "../../plot/figure.js";
import { colors } from "../../plot/style.js";
import { decodePng } from "../helpers/png.js";

const display = Symbol.for("Jupyter.display");
const bundleOf = async (figure: Figure): Promise<Record<string, unknown>> =>
  (figure as unknown as Record<symbol, () => Promise<Record<string, unknown>>>)[display]!();

const line = () =>
  new Figure([{ type: "scatter", name: "train", x: [1, 2, 3], y: [4, 1, 2] }], { title: { text: "Loss" } });

describe("Figure", () => {
  it("refuses an empty list of traces", () => {
    expect(() => new Figure([])).toThrow("Expected at least one trace in new Figure(data, layout), received [].");
  });

  it("shows itself as Plotly data, HTML, a picture and text", async () => {
    const bundle = await bundleOf(line());
    expect(Object.keys(bundle)).toEqual(["application/vnd.plotly.v1+json", "text/html", "image/png", "text/plain"]);
    expect(bundle["application/vnd.plotly.v1+json"]).toMatchObject({
      data: [{ type: "scatter", name: "train", x: [1, 2, 3], y: [4, 1, 2] }],
      layout: { title: { text: "Loss" }, width: 720, height: 400 },
    });
    expect(bundle["text/plain"]).toBe('Figure "Loss": train goes from 4 to 2.');
    expect(bundle["text/html"]).toContain(`src="data:image/png;base64,${bundle["image/png"]}"`);
  });

  it("never holds plotly.js: the whole bundle of a small figure is small", async () => {
    expect(JSON.stringify(await bundleOf(line())).length).toBeLessThan(80_000);
  });

  it("draws a picture at twice its size, with its line in its colour and text around it", async () => {
    const picture = await decodePng(await line().png());
    expect([picture.width, picture.height]).toEqual([1440, 800]);
    expect(picture.colors.get(colors[0]!.toLowerCase())).toBeGreaterThan(2000);
    expect(picture.ink).toBeGreaterThan(0.01);
    expect(picture.ink).toBeLessThan(0.1);
  });

  it("draws its text: more of it takes more ink", async () => {
    const bare = await decodePng(await new Figure([{ type: "scatter", y: [1, 2] }]).png());
    const titled = await decodePng(
      await new Figure([{ type: "scatter", y: [1, 2] }], { title: { text: "A long title" } }).png(),
    );
    expect(titled.ink - bare.ink).toBeGreaterThan(0.001);
  });

  it("draws the same bytes for the same figure", async () => {
    expect(Buffer.from(await line().png()).equals(Buffer.from(await line().png()))).toBe(true);
  });

  it("draws a transparent figure on white", async () => {
    const clear = "rgba(0,0,0,0)";
    const figure = new Figure([{ type: "scatter", y: [1, 2] }], { paper_bgcolor: clear, plot_bgcolor: clear });
    expect((await decodePng(await figure.png())).at(5, 5)).toBe("#ffffff");
  });

  it("draws a heatmap's cells with sharp edges", async () => {
    const figure = new Figure(
      [
        {
          type: "heatmap",
          z: [[0, 1]],
          showscale: false,
          colorscale: [
            [0, "#ff0000"],
            [1, "#0000ff"],
          ],
        },
      ],
      {
        margin: { l: 0, r: 0, t: 0, b: 0 },
        width: 200,
        height: 100,
      },
    );
    const picture = await decodePng(await figure.png());
    expect([picture.at(20, 100), picture.at(190, 100), picture.at(210, 100), picture.at(380, 100)]).toEqual([
      "#ff0000",
      "#ff0000",
      "#0000ff",
      "#0000ff",
    ]);
  });

  it("draws more colours than a palette holds", async () => {
    const z = [Array.from({ length: 400 }, (_, i) => i)];
    const layout = { margin: { l: 0, r: 0, t: 0, b: 0 }, width: 400, height: 50 };
    const stops = ["#000000", "#ff0000", "#ffff00", "#00ff00", "#00ffff", "#0000ff", "#ff00ff", "#ffffff"];
    const colorscale = stops.map((color, i): [number, string] => [i / 7, color]);
    const figure = new Figure([{ type: "heatmap", z, colorscale, showscale: false }], layout);
    expect((await decodePng(await figure.png())).colors.size).toBe(400);
  });

  it("takes soft edges from a palette: pictures of lines are small", async () => {
    const lines = Array.from({ length: 7 }, (_, i) => ({ y: [i, i + 3, i - 2, i + 4, i], name: `line ${i}` }));
    const png = await new Figure(lines).png();
    const { colors } = await decodePng(png);
    expect(colors.size).toBeLessThanOrEqual(256);
    expect(colors.get("#0072b2")).toBeGreaterThan(1000);
    expect(png.length).toBeLessThan(40_000);
  });

  it("shows what only a browser can draw without a picture, and says so", async () => {
    const figure = new Figure([
      {
        type: "surface",
        z: [
          [1, 2],
          [3, 4],
        ],
      },
    ]);
    const bundle = await bundleOf(figure);
    expect(Object.keys(bundle)).toEqual(["application/vnd.plotly.v1+json", "text/html", "text/plain"]);
    expect(bundle["text/html"]).toContain(
      "<p>Figure: surface. This kind of figure is drawn only where scripts run.</p>",
    );
    await expect(figure.png()).rejects.toThrow(
      'Expected traces that can be drawn without a browser, received "surface" in Figure.png().',
    );
  });

  it("takes typed arrays, and writes fractions with 7 significant digits and integers whole", () => {
    const figure = new Figure([
      { type: "scatter", x: Float64Array.of(1 / 3, 1_700_000_000_001), y: Float32Array.of(0.1, Number.NaN) },
    ]);
    expect(figure.toJSON().data).toEqual([{ type: "scatter", x: [0.3333333, 1_700_000_000_001], y: [0.1, null] }]);
  });

  it("keeps markup in titles and names from breaking out of the HTML", async () => {
    const bundle = await bundleOf(
      new Figure([{ type: "scatter", name: '"</script>&', y: [1, 2] }], { title: { text: "</script><b>x</b>" } }),
    );
    const html = String(bundle["text/html"]);
    expect(html.match(/<\/script>/g)).toHaveLength(1);
    expect(html).toContain('alt="Figure &quot;x&quot;: &quot;&amp; goes from 1 to 2."');
  });
});
