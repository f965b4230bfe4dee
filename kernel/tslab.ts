/**
 * What notebooks written for tslab import from "tslab": its public interface, on top of this kernel's `display`. Such
 * notebooks run unchanged. Source: tslab 1.0.22, dist/public.d.ts.
 */
import { randomUUID } from "node:crypto";

/** Versions by the names tslab gives them; `tslab` is the one whose interface this is. */
export const versions = { tslab: "1.0.22", typescript: "7.0.2", node: process.version };

/** Shows data of one type below the cell. */
export interface Display {
  javascript(source: string): void;
  html(source: string): void;
  markdown(source: string): void;
  latex(source: string): void;
  svg(source: string): void;
  png(bytes: Uint8Array): void;
  jpeg(bytes: Uint8Array): void;
  gif(bytes: Uint8Array): void;
  pdf(bytes: Uint8Array): void;
  text(text: string): void;
  /** Shows `data` of any MIME type; bytes are sent as base64. */
  raw(contentType: string, data: string | Uint8Array): void;
}

type Show = (bundle: object, options: { raw: true; display_id?: string; update?: boolean }) => Promise<void>;

function displayBy(raw: Display["raw"]): Display {
  const as = (contentType: string) => (data: string | Uint8Array) => raw(contentType, data);
  return {
    javascript: as("text/javascript"),
    html: as("text/html"),
    markdown: as("text/markdown"),
    latex: as("text/latex"),
    svg: as("image/svg+xml"),
    png: as("image/png"),
    jpeg: as("image/jpeg"),
    gif: as("image/gif"),
    pdf: as("application/pdf"),
    text: as("text/plain"),
    raw,
  };
}

function show(
  contentType: string,
  data: string | Uint8Array,
  options: { display_id?: string; update?: boolean },
): void {
  const text = typeof data === "string" ? data : Buffer.from(data).toString("base64");
  const { display } = globalThis as unknown as { display: Show };
  void display({ [contentType]: text }, { raw: true, ...options });
}

/** Shows below the running cell. */
export const display: Display = displayBy((contentType, data) => show(contentType, data, {}));

/** A display whose every call replaces what the one before has shown. */
export function newDisplay(): Display {
  const display_id = randomUUID();
  let update = false;
  return displayBy((contentType, data) => {
    show(contentType, data, { display_id, update });
    update = true;
  });
}
