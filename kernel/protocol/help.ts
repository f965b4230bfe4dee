/**
 * What is known of a name, for `inspect_request` and for the cells `name?` and `name??`: its type, with the signatures of a
 * function, the comment at its declaration, its source.
 */
import type { Language } from "../language/language.js";
import type { MimeBundle } from "../wire/message.js";
import type { Cursor } from "./cursor.js";
import type { MainThread } from "./main-thread.js";

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
  // In Markdown a line break alone is none.
  const paragraphs = [documentation, ...tags].filter(Boolean);
  return {
    "text/plain": [signature, ...more].join("\n\n"),
    "text/markdown": [`\`\`\`typescript\n${signature}\n\`\`\``, ...paragraphs].join("\n\n"),
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

/** What a cell asks help for: by `name?` or `?name`, also `math.sin?`; with two signs the source is asked for, too. */
export interface HelpAsked {
  expression: string;
  wantsSource: boolean;
}

/** What `cell` asks help for; undefined for other cells. */
export function helpAskedFor(cell: string): HelpAsked | undefined {
  const found = /^(?:(\?\??)\s*([\p{ID_Continue}$.]+)|([\p{ID_Continue}$.]+)\s*(\?\??))$/u.exec(cell.trim());
  const expression = found?.[2] ?? found?.[3];
  return expression === undefined ? undefined : { expression, wantsSource: (found?.[1] ?? found?.[4]) === "??" };
}

/** The payload that makes a front end open help; undefined when nothing is known of the name. `main` has its value. */
export async function helpPage(
  language: Language,
  main: MainThread,
  { expression, wantsSource }: HelpAsked,
): Promise<object | undefined> {
  const prefix = /[^.]*$/.exec(expression)![0];
  const known = await describe(language, { code: expression, offset: expression.length, prefix });
  const source = wantsSource ? (language.sourceOf(expression) ?? (await main.sourceOf(expression))) : undefined;
  if (!known || source === undefined) return known && { source: "page", start: 0, data: known };
  const data = {
    "text/plain": `${known["text/plain"]}\n\n${source}`,
    "text/markdown": `${known["text/markdown"]}\n\n\`\`\`typescript\n${source}\n\`\`\``,
  };
  return { source: "page", start: 0, data };
}
