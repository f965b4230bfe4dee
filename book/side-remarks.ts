/**
 * Remarks by the way: a whole sentence in parentheses at the end of a paragraph, "(A number takes four bytes.)", is one. A page with
 * room shows it in its margin (`client/style.css`), any other where it stands.
 */
import type MarkdownIt from "markdown-it";
import type { StateCore, Token } from "markdown-it";

/** A token of text, which alone holds parentheses that are not code or formula. */
const text = (state: StateCore, content: string): Token => Object.assign(new state.Token("text", "", 0), { content });

/** What stands before the remark at the end of a paragraph, and the remark; undefined without one. */
function split(children: readonly Token[], state: StateCore): [before: Token[], remark: Token[]] | undefined {
  const parts = children.flatMap((child) =>
    child.type === "text" ? child.content.split(/(?=[()])|(?<=[()])/).map((part) => text(state, part)) : [child],
  );
  if (parts.at(-1)?.content !== ")" || !/[.!?]$/.test(parts.at(-2)?.content ?? "")) return undefined;
  let depth = 0;
  const start = parts.findLastIndex(({ type, content }) => {
    if (type === "text") depth += content === ")" ? 1 : content === "(" ? -1 : 0;
    return depth === 0;
  });
  const isSentence = start > 0 && /^\p{Lu}/u.test(parts[start + 1]!.content);
  return isSentence ? [parts.slice(0, start), parts.slice(start)] : undefined;
}

/** The rule for Markdown-it: a paragraph of the page itself becomes two, beside each other. */
export function sideRemarks(markdown: MarkdownIt): void {
  markdown.core.ruler.push("side_remarks", (state) => {
    const { tokens } = state;
    const tag = (type: string, name: string, nesting: 1 | -1, className?: string): Token => {
      const token = Object.assign(new state.Token(type, name, nesting), { block: true });
      if (className) token.attrSet("class", className);
      return token;
    };
    const inline = (children: Token[]) => Object.assign(new state.Token("inline", "", 0), { children });
    const parts = tokens.map(({ level, children }, i) =>
      tokens[i - 1]?.type === "paragraph_open" && level === 1 ? split(children ?? [], state) : undefined,
    );
    state.tokens = tokens.flatMap((token, i) => {
      if (parts[i + 1]) return [tag("with_remark_open", "div", 1, "with-remark"), token];
      if (parts[i - 1]) return [token, tag("with_remark_close", "div", -1)];
      const [before, remark] = parts[i] ?? [];
      if (!before || !remark) return [token];
      return [inline(before), tag("paragraph_close", "p", -1), tag("paragraph_open", "p", 1, "remark"), inline(remark)];
    });
  });
}
