/** What magics work with, and how a cell comes to one: by `__magic(NAME, WORDS, BODY)`, which loads `NAME.ts`. */

/** The kernel around a magic. */
export interface MagicContext {
  /** The notebook's folder. */
  folder: string;
  /** The names that cells have declared, with their values. */
  variables(): Map<string, unknown>;
  /** The types that TypeScript says these names have; those that it does not know are left out. */
  typesOf(names: readonly string[]): Promise<Map<string, string>>;
  /** Lets go of their values; gives how many there were. */
  forget(): number;
}

/** Every magic's file exports one as `run`. @throws Error that says what to do. */
export type RunMagic = (words: string, context: MagicContext, body: string) => void | Promise<void>;

/** Defines `__magic`. */
export function installMagics(context: MagicContext): void {
  const value = async (name: string, words: string, body = "") => {
    const { run } = (await import(`./${name}.js`)) as { run: RunMagic };
    await run(words, context, body);
  };
  Object.defineProperty(globalThis, "__magic", { configurable: true, value });
}
