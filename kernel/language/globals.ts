/**
 * The types of what the kernel adds to the names a cell may use; `../interpreter/display.ts` and `../interpreter/loader.ts` define the values.
 */
export const globals = `
/** Representations of one value by MIME type: "text/html", "image/png" (base64), "text/plain", … */
type MimeBundle = { [mime: string]: unknown };

interface DisplayOptions {
  /** Names the output, so that a later call with \`update: true\` replaces it. */
  display_id?: string;
  /** Replaces the earlier outputs of the same \`display_id\`. Default: false. */
  update?: boolean;
  /** \`value\` is a MimeBundle already. Default: false. */
  raw?: boolean;
}

/** Shows \`value\` below the cell, as the cell's last value would be shown; resolves when it is formatted. */
declare function display(value: unknown, options?: DisplayOptions): Promise<void>;

/** Clears the outputs of the cell; with \`wait\` only when the next output comes, so that nothing flickers. Default: false. */
declare function clearOutput(wait?: boolean): void;

/** A value that is shown as HTML. */
declare function html(source: string): object;

/** A value that is shown as Markdown. */
declare function markdown(source: string): object;

/** A value that is shown as an SVG picture. */
declare function svg(source: string): object;

/** A value that is shown as a PNG picture. */
declare function png(bytes: Uint8Array): object;
`;
