/**
 * All magics there are, by name: how each is written, what `%help` says of it, and the TypeScript it becomes. Most call
 * `../interpreter/magics/NAME.ts`, which is loaded by the first cell that uses it.
 */
import { timingEnd } from "./syntax.js";

/** A magic as it stands in a cell. */
export interface Used {
  /** What stands behind the name in its line, trimmed. */
  words: string;
  /** How many characters of the line come before those words. */
  before: number;
  /** The lines below, of a magic for a whole cell. */
  body: string;
}

export interface Magic {
  usage: string;
  help: string;
  /** What is expected behind the name; none: nothing is refused. */
  expects?: "words" | "nothing" | "body";
  /** Whether what is below it is no TypeScript. */
  isRaw?: boolean;
  /** TypeScript in place of the line, or of the whole cell. What follows code in the line comes behind a `;` of its own. */
  code(used: Used): string;
  /** What comes behind the last line of the cell. */
  end?: string;
}

/** The start of a timing, as long as the `%time ` it replaces: reading `__now` is enough. */
const startTime = "__now;";
/** The end of it: a block, which leaves the value of what stands before it the value of the cell (`syntax.ts`). */
const endTime = `;${timingEnd}`;

/** Hands everything to the magic's own file. */
const call = (name: string) => {
  return ({ words, body }: Used) =>
    `await __magic(${[name, words, ...(body === "" ? [] : [body])].map((text) => JSON.stringify(text)).join(", ")});`;
};

/** Shows the lines below as what they are. */
const show = (name: string, what: string, mime: string): [string, Magic] => [
  name,
  {
    usage: name,
    help: `first line of a cell: shows the lines below as ${what}`,
    expects: "body",
    isRaw: true,
    code: ({ body }) => `display(${JSON.stringify({ [mime]: body })}, { raw: true });`,
  },
];

const shell: Magic = {
  usage: "%%bash",
  help: "first line of a cell: runs the lines below in bash",
  expects: "body",
  isRaw: true,
  code: call("bash"),
};

export const magics: ReadonlyMap<string, Magic> = new Map<string, Magic>([
  ["%help", { usage: "%help", help: "this list", expects: "nothing", code: call("help") }],
  [
    "!",
    {
      usage: "!COMMAND",
      help: "runs a command of the shell, at the beginning of a line",
      expects: "words",
      code: call("shell"),
    },
  ],
  ["%%bash", shell],
  ["%%sh", { ...shell, usage: "%%sh", help: "the same in sh", code: call("sh") }],
  show("%%html", "HTML", "text/html"),
  show("%%javascript", "JavaScript of the page", "application/javascript"),
  show("%%svg", "a picture", "image/svg+xml"),
  show("%%markdown", "Markdown", "text/markdown"),
  show("%%latex", "a formula", "text/latex"),
  [
    "%%writefile",
    {
      usage: "%%writefile [-a] FILE",
      help: "first line of a cell: writes the lines below to a file; with -a behind what it has",
      expects: "words",
      isRaw: true,
      code: call("writefile"),
    },
  ],
  [
    "%run",
    {
      usage: "%run FILE",
      help: "runs a file, TypeScript or JavaScript, from its beginning",
      expects: "words",
      code: call("run"),
    },
  ],
  [
    "%npm",
    {
      usage: "%npm install NAME",
      help: "installs a package for the notebook (in a cell before the one that imports it); also uninstall, list, …",
      expects: "words",
      code: call("npm"),
    },
  ],
  ["%env", { usage: "%env [NAME[=VALUE]]", help: "shows environment variables, or sets one", code: call("env") }],
  ["%cd", { usage: "%cd [FOLDER]", help: "changes the working directory; - goes back", code: call("cd") }],
  ["%pwd", { usage: "%pwd", help: "the working directory", expects: "nothing", code: call("pwd") }],
  [
    "%time",
    {
      usage: "%time CODE",
      help: "runs the line, shows its value and how long it took",
      expects: "words",
      code: ({ words, before }) => `${startTime.padEnd(before)}${words}${endTime}`,
    },
  ],
  [
    "%%time",
    {
      usage: "%%time",
      help: "first line of a cell: how long the whole cell took",
      expects: "nothing",
      code: () => startTime,
      end: `\n${endTime}`,
    },
  ],
  [
    "%timeit",
    {
      usage: "%timeit [-n N] [-r R] CODE",
      help: "how long the line takes: the mean of many runs",
      expects: "words",
      code: ({ words }) => {
        const { options, code } = timeitWords(words);
        return `__timeit = ${options}; for (; __timeit; ) { ${code}\n}`.replace("\n", " ");
      },
    },
  ],
  [
    "%%timeit",
    {
      usage: "%%timeit [-n N] [-r R]",
      help: "first line of a cell: how long the whole cell takes",
      code: ({ words }) => `__timeit = ${timeitWords(words).options}; for (; __timeit; ) {`,
      end: "\n}",
    },
  ],
  ["%who", { usage: "%who", help: "the names that cells have declared", expects: "nothing", code: call("who") }],
  ["%whos", { usage: "%whos", help: "the same, with types and values", expects: "nothing", code: call("whos") }],
  ["%reset", { usage: "%reset", help: "forgets all of them", expects: "nothing", code: call("reset") }],
]);

/** `-n 10 -r 3 CODE`: how many loops and runs, as code, and the rest. */
function timeitWords(words: string): { options: string; code: string } {
  const [all, ...pairs] = /^(?:-n\s*(\d+)\s*)?(?:-r\s*(\d+)\s*)?/.exec(words)!;
  return { options: `{ loops: ${pairs[0] ?? 0}, runs: ${pairs[1] ?? 0} }`, code: words.slice(all.length) };
}
