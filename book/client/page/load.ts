/** Scripts and styles of the book, loaded when they are needed. */

/** Where the page's own script lies: the others lie beside it. */
const folder = new URL(".", (document.currentScript as HTMLScriptElement).src).href;

/** The address of a file of the book's assets. */
export const asset = (file: string): string => new URL(file, folder).href;

const scripts = new Map<string, Promise<void>>();

/** Loads a classic script once: pages that lie in a folder, too, may do that. */
export function loadScript(file: string): Promise<void> {
  const loaded =
    scripts.get(file) ??
    new Promise<void>((resolve, reject) => {
      const script = document.createElement("script");
      script.src = asset(file);
      script.onload = () => resolve();
      script.onerror = () => {
        scripts.delete(file); // It may be there the next time.
        reject(new Error(`${file} cannot be loaded: try it again.`));
      };
      document.head.append(script);
    });
  scripts.set(file, loaded);
  return loaded;
}
