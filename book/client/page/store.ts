/** What stays in the reader's browser: edits of code, exercises that are solved, the choice of light or dark. Where a browser keeps nothing, the page goes on without. */

function read<Value>(key: string, otherwise: Value): Value {
  try {
    return (JSON.parse(localStorage.getItem(key) ?? "null") as Value | null) ?? otherwise;
  } catch {
    return otherwise;
  }
}

function write(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Nothing is kept in this browser; the page itself still has it.
  }
}

const solvedKey = "gradbook-solved";

/** The names of the exercises that were solved, such as "7.1". */
export const solved = (): Set<string> => new Set(read<string[]>(solvedKey, []));

export const keepSolved = (name: string): void => write(solvedKey, [...solved().add(name)]);

const editsKey = (chapter: string) => `gradbook-edits-${chapter}`;

/** The cells of a chapter that were edited, by their ids. */
export const edits = (chapter: string): Record<string, string> => read(editsKey(chapter), {});

/** Keeps the text of a cell; undefined where it is the stored one again. */
export function keepEdit(chapter: string, id: string, text: string | undefined): void {
  const { [id]: _, ...others } = edits(chapter);
  write(editsKey(chapter), text === undefined ? others : { ...others, [id]: text });
}

const themeKey = "gradbook-theme";

/** Light or dark, where the reader has chosen. */
export const chosenTheme = (): "light" | "dark" | undefined => read<"light" | "dark" | undefined>(themeKey, undefined);

export const keepTheme = (theme: "light" | "dark"): void => write(themeKey, theme);
