/** Looks into a PNG file with a decoder that is not the one that wrote it. */
import { createCanvas, loadImage } from "@napi-rs/canvas";

export interface Picture {
  width: number;
  height: number;
  /** How many pixels have each colour, written as in CSS: "#0072b2". */
  colors: Map<string, number>;
  /** The share of pixels that are not white. */
  ink: number;
  /** The colour of one pixel. */
  at(x: number, y: number): string;
}

export async function decodePng(file: Uint8Array): Promise<Picture> {
  const image = await loadImage(file);
  const { width, height } = image;
  const context = createCanvas(width, height).getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const at = (x: number, y: number) => {
    const start = 4 * (y * width + x);
    return `#${Buffer.from(data.subarray(start, start + 3)).toString("hex")}`;
  };
  const colors = new Map<string, number>();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) colors.set(at(x, y), (colors.get(at(x, y)) ?? 0) + 1);
  }
  return { width, height, colors, ink: 1 - (colors.get("#ffffff") ?? 0) / (width * height), at };
}
