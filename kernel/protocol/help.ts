/**
 * What is known of a name, for `inspect_request` and for the cell `name?`: its type, with the signatures of a function, and
 * the comment at its declaration.
 */
import type { Language } from "../language/language.js";
import type { MimeBundle } from "../wire/message.js";
import type { Cursor } from "./cursor.js";

/**
 * Text and Markdown about the name at the cursor, or about the function whose arguments are being written there; undefined
 * where there is none, or nothing is known of it.
 */
export async function describe(
  language: Language,
  { code, offset, prefix }: Pick<Cursor, "code" | "offset" | "prefix">,
): Promise<MimeBundle | undefined> {
  const isName = /^[\p{ID_Start}$_]/u.test(prefix || code.slice(offset));
  const start = isName ? offset - prefix.length : calledName(code.slice(0, offset));
  const hover = start === undefined ? undefined : await language.inspect(code, start);
  if (!hover) return undefined;
  const { signature, documentation, tags } = hover;
  const more = [documentation, tags.join("\n")].filter(Boolean);
  return {
    "text/plain": [signature, ...more].join("\n\n"),
    "text/markdown": [`\`\`\`typescript\n${signature}\n\`\`\``, ...more].join("\n\n"),
  };
}

/** Where the name begins whose call is open at the end of `before`: that of `f` in `f(1, g(2), `. */
function calledName(before: string): number | undefined {
  let open = 0;
  for (let at = before.length - 1; at >= 0; at--) {
    if (before[at] === ")") open += 1;
    else if (before[at] === "(" && --open < 0) {
      const name = /[\p{ID_Continue}$]+\s*$/u.exec(before.slice(0, at));
      return name?.index;
    }
  }
  return undefined;
}

/** The expression that a cell asks help for: `name?`, `name??` or `?name`, also `math.sin?`; undefined for other cells. */
export function helpAskedFor(cell: string): string | undefined {
  const path = /^(?:\?\??\s*([\p{ID_Continue}$.]+)|([\p{ID_Continue}$.]+)\s*\?\??)$/u.exec(cell.trim());
  return path?.[1] ?? path?.[2];
}

/** The payload that makes a front end open help on `expression`; undefined when nothing is known of it. */
export async function helpPage(language: Language, expression: string): Promise<object | undefined> {
  const prefix = /[^.]*$/.exec(expression)![0];
  const data = await describe(language, { code: expression, offset: expression.length, prefix });
  return data && { source: "page", start: 0, data };
}
