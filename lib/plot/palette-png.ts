/**
 * PNG files with a palette: a plot has few colours, so one byte a pixel does, and the file is a third of the size.
 * The notebook keeps every picture twice (as PNG and within the HTML), so size matters.
 */
import { encode } from "fast-png";

/** A palette's size in a PNG file is one byte. */
const maxColors = 256;

/**
 * How far red, green and blue of a pixel may be off, of 255, the first that needs no more colours than there are: exact, or a
 * little different where lines and letters fade into the white, which the eye does not notice.
 */
const tolerances = [0, 8, 16, 24];

/** The share of pixels that may be off: of a heat map with a smooth colour scale it would be more. */
const maxShare = 0.05;

type Color = [red: number, green: number, blue: number];

/** The runs of equal colours, from a pixel up to another: there are far fewer than pixels. */
function* runsOf(colors: Uint32Array): Generator<[color: number, start: number, end: number]> {
  for (let start = 0, end = 1; start < colors.length; start = end++) {
    while (end < colors.length && colors[end] === colors[start]) end++;
    yield [colors[start]!, start, end];
  }
}

const channels = (rgb: number): Color => [rgb >> 16, (rgb >> 8) & 255, rgb & 255];

const distance = (a: Color, b: Color): number =>
  Math.max(Math.abs(a[0] - b[0]), Math.abs(a[1] - b[1]), Math.abs(a[2] - b[2]));

/**
 * A palette from which no colour is farther than `tolerance`, and each colour's place in it; the more frequent are exact.
 * Undefined where that needs too many colours, or changes too many pixels.
 */
function paletteOf(frequentFirst: [color: number, count: number][], tolerance: number, maxOff: number) {
  const palette: Color[] = [];
  const indexOf = new Map<number, number>();
  let off = 0;
  for (const [color, count] of frequentFirst) {
    const rgb = channels(color);
    const near = tolerance === 0 ? -1 : palette.findIndex((other) => distance(rgb, other) <= tolerance);
    if (near >= 0) off += count;
    indexOf.set(color, near >= 0 ? near : palette.push(rgb) - 1);
    if (palette.length > maxColors || off > maxOff) return undefined;
  }
  return { palette, indexOf };
}

/**
 * Writes opaque pixels as a PNG file with a palette of at most 256 colours. Returns undefined where that would be seen (smooth
 * colour scales).
 * @param image `pixels` are red, green, blue, alpha, a byte each, row by row
 */
export function palettePng(image: { width: number; height: number; pixels: Uint8Array }): Uint8Array | undefined {
  const { width, height, pixels } = image;
  const colors = new Uint32Array(pixels.length / 4);
  const counts = new Map<number, number>();
  for (let i = 0; i < colors.length; i++) {
    colors[i] = (pixels[4 * i]! << 16) | (pixels[4 * i + 1]! << 8) | pixels[4 * i + 2]!;
  }
  for (const [color, start, end] of runsOf(colors)) counts.set(color, (counts.get(color) ?? 0) + end - start);
  const frequentFirst = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  for (const tolerance of tolerances) {
    const found = paletteOf(frequentFirst, tolerance, maxShare * colors.length);
    if (!found) continue;
    const data = new Uint8Array(colors.length);
    for (const [color, start, end] of runsOf(colors)) data.fill(found.indexOf.get(color)!, start, end);
    return encode({ width, height, depth: 8, channels: 1, palette: found.palette, data }, { zlib: { level: 9 } });
  }
  return undefined;
}
