/** Contours: the function's values, the levels, the paths, and one clear error for wrong paths. */
import { expect, it } from "vitest";
import { contourFigure } from "../../plot/contour.js";
import { gridFigure } from "../../plot/grid.js";
import { decodePng } from "../helpers/png.js";

const f = (x: number, y: number) => x ** 2 / 20 + y ** 2;
const options = { title: "Bowl", xRange: [-8, 8], yRange: [-3, 3] } as const;

it("computes the function over both ranges, and draws the paths over it", () => {
  const paths = { SGD: { x: [-7, 1], y: [2, 0] }, Adam: { x: [-7], y: [2] } };
  const { data, layout } = contourFigure(f, { ...options, levels: { from: 1, to: 7, step: 2 }, paths }).toJSON();
  const [contour, sgd, adam] = data as [{ x: number[]; y: number[]; z: number[][] }, object, object];
  expect([contour.x[0], contour.x.at(-1), contour.y[0], contour.y.at(-1)]).toEqual([-8, 8, -3, 3]);
  expect(contour.z[0]![20]).toBe(9);
  expect(contour.z[20]![0]).toBeCloseTo(3.2, 6);
  expect(contour).toMatchObject({ autocontour: false, contours: { start: 1, end: 7, size: 2 }, showlegend: false });
  expect(sgd).toMatchObject({ type: "scatter", name: "SGD", x: [-7, 1], y: [2, 0] });
  expect(adam).toMatchObject({ name: "Adam" });
  expect(layout.xaxis).toMatchObject({ title: { text: "x" }, range: [-8, 8] });
});

it("refuses a path whose x and y differ in number", () => {
  expect(() => contourFigure(f, { ...options, paths: { SGD: { x: [1, 2], y: [1] } } })).toThrow(
    'contourFigure: expected as many x as y in path "SGD", received 2 and 1.',
  );
});

it("has a picture with lines in it, alone and in a grid, where only the paths stand in the legend", async () => {
  const figure = contourFigure(f, { ...options, paths: { SGD: { x: [-7, 1], y: [2, 0] } } });
  const { ink } = await decodePng(await figure.png());
  const plain = await decodePng(await contourFigure(() => 0, { ...options, paths: {} }).png());
  expect(ink).toBeGreaterThan(plain.ink + 0.005);
  const { data } = gridFigure([figure, figure], { title: "Two" }).toJSON();
  expect((data as { showlegend?: boolean }[]).map(({ showlegend }) => showlegend)).toEqual([false, true, false, false]);
});
