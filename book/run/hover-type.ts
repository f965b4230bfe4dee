/** The type of a name as a reader sees it on hovering: the same where the book is built and in the editor of a page. */
import ts from "typescript-6";

/** The type of the name at characters start … end − 1 of a cell. */
export interface HoverType {
  start: number;
  end: number;
  text: string;
}

/** Longer types are cut off: they explain nothing. */
const longest = 300;

/** What TypeScript knows of the name at `start` of `file`; undefined where that says nothing. */
export function typeAt(service: ts.LanguageService, file: string, start: number): HoverType | undefined {
  const info = service.getQuickInfoAtPosition(file, start);
  const text = ts
    .displayPartsToString(info?.displayParts)
    .replace(/^\(alias\) /, "")
    .replace(/\nimport .*$/s, "");
  if (!info || text === "" || text === "any") return undefined;
  const { textSpan } = info;
  const shown = text.length > longest ? `${text.slice(0, longest)} …` : text;
  return { start: textSpan.start, end: textSpan.start + textSpan.length, text: shown };
}
