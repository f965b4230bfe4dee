/** The search: its index comes with the first word. */
import { loadScript } from "./load.js";

interface Found {
  page: string;
  heading: string;
  address: string;
}

/** Of `search-index.js`. */
interface Index {
  search(words: string, options: object): Found[];
}

export function search(): void {
  const input = document.querySelector<HTMLInputElement>("#search")!;
  const results = document.querySelector<HTMLElement>("#results")!;
  const ready = async () => {
    await loadScript("minisearch.js");
    await loadScript("search-index.js");
  };
  const find = async () => {
    try {
      await ready();
    } catch (error) {
      return results.replaceChildren((error as Error).message);
    }
    const words = input.value.trim();
    const found = (window as unknown as { searchIndex: Index }).searchIndex.search(words, {
      prefix: true,
      fuzzy: 0.15,
      combineWith: "AND",
      boost: { heading: 3 },
    });
    // A section with the word comes before the page of a class that is called so, and before a paper about it.
    const best = found.find(({ address }) => !/^(reference\/|bibliography\.html)/.test(address));
    const ordered = best ? [best, ...found.filter((each) => each !== best)] : found;
    const links = ordered.slice(0, 12).map(({ page, heading, address }) => {
      const link = document.createElement("a");
      link.href = address;
      link.append(heading, Object.assign(document.createElement("small"), { textContent: page }));
      return link;
    });
    results.replaceChildren(...(words && links.length === 0 ? ["Nothing found."] : links));
  };
  const close = () => results.replaceChildren();
  // Where it fails, the first word says so.
  input.addEventListener("focus", () => void ready().catch(() => {}), { once: true });
  input.addEventListener("input", find);
  input.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") close();
    // The index may still be on its way.
    if (key === "Enter") void find().then(() => results.querySelector("a")?.click());
  });
  results.addEventListener("click", close);
  document.addEventListener("click", ({ target }) => {
    if (target instanceof Node && !input.parentElement!.contains(target)) close();
  });
  document.addEventListener("keydown", (event) => {
    const target = event.target as HTMLElement;
    if (event.key !== "/" || target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName)) return;
    event.preventDefault();
    input.focus();
  });
}
