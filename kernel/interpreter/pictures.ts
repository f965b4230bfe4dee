/** Values that are a picture: nodes of a document, canvases, blobs. Recognised by their shape: they may come from any package. */
import type { MimeBundle } from "../wire/message.js";
import type { Kind } from "./kind.js";

interface Element {
  outerHTML: string;
  localName: string;
}

/** An element of the DOM, as jsdom, linkedom and Observable Plot make them. */
export const element: Kind<Element> = {
  is: (value) => value.nodeType === 1 && typeof value.outerHTML === "string" && typeof value.localName === "string",
  show({ outerHTML, localName }) {
    const text = { "text/plain": `<${localName}>` };
    if (localName !== "svg") return { "text/html": outerHTML, ...text };
    // In HTML the namespace goes without saying; in a picture of its own it does not.
    const isNamed = /^<svg[^>]*\sxmlns=/.test(outerHTML);
    const picture = isNamed ? outerHTML : outerHTML.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"');
    return { "image/svg+xml": picture, ...text };
  },
};

interface Canvas {
  width: number;
  height: number;
  toBuffer?(type: string): Uint8Array | Promise<Uint8Array>;
  toDataURL?(type: string): string | Promise<string>;
}

/** A canvas: of node-canvas, skia-canvas, @napi-rs/canvas and their like. */
export const canvas: Kind<Canvas> = {
  is: ({ getContext, toBuffer, toDataURL, width }) =>
    typeof getContext === "function" &&
    typeof width === "number" &&
    (typeof toBuffer === "function" || typeof toDataURL === "function"),
  async show(value) {
    const png = value.toBuffer
      ? Buffer.from(await value.toBuffer("image/png")).toString("base64")
      : (await value.toDataURL!("image/png")).replace(/^data:[^,]*,/, "");
    return { "image/png": png, "text/plain": `Canvas of ${value.width} × ${value.height}` };
  },
};

/** A blob of a picture. */
export const pictureBlob: Kind<Blob> = {
  is: (value) => value instanceof Blob && value.type.startsWith("image/"),
  async show(blob): Promise<MimeBundle> {
    const type = blob.type.split(";")[0]!;
    const data = type.endsWith("xml") ? await blob.text() : Buffer.from(await blob.arrayBuffer()).toString("base64");
    return { [type]: data, "text/plain": `Blob of ${blob.size} bytes, ${type}` };
  },
};
