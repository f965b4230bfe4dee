/**
 * HTML that a notebook brings along. A notebook may be anybody's: only tags that do nothing (tables, emphasis) stand in the page
 * itself. Whatever else a cell has shown runs in a frame without access to the page and without the network; in a text it is shown
 * as it was written.
 */
import { escapeHtml } from "./escape.js";

const tags =
  "table|thead|tbody|tfoot|tr|th|td|caption|details|summary|p|br|hr|ul|ol|li|div|span|b|i|em|strong|u|s|small|sub|sup|code|pre|kbd|progress";
/** Attributes that neither run nor load anything, nor reach beyond their own tag; `data-cell` marks the places of cells. */
const attributes = "colspan|rowspan|scope|value|max|open|title|lang|dir|data-cell";
const harmlessTag = `</?(?:${tags})(?:\\s+(?:${attributes})(?:="[^"<>]*")?)*\\s*/?>`;
const harmless = new RegExp(`^(?:[^<]|${harmlessTag})*$`, "i");

/** Tags that have no end. */
const single = /^(?:br|hr)$/i;

/** Whether each tag of `html` is closed in it, so that it ends nothing of the page around it. */
function isWhole(html: string): boolean {
  const open: string[] = [];
  for (const [, slash, tag] of html.matchAll(/<(\/?)(\w+)/g)) {
    if (!slash && !single.test(tag!)) open.push(tag!);
    if (slash && open.pop() !== tag) return false;
  }
  return open.length === 0;
}

/** `html` of a text, which is shown as it was written where it could do something. */
export const inText = (html: string): string => (harmless.test(html) ? html : escapeHtml(html));

/** A table's empty corner is no heading, which screen readers would announce. */
const withoutEmptyHeadings = (html: string) => html.replace(/<th([^>]*)>\s*<\/th>/gi, "<td$1></td>");

/** Nothing is loaded, from nowhere. */
const policy =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; font-src data:; media-src data:";

/** The frame tells its height, which is all that leaves it; `client/book.ts` listens. */
const tellHeight = `<script>
new ResizeObserver(() => parent.postMessage({ frameHeight: document.documentElement.scrollHeight }, "*")).observe(document.body);
</script>`;

/** What a cell has shown as HTML; `title` names it for those who do not see it. */
export function shownHtml(html: string, title: string): string {
  if (harmless.test(html) && isWhole(html))
    return `<div class="output table" tabindex="0">${withoutEmptyHeadings(html)}</div>`;
  const page = `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><body>${html}${tellHeight}`;
  return `<iframe class="output" sandbox="allow-scripts" title="${title}" srcdoc="${escapeHtml(page)}"></iframe>`;
}
