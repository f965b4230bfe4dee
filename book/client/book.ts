/**
 * What a page of the book does in the browser: it draws figures when they come into view, copies code, shows types on hovering,
 * searches, and changes between light and dark. A classic script without imports: pages work from a folder, too.
 */

interface Found {
  page: string;
  heading: string;
  address: string;
}

/** What the scripts loaded below leave behind. */
interface Libraries {
  /** Of `search-index.js`. */
  searchIndex?: { search(words: string, options: object): Found[] };
  Plotly?: { newPlot(element: HTMLElement, data: object[], layout: object, config: object): Promise<unknown> };
}

const libraries = window as Libraries;

const scripts = new Map<string, Promise<void>>();

/** Loads a script of the book once. */
function load(file: string): Promise<void> {
  const loaded =
    scripts.get(file) ??
    new Promise<void>((resolve, reject) => {
      const script = document.createElement("script");
      script.src = `assets/${file}`;
      script.onload = () => resolve();
      script.onerror = () => reject(new Error(`${file} cannot be loaded.`));
      document.head.append(script);
    });
  scripts.set(file, loaded);
  return loaded;
}

/** Puts the interactive figure in the place of its picture. */
async function draw(figure: HTMLElement): Promise<void> {
  const source = figure.querySelector("script");
  if (!source) return;
  const { data, layout } = JSON.parse(source.textContent) as { data: object[]; layout: object };
  await load("plotly.js");
  const place = document.createElement("div");
  place.setAttribute("role", "group");
  place.setAttribute("aria-label", figure.querySelector("img")?.alt ?? "Figure");
  figure.append(place);
  const config = { displaylogo: false, responsive: true };
  await libraries.Plotly!.newPlot(
    place,
    data,
    { ...layout, width: undefined, height: undefined, autosize: true },
    config,
  );
  figure.classList.add("drawn");
  source.remove();
}

/** On a phone a drawn figure would be a few lines high: its picture stays, and a tap shows it in its full size. */
function enlargeWhenTapped(figure: HTMLElement): void {
  const picture = figure.querySelector("img")!;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "enlarge";
  button.setAttribute("aria-label", `Enlarge: ${picture.alt}`);
  button.addEventListener("click", () => {
    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-label", picture.alt);
    const close = Object.assign(document.createElement("button"), { type: "button", textContent: "Close" });
    close.addEventListener("click", () => dialog.close());
    const scroll = document.createElement("div");
    scroll.tabIndex = 0;
    const large = picture.cloneNode() as HTMLImageElement;
    scroll.append(large);
    dialog.append(close, scroll);
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  });
  figure.append(button);
}

function drawWhenSeen(): void {
  if (matchMedia("(max-width: 600px)").matches) {
    for (const figure of document.querySelectorAll<HTMLElement>("figure.plot")) enlargeWhenTapped(figure);
    return;
  }
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        observer.unobserve(target);
        void draw(target as HTMLElement);
      }
    },
    { rootMargin: "200px" },
  );
  for (const figure of document.querySelectorAll("figure.plot")) observer.observe(figure);
}

function addCopyButtons(): void {
  for (const code of document.querySelectorAll<HTMLElement>("pre.shiki")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = "Copy"), 1500);
    });
    const frame = document.createElement("div");
    frame.className = "with-copy";
    code.replaceWith(frame);
    frame.append(code, button);
  }
}

function showTypes(): void {
  const tip = document.createElement("div");
  tip.id = "type";
  tip.setAttribute("role", "tooltip");
  tip.hidden = true;
  document.body.append(tip);
  const show = (event: Event) => {
    const name = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-type]") : null;
    tip.hidden = name === null;
    if (!name) return;
    tip.textContent = name.dataset.type!;
    const { left, top, bottom } = name.getBoundingClientRect();
    tip.style.left = `${Math.max(8, Math.min(left, innerWidth - tip.offsetWidth - 8))}px`;
    tip.style.top = top > tip.offsetHeight + 8 ? `${top - tip.offsetHeight - 4}px` : `${bottom + 4}px`;
  };
  document.addEventListener("mouseover", show);
  document.addEventListener("click", show);
  document.addEventListener("scroll", () => (tip.hidden = true), { passive: true });
}

function search(): void {
  const input = document.querySelector<HTMLInputElement>("#search")!;
  const results = document.querySelector<HTMLElement>("#results")!;
  const ready = async () => {
    await load("minisearch.js");
    await load("search-index.js");
  };
  const find = async () => {
    await ready();
    const words = input.value.trim();
    const found = libraries.searchIndex!.search(words, {
      prefix: true,
      fuzzy: 0.15,
      combineWith: "AND",
      boost: { heading: 3 },
    });
    const links = found.slice(0, 12).map(({ page, heading, address }) => {
      const link = document.createElement("a");
      link.href = address;
      link.append(heading, Object.assign(document.createElement("small"), { textContent: page }));
      return link;
    });
    results.replaceChildren(...(words && links.length === 0 ? ["Nothing found."] : links));
  };
  const close = () => results.replaceChildren();
  input.addEventListener("focus", ready, { once: true });
  input.addEventListener("input", find);
  input.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") close();
    if (key === "Enter") results.querySelector("a")?.click();
  });
  results.addEventListener("click", close);
  document.addEventListener("click", ({ target }) => {
    if (target instanceof Node && !input.parentElement!.contains(target)) close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    input.focus();
  });
}

/** Frames with what a notebook's HTML has shown are as high as that. */
function fitFrames(): void {
  addEventListener("message", ({ data, source }) => {
    const frames = [...document.querySelectorAll<HTMLIFrameElement>("iframe.output")];
    const frame = frames.find(({ contentWindow }) => contentWindow === source);
    if (frame && data?.frameHeight > 0) frame.style.height = `${Math.min(Number(data.frameHeight), 2000)}px`;
  });
}

/** The reader's choice outlives the page where the browser keeps anything for it. */
function theme(): void {
  const button = document.querySelector<HTMLElement>("#theme")!;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const show = () => {
    const { theme } = document.documentElement.dataset;
    button.textContent = (theme ?? (dark.matches ? "dark" : "light")) === "dark" ? "Light" : "Dark";
  };
  const stored = localStorage.getItem("gradbook-theme");
  if (stored) document.documentElement.dataset.theme = stored;
  button.addEventListener("click", () => {
    const chosen = button.textContent === "Dark" ? "dark" : "light";
    document.documentElement.dataset.theme = chosen;
    localStorage.setItem("gradbook-theme", chosen);
    show();
  });
  dark.addEventListener("change", show);
  show();
}

theme();
search();
drawWhenSeen();
addCopyButtons();
showTypes();
fitFrames();
if (matchMedia("(max-width: 60rem)").matches) document.querySelector(".sidebar details")?.removeAttribute("open");
