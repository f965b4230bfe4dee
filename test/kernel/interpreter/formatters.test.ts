import { JSDOM } from "jsdom";
import { describe, expect, it } from "vitest";
import { tf } from "../../../engine/tensor.js";
import { bundleOf } from "../../../kernel/interpreter/formatters.js";
import { DataFrame, Series } from "../../../lib/danfo/ready.js";

const display = Symbol.for("Jupyter.display");

/** As Apache Arrow has it. */
const arrow = {
  schema: { fields: [{ name: "name" }, { name: "n" }] },
  numRows: 2,
  getChildAt: (column: number) => ({
    get: (row: number) =>
      [
        ["one", 1],
        ["two", 2],
      ][row]![column],
  }),
};

describe("bundleOf", () => {
  it.each([
    ["no object", 5],
    ["an empty object", {}],
    ["null", null],
  ])("refuses a display method that gives %s", async (_, bundle) => {
    class Odd {
      [display]() {
        return bundle;
      }
    }
    await expect(bundleOf(new Odd())).rejects.toThrow(/Expected an object of representations .* of Odd, received/);
  });

  it("passes on what a display method throws", async () => {
    const value = {
      [display]() {
        throw new Error("no ink");
      },
    };
    await expect(bundleOf(value)).rejects.toThrow("no ink");
  });

  it("takes the bundle of a display method, awaited", async () => {
    expect(await bundleOf({ [display]: () => ({ "text/html": "<b>" }) })).toEqual({ "text/html": "<b>" });
    expect(await bundleOf({ [display]: async () => ({ "text/html": "<i>" }) })).toEqual({ "text/html": "<i>" });
  });

  it.each([
    [1, "1"],
    ["a", "'a'"],
    [null, "null"],
    [{ a: [1, { b: 2 }] }, "{ a: [ 1, { b: 2 } ] }"],
    [Object.create(null), "[Object: null prototype] {}"],
  ])("shows %o as Node's prompt does", async (value, text) => {
    expect(await bundleOf(value)).toEqual({ "text/plain": text });
  });

  it("shows a DataFrame as an escaped HTML table and as text", async () => {
    const bundle = await bundleOf(new DataFrame({ a: [1, Number.NaN], "<b>": ["x", "&"] }));
    expect(bundle["text/plain"]).toBe("     a  <b>\n0    1    x\n1  NaN    &\n\n2 rows × 2 columns");
    expect(bundle["text/html"]).toContain("<tr><th></th><th>a</th><th>&#60;b&#62;</th></tr>");
    expect(bundle["text/html"]).toContain("<tr><th>1</th><td>NaN</td><td>&#38;</td></tr>");
  });

  it("shows both ends of a long and wide DataFrame and says its shape", async () => {
    const rows = Array.from({ length: 1000 }, (_, i) => Array.from({ length: 50 }, (_, j) => i * 50 + j));
    const text = String((await bundleOf(new DataFrame(rows)))["text/plain"]);
    const lines = text.split("\n");
    expect(lines).toHaveLength(1 + 10 + 1 + 10 + 2);
    expect(lines[1]).toMatch(/^ *0 +0 +1 .* … +40 .* 49$/);
    expect(lines[21]).toMatch(/^999 +49950 .* 49999$/);
    expect(lines.at(-1)).toBe("1000 rows × 50 columns");
  });

  it("shows a DataFrame whose columns have the names of its own properties", async () => {
    const table = new DataFrame([[1, 2, 3]], { columns: ["columns", "values", "index"] });
    expect((await bundleOf(table))["text/plain"]).toContain("columns  values  index");
  });

  it("shows a Series", async () => {
    expect((await bundleOf(new Series([1, 2])))["text/plain"]).toBe("   0\n0  1\n1  2\n\n2 rows × 1 columns");
  });

  it("shows a tensor's type, shape and values, and one that is disposed", async () => {
    const tensor = tf.tensor([[1, 2]]);
    expect(await bundleOf(tensor)).toEqual({ "text/plain": "Tensor float32 [1,2]\n     [[1, 2],]" });
    tensor.dispose();
    expect(await bundleOf(tensor)).toEqual({ "text/plain": "Tensor float32 [1,2], disposed" });
  });

  it.each([
    [
      "records",
      [{ a: 1, b: "<x>" }, { a: 2 }],
      /<tr><th>0<\/th><td>1<\/td><td>&#60;x&#62;<\/td><\/tr>\n<tr><th>1<\/th><td>2<\/td><td><\/td><\/tr>/,
      "[ { a: 1, b: '<x>' }, { a: 2 } ]",
    ],
    [
      "a map",
      new Map([["a", 1]]),
      /<th>key<\/th><th>value<\/th>.*\n.*\n.*\n<tr><td>a<\/td><td>1<\/td><\/tr>/,
      "Map(1) { 'a' => 1 }",
    ],
    [
      "an address",
      new URL("https://a.b/?c=1&d=2"),
      /^<a href="https:\/\/a\.b\/\?c=1&#38;d=2">/,
      "https://a.b/?c=1&d=2",
    ],
    [
      "numbers with a shape",
      { data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] },
      /<tr><th>1<\/th><td>4<\/td><td>5<\/td><td>6<\/td><\/tr>/,
      "Float32Array [2,3]\n[ [ 1, 2, 3 ], [ 4, 5, 6 ] ]",
    ],
    [
      "an Arrow table",
      arrow,
      /<th>name<\/th><th>n<\/th>.*\n.*\n.*\n<tr><td>one<\/td><td>1<\/td><\/tr>/,
      "name  n\n one  1\n two  2\n\n2 rows × 2 columns",
    ],
  ])("shows %s as HTML and as text", async (_, value, html, text) => {
    const bundle = await bundleOf(value);
    expect(bundle["text/html"]).toMatch(html);
    expect(bundle["text/plain"]).toBe(text);
  });

  it.each([
    ["nothing", []],
    ["records within records", [{ a: { b: 1 } }]],
    ["a list of anything", [1, { a: 1 }]],
    ["a map of objects", new Map([["a", {}]])],
    ["a shape of another size", { data: Float32Array.of(1), shape: [2] }],
    ["what runs code when it is opened", new URL("javascript:alert(1)")],
    ["a schema of another kind", { $schema: "https://json-schema.org/draft/2020-12/schema" }],
  ])("does not make HTML of %s", async (_, value) => {
    expect(Object.keys(await bundleOf(value))).toEqual(["text/plain"]);
  });

  it("shows both ends of many records", async () => {
    const html = String((await bundleOf(Array.from({ length: 5000 }, (_, a) => ({ a }))))["text/html"]);
    expect(html).toContain("<tr><th>4999</th><td>4999</td></tr>");
    expect(html).toContain("<p>5000 rows × 1 columns</p>");
  });

  it("shows nodes of a document, from jsdom", async () => {
    const { document } = new JSDOM("<p>a <b>b</b></p><svg width='3'><g/></svg>").window;
    expect(await bundleOf(document.querySelector("p"))).toEqual({
      "text/html": "<p>a <b>b</b></p>",
      "text/plain": "<p>",
    });
    expect(await bundleOf(document.querySelector("svg"))).toEqual({
      "image/svg+xml": '<svg xmlns="http://www.w3.org/2000/svg" width="3"><g></g></svg>',
      "text/plain": "<svg>",
    });
  });

  it("shows canvases and blobs that are pictures", async () => {
    const png = Uint8Array.of(1, 2, 3);
    const canvas = { width: 4, height: 5, getContext() {} };
    const shown = { "image/png": "AQID", "text/plain": "Canvas of 4 × 5" };
    expect(await bundleOf({ ...canvas, toBuffer: () => png })).toEqual(shown);
    expect(await bundleOf({ ...canvas, toBuffer: async () => png })).toEqual(shown);
    expect(await bundleOf({ ...canvas, toDataURL: () => "data:image/png;base64,AQID" })).toEqual(shown);
    expect(await bundleOf(new Blob([png], { type: "image/jpeg" }))).toEqual({
      "image/jpeg": "AQID",
      "text/plain": "Blob of 3 bytes, image/jpeg",
    });
    const svg = await bundleOf(new Blob(["<svg/>"], { type: "image/svg+xml" }));
    expect(svg["image/svg+xml"]).toBe("<svg/>");
  });

  it("shows specifications of Vega and Vega-Lite, plain and built", async () => {
    const spec = { $schema: "https://vega.github.io/schema/vega-lite/v5.20.json", title: "Bars", mark: "bar" };
    expect(await bundleOf(spec)).toEqual({
      "application/vnd.vegalite.v5+json": spec,
      "text/plain": "Vega-Lite chart: Bars",
    });
    const vega = { $schema: "https://vega.github.io/schema/vega/v5.json" };
    expect(await bundleOf(vega)).toEqual({ "application/vnd.vega.v5+json": vega, "text/plain": "Vega chart" });
    const built = { toSpec: () => ({ mark: "bar" }), toObject: () => ({}) };
    expect((await bundleOf(built))["application/vnd.vegalite.v5+json"]).toMatchObject({ mark: "bar" });
  });

  it("shows what throws at every question as Node does", async () => {
    const fail = () => {
      throw new Error("no");
    };
    expect((await bundleOf(new Proxy({ a: 1 }, { get: fail })))["text/plain"]).toBe("{ a: 1 }");
  });

  it("does not take an object of a class of its own for a figure", async () => {
    class Page {
      data = [];
      layout = {};
    }
    expect(await bundleOf(new Page())).toEqual({ "text/plain": "Page { data: [], layout: {} }" });
  });
});
