import { describe, expect, it } from "vitest";
import { bundleOf } from "../../../kernel/interpreter/formatters.js";
import { DataFrame, Series } from "../../../lib/danfo-ready.js";
import { tf } from "../../../lib/tensor.js";

const display = Symbol.for("Jupyter.display");

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

  it("shows a plain Plotly figure", async () => {
    const figure = { data: [{ y: [1] }], layout: { title: "t" } };
    expect(await bundleOf(figure)).toEqual({
      "application/vnd.plotly.v1+json": figure,
      "text/plain": "Plotly figure of 1 trace",
    });
  });

  it("does not take an object of a class of its own for a figure", async () => {
    class Page {
      data = [];
      layout = {};
    }
    expect(await bundleOf(new Page())).toEqual({ "text/plain": "Page { data: [], layout: {} }" });
  });
});
