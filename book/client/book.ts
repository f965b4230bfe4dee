/**
 * What a page of the book does in the browser: it draws figures when they come into view, copies code, shows types on hovering,
 * searches, changes between light and dark, and runs code. A classic script: pages work from a folder, too.
 */
import { Chapter } from "./page/chapter.js";
import { drawWhenSeen } from "./page/figures.js";
import { search } from "./page/search.js";
import { chosenTheme, keepTheme } from "./page/store.js";
import { turnPages } from "./page/turn-pages.js";

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
  const stored = chosenTheme();
  if (stored) document.documentElement.dataset.theme = stored;
  button.addEventListener("click", () => {
    const chosen = button.textContent === "Dark" ? "dark" : "light";
    document.documentElement.dataset.theme = chosen;
    keepTheme(chosen);
    show();
  });
  dark.addEventListener("change", show);
  show();
}

/** The code of a page runs where it is a chapter's. */
function runChapter(): void {
  const places = [...document.querySelectorAll<HTMLElement>(".cell[data-facts]")];
  if (places.length > 0) new Chapter(document.body.dataset.page!, places);
}

theme();
search();
drawWhenSeen();
addCopyButtons();
showTypes();
turnPages();
fitFrames();
runChapter();
if (matchMedia("(max-width: 60rem)").matches) document.querySelector(".sidebar details")?.removeAttribute("open");
