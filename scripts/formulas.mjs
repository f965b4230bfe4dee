/**
 * The formulas of the documentation comments, which are written to be read there, "w ← w − learningRate · g / (√h + epsilon)", set as
 * formulas in the reference: found in the text by how formulas are built, and given to KaTeX for MathML. What is not known to be
 * one stays text.
 */
import katex from "katex";

/** Words of the sentence around a formula. */
const prose = new Set(
  "over of where and or with in for else at the to on by is as than all when then its it so that what from be are has".split(
    " ",
  ),
);
/** Functions that are written before their argument without parentheses, too. */
const functions = new Set(["log", "ln", "cos", "sin"]);
/** Between two terms. */
const operators = {
  ...{ "=": "=", "←": "\\leftarrow", "→": "\\to", "≤": "\\le", "≥": "\\ge", "<": "<", ">": ">" },
  ...{ "+": "+", "−": "-", "·": "\\cdot", "⊙": "\\odot", "/": "/" },
};
/** Around a term: the end of each, and how both are set. */
const brackets = {
  ...{ "(": [")", "(", ")"], "|": ["|", "\\lvert ", "\\rvert "], "‖": ["‖", "\\lVert ", "\\rVert "] },
  ...{ "⌊": ["⌋", "\\lfloor ", "\\rfloor "], "⌈": ["⌉", "\\lceil ", "\\rceil "] },
};
const above = new Map(Array.from("⁰¹²³⁴⁵⁻ᵀᵗˣᵖᶜˢ", (mark, i) => [mark, "012345-Ttxpcs"[i]]));
const below = new Map(Array.from("₀₁₂ₙₜᵢⱼₖ", (mark, i) => [mark, "012ntijk"[i]]));
const scriptMarks = [...above.keys(), ...below.keys(), "′"].join("");
const letter = `(?:(?![Σ${scriptMarks}])\\p{L}\\p{M}?)`;
/** Blanks, numbers, words, what stands above or below a word, and any other mark. */
const token = new RegExp(
  `(\\s+)|(\\d+(?:,\\d{3})*(?:\\.\\d+)?(?:e-?\\d+)?)|(${letter}(?:${letter}|\\d)*)|([${scriptMarks}]+)|(.)`,
  "gu",
);
const isLetter = (word) => word.normalize("NFD").replace(/\p{M}/gu, "").length === 1;

/** The tokens of a text: what they are, their text, where they begin, and whether a space stands before them. */
function tokensOf(text) {
  const found = [];
  let space = true;
  for (const { 0: whole, 1: blank, 2: number, 3: word, 4: script, index } of text.matchAll(token)) {
    const kind = number ? "number" : word ? "word" : script ? "script" : "mark";
    if (!blank) found.push({ kind, text: whole, at: index, space });
    space = blank !== undefined;
  }
  return found;
}

/** Reads tokens as a formula; each method gives the LaTeX of a part, or undefined, and then nothing has been read. */
class Reader {
  constructor(tokens, start) {
    this.tokens = tokens;
    this.start = start;
    this.place = start;
  }

  get next() {
    return this.tokens[this.place] ?? { kind: "end", text: "", space: true };
  }

  /** Takes the next token where it is `text`. */
  take(text) {
    const isThere = this.next.text === text;
    if (isThere) this.place += 1;
    return isThere;
  }

  attempt(read) {
    const before = this.place;
    const latex = read();
    if (latex === undefined) this.place = before;
    return latex;
  }

  /** Terms and what is between them. */
  expression() {
    return this.parts()?.join(" ");
  }

  /** The same in the parts between which a line may end: before a sum's or a relation's sign. */
  parts() {
    return this.attempt(() => {
      const sign = this.take("−") ? "-" : this.take("±") ? "\\pm " : "";
      const first = this.term();
      if (first === undefined) return undefined;
      const parts = [sign + first];
      for (let part = this.operation(); part !== undefined; part = this.operation()) {
        if (/^(?:\\cdot|\\odot|\/)/.test(part)) parts.push(`${parts.pop()} ${part}`);
        else parts.push(part);
      }
      return parts;
    });
  }

  operation() {
    return this.attempt(() => {
      const { text, space } = this.next;
      if (!Object.hasOwn(operators, text)) return undefined;
      const before = this.tokens[this.place - 1];
      this.place += 1;
      // "logit −∞" and "Ctrl+C" are none; of those without spaces only "∂loss/∂x" and "1/4" are.
      const isFraction = text === "/" && !space && (this.next.text === "∂" || before.kind === "number");
      if (space !== this.next.space || !(space || isFraction)) return undefined;
      const sign = this.take("−") ? "-" : "";
      const term = this.term();
      return term === undefined ? undefined : `${operators[text]} ${sign}${term}`;
    });
  }

  /** Factors without a sign between them. */
  term() {
    const parts = [this.factor()];
    while (parts.at(-1) !== undefined && this.isProduct()) parts.push(this.factor());
    if (parts.length > 1 && parts.at(-1) === undefined) parts.pop();
    return parts[0] === undefined ? undefined : parts.join(" \\, ");
  }

  /** Whether what comes next may be multiplied with the factor that has been read. */
  isProduct() {
    const { kind, text } = this.next;
    const last = this.tokens[this.place - 1];
    const after = this.tokens[this.place + 1];
    const isCall = after?.text === "(" && !after.space;
    // The word before a formula is no part of it.
    if (this.place - this.start === 1 && /^[a-z]{2,}$/i.test(last.text) && !isCall) return false;
    if (kind === "word") {
      if (prose.has(text) || text === "a" || (last.kind === "mark" && !")|‖½…".includes(last.text))) return false;
      return functions.has(text) || isLetter(text) || isCall || /^[dπλη½…]$/u.test(last.text);
    }
    const isShort = last.kind === "number" || isLetter(last.text) || last.text === ")";
    return text === "Σ" || text === "√" || ((text === "(" || text === "|") && isShort);
  }

