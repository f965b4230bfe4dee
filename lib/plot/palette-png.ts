/**
 * PNG files with a palette: a plot has few colours, so one byte a pixel does, and the file is a third of the size.
 * The notebook keeps every picture twice (as PNG and within the HTML), so size matters.
 */
import { encode } from "fast-png";

/** A palette's size in a PNG file is one byte. */
const maxColors = 256;

/** The pixels as indices into a palette, every channel rounded to a multiple of `step`; undefined with too many colours. */
function indexed(pixels: Uint8Array, step: number) {
  const indexOf = new Map<number, number>();
  const palette: number[][] = [];
  const data = new Uint8Array(pixels.length / 4);
  for (let i = 0; i < data.length; i++) {
    const rgb = [0, 1, 2].map((channel) => Math.round((pixels[4 * i + channel] ?? 0) / step) * step);
    const [r = 0, g = 0, b = 0] = rgb;
    const key = (r << 16) | (g << 8) | b;
    let index = indexOf.get(key);
    if (index === undefined) {
      if (palette.length === maxColors) return undefined;
      index = palette.push(rgb) - 1;
      indexOf.set(key, index);
    }
    data[i] = index;
  }
  return { data, palette };
}

/**
 * Writes opaque pixels as a PNG file with a palette of at most 256 colours: the exact ones, or rounded to steps of 5 of
 * 255, which the eye does not notice. Returns undefined where that does not do (smooth colour scales).
 * @param image `pixels` are red, green, blue, alpha, a byte each, row by row
 */
export function palettePng(image: { width: number; height: number; pixels: Uint8Array }): Uint8Array | undefined {
  const { width, height, pixels } = image;
  for (const step of [1, 5]) {
    const indices = indexed(pixels, step);
    if (indices) return encode({ width, height, depth: 8, channels: 1, ...indices }, { zlib: { level: 9 } });
  }
  return undefined;
}
