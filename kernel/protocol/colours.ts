/**
 * Errors in colour, as terminals write it (ANSI) and notebooks show it: the reader's own line first, what is not theirs pale. Done
 * to the finished text, right before it is sent; so what is stored and compared elsewhere is plain.
 */

const codes = { bold: "1", pale: "2", red: "31", place: "36", error: "1;31" };

const paint = (text: string, how: keyof typeof codes) => (text === "" ? "" : `\u001b[${codes[how]}m${text}\u001b[0m`);

/** `traceback` with its colours; the text is the same. */
export function coloured(traceback: readonly string[]): string[] {
  return traceback.map((block, i) => {
    const lines = block.split("\n");
    return lines.map((line, at) => colouredLine(line, lines[at + 1], i === 0 && at === 0)).join("\n");
  });
}

function colouredLine(line: string, next: string | undefined, isFirst: boolean): string {
  const fault = /^(\S+:\d+:\d+) - (error)(?: (TS\d+))?: (.*)$/.exec(line);
  if (fault) {
    const [, place, word, number, message] = fault;
    return `${paint(place!, "place")} - ${paint(word!, "error")}${number ? ` ${paint(number, "pale")}` : ""}: ${message}`;
  }
  const frame = /^( +at )(.*?)\(?(\S+\.m?tsx?:\d+:\d+)\)?$/.exec(line);
  if (frame && !line.includes("node_modules")) return line.replace(frame[3]!, paint(frame[3]!, "place"));
  if (/^ +at /.test(line)) return paint(line, "pale");
  if (/^ *\| +\^$/.test(line)) return paint(line, "red");
  const excerpt = /^ *\d+ \| (.*)$/.exec(line);
  if (excerpt) return paint(line, /^ *\| +\^$/.test(next ?? "") ? "bold" : "pale");
  if (/^\S+\.m?tsx?:\d+$/.test(line)) return paint(line, "place");
  const name = isFirst ? /^[\w$.]+(?=:|$| \[)/.exec(line) : null;
  return name ? paint(name[0], "error") + line.slice(name[0].length) : line;
}