  factor() {
    return this.attempt(() => {
      const { kind, text } = this.next;
      this.place += 1;
      const latex = this.simple(kind, text);
      const scripts = latex === undefined ? undefined : this.scripts();
      return scripts === undefined ? undefined : latex + scripts;
    });
  }

  simple(kind, text) {
    if (kind === "number") return text.replaceAll(",", "{,}").replace(/^1e(.*)/, "10^{$1}");
    if (kind === "word") return prose.has(text) ? undefined : this.word(text);
    if (Object.hasOwn(brackets, text)) return this.bracket(text);
    if (text === "√") return this.after((inner) => `\\sqrt{${inner.replace(/^\(([^()]*)\)$/, "$1")}}`);
    if (text === "∂") return this.after((inner) => `\\partial ${inner}`);
    if (text === "Σ") {
      const index = this.scripts();
      return this.after((inner) => `\\textstyle\\sum${index} ${inner}`);
    }
    return { "½": "\\tfrac12", "∞": "\\infty", "…": "\\dots " }[text];
  }

  after(set) {
    const inner = this.factor();
    return inner === undefined ? undefined : set(inner);
  }

  bracket(text) {
    const [end, left, right] = brackets[text];
    const inner = this.expression();
    return inner !== undefined && this.take(end) ? `${left}${inner}${right}` : undefined;
  }

  /** A name, with what it is called with or its indices. */
  word(text) {
    const [base, mark] = text.normalize("NFD");
    const accent = { "\u0302": "\\hat", "\u0304": "\\bar" }[mark];
    const name = isLetter(text) ? (accent ? `${accent}{${base}}` : text) : `\\mathrm{${text}}`;
    const marks = this.scripts();
    const [open, end] = this.next.text === "[" ? ["[", "]"] : ["(", ")"];
    if (marks === undefined) return undefined;
    if (this.next.space || !this.take(open)) return `${functions.has(text) ? `\\${text}` : name}${marks}`;
    const inner = [this.expression()];
    while (this.take(",")) inner.push(this.expression());
    return inner.includes(undefined) || !this.take(end) ? undefined : `${name}${marks}${open}${inner.join(", ")}${end}`;
  }

  /** Above and below the factor that has been read: "ᵗ", "ₙ", "^(p − 1)". */
  scripts() {
    let latex = "";
    if (this.next.kind === "script" && !this.next.space) {
      for (const mark of this.next.text)
        latex += above.has(mark) ? `^{${above.get(mark)}}` : below.has(mark) ? `_{${below.get(mark)}}` : "'";
      this.place += 1;
    }
    latex = latex.replaceAll("}^{", "");
    if (!this.take("^")) return latex;
    const sign = this.take("−") ? "-" : "";
    const power = this.factor();
    return power === undefined ? undefined : `${latex}^{${sign}${power}}`;
  }
}

/** What makes a formula of words and numbers. */
const isFormula = /[=<>+\-/^]|\\(?:leftarrow|to|le|ge|cdot|odot|pm|sum|sqrt|partial|tfrac)\b/;

/** A text in pieces: formulas with the LaTeX of their parts, and what stands between them. */
export function splitFormulas(text) {
  const tokens = tokensOf(text);
  const parts = [];
  let done = 0;
  for (let i = 0; i < tokens.length; i += 1) {
    const isStart = tokens[i].text !== "…" && (tokens[i].space || "([".includes(tokens[i - 1].text));
    const reader = new Reader(tokens, i);
    const latex = isStart ? reader.parts() : undefined;
    if (latex === undefined || reader.place === i + 1 || !isFormula.test(latex.join(" "))) continue;
    const last = tokens[reader.place - 1];
    parts.push({ text: text.slice(done, tokens[i].at) });
    done = last.at + last.text.length;
    parts.push({ text: text.slice(tokens[i].at, done), latex });
    i = reader.place - 1;
  }
  return [...parts, { text: text.slice(done) }].filter((part) => part.text !== "");
}

/** MathML of the parts, which does not break lines by itself. */
function mathml(parts) {
  const maths = parts.map((part) => {
    const html = katex.renderToString(`{} ${part}`, { output: "mathml", strict: "ignore" });
    return /<math.*<\/math>/s.exec(html)[0].replace(/<annotation.*?<\/annotation>/s, "");
  });
  return `<span class="formula">${maths.join("<wbr>")}</span>`;
}

/** The rule for Markdown-it. */
export function formulas(markdown) {
  markdown.core.ruler.push("formulas", (state) => {
    const piece = (type, content) => Object.assign(new state.Token(type, "", 0), { content });
    for (const token of state.tokens) {
      // A formula may go on in the next line.
      const joined = [];
      for (const child of token.children ?? []) {
        const isText = child.type === "text" || child.type === "softbreak";
        const content = child.type === "softbreak" ? " " : child.content;
        if (isText && joined.at(-1)?.type === "text") joined.at(-1).content += content;
        else joined.push(isText ? piece("text", content) : child);
      }
      if (!token.children) continue;
      token.children = joined.flatMap((child) => {
        if (child.type !== "text") return [child];
        return splitFormulas(child.content).map(({ text, latex }) =>
          latex ? piece("html_inline", mathml(latex)) : piece("text", text),
        );
      });
    }
  });
}
