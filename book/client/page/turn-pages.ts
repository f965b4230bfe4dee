/** The arrow keys turn pages, unless something on the page has the keyboard. */
export function turnPages(): void {
  const links: Record<string, string> = { ArrowLeft: "prev", ArrowRight: "next" };
  document.addEventListener("keydown", ({ key, target, altKey, ctrlKey, metaKey, shiftKey }) => {
    if (target !== document.body || altKey || ctrlKey || metaKey || shiftKey || document.querySelector("dialog"))
      return;
    document.querySelector<HTMLElement>(`.neighbours a[rel="${links[key]}"]`)?.click();
  });
}
