/**
 * How large text is, for Plotly in a page that has no layout engine: the boxes of SVG text, measured on a canvas with
 * the font that pictures are drawn in. Used by `picture.ts` alone.
 */
import { createRequire } from "node:module";
import { createCanvas, DOMMatrix, DOMPoint, GlobalFonts, type SKRSContext2D } from "@napi-rs/canvas";

/** The family that figures are set in: Plotly's own default. */
export const fontFamily = "Open Sans";

const { resolve } = createRequire(import.meta.url);

/** The font's files, regular and bold (Open Font License), from an npm package: a machine may have no fonts at all. */
export const fontFiles = ["400Regular", "700Bold"].map((style) =>
  resolve(`@expo-google-fonts/open-sans/${style}/OpenSans_${style}.ttf`),
);

/** A rectangle in px; `y` grows downwards. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

let canvas: SKRSContext2D | undefined;

function measuringCanvas(): SKRSContext2D {
  if (canvas) return canvas;
  for (const file of fontFiles) {
    if (!GlobalFonts.registerFromPath(file)) {
      throw new Error(`Expected a font in ${file}, received a file that is none: install the dependencies again.`);
    }
  }
  canvas = createCanvas(1, 1).getContext("2d");
  return canvas;
}

/** The value of a CSS property in the `style` of `element` or of the nearest ancestor that sets it. */
function inherited(element: Element, property: string): string | undefined {
  for (let node: Element | null = element; node; node = node.parentElement) {
    const value = (node as SVGElement).style.getPropertyValue(property);
    if (value) return value;
  }
  return undefined;
}

function fontSize(element: Element): number {
  return Number.parseFloat(inherited(element, "font-size") ?? "12");
}

/** The `tspan`s that are the lines of a `<text>`; none where it is on one line. */
function linesOf(text: Element): Element[] {
  return [...text.getElementsByClassName("line")];
}

/** The width in px of an element's text; parts of it may be bold or of another size. */
export function textLength(element: Element): number {
  const lines = linesOf(element);
  if (lines.length > 0) return Math.max(...lines.map(textLength));
  const canvas = measuringCanvas();
  let width = 0;
  for (const part of element.childNodes) {
    const styled = part.nodeType === 1 ? (part as Element) : element;
    canvas.font = `${inherited(styled, "font-weight") ?? "normal"} ${fontSize(styled)}px "${fontFamily}"`;
    width += canvas.measureText(part.textContent ?? "").width;
  }
  return width;
}

/** The box of one `<text>` in its own coordinates; its lines, if it has several, are `tspan`s of class "line". */
function ownBox(text: Element): Box {
  const width = textLength(text);
  const anchor = text.getAttribute("text-anchor") ?? inherited(text, "text-anchor");
  return {
    x: Number(text.getAttribute("x") ?? 0) - (anchor === "middle" ? width / 2 : anchor === "end" ? width : 0),
    y: Number(text.getAttribute("y") ?? 0) - fontSize(text),
    width,
    height: fontSize(text) * 1.3 * Math.max(1, linesOf(text).length),
  };
}

/** The `translate` and `rotate` steps (all that Plotly writes on text) from `element` up to `root`, which counts too. */
function transformUpTo(root: Element, element: Element): DOMMatrix {
  let matrix = new DOMMatrix();
  for (let node: Element | null = element; node; node = node === root ? null : node.parentElement) {
    let own = new DOMMatrix();
    for (const [, step, list = ""] of (node.getAttribute("transform") ?? "").matchAll(/(\w+)\(([^)]*)\)/g)) {
      const [a = 0, b = 0, c = 0] = list.split(/[\s,]+/).map(Number);
      if (step === "translate") own = own.translate(a, b);
      if (step === "rotate") own = own.translate(b, c).rotate(a).translate(-b, -c);
    }
    matrix = own.multiply(matrix);
  }
  return matrix;
}

/** The box around all the text in `element`, with the transforms of `element` and what is in it; empty without text. */
export function textBox(element: Element): Box {
  const texts = element.tagName === "text" ? [element] : [...element.querySelectorAll("text")];
  const corners = texts
    .filter((text) => text.textContent)
    .flatMap((text) => {
      const { x, y, width, height } = ownBox(text);
      const matrix = transformUpTo(element, text);
      return [x, x + width].flatMap((cx) => [y, y + height].map((cy) => matrix.transformPoint(new DOMPoint(cx, cy))));
    });
  if (corners.length === 0) return { x: 0, y: 0, width: 0, height: 0 };
  const xs = corners.map((corner) => corner.x);
  const ys = corners.map((corner) => corner.y);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}
