/** Figures: drawn by Plotly where there is room, pictures that a tap enlarges on a phone. */
import { button, element } from "./elements.js";
import { loadScript } from "./load.js";

/** A figure in Plotly's terms. */
export interface PlainFigure {
  data: object[];
  layout: { width?: number; height?: number; margin?: { t?: number } };
}

interface Plotly {
  newPlot(place: HTMLElement, data: object[], layout: object, config: object): Promise<unknown>;
  relayout(place: HTMLElement, changes: Record<string, number>): Promise<unknown>;
  purge(place: HTMLElement): void;
  toImage(figure: object, options: object): Promise<string>;
}

const config = { displaylogo: false, responsive: true };

const isNarrow = () => matchMedia("(max-width: 600px)").matches;

async function plotly(): Promise<Plotly> {
  await loadScript("plotly.js");
  return (window as unknown as { Plotly: Plotly }).Plotly;
}

/** How far a legend of several lines reaches into the title above it, in pixels; 4 of them stay free. */
function overlap(place: HTMLElement): number {
  const [title, legend] = [".gtitle", ".legend"].map((part) => place.querySelector(part)?.getBoundingClientRect());
  return title && legend ? Math.max(0, title.bottom + 4 - legend.top) : 0;
}

/** Puts the interactive figure in the place of its picture. */
async function draw(figure: HTMLElement, { data, layout }: PlainFigure, name: string): Promise<void> {
  const { newPlot, relayout } = await plotly();
  const place = element("div");
  place.setAttribute("role", "group");
  place.setAttribute("aria-label", name);
  figure.append(place);
  await newPlot(place, data, { ...layout, width: undefined, height: undefined, autosize: true }, config);
  const missing = overlap(place);
  if (missing > 0) await relayout(place, { "margin.t": (layout.margin?.t ?? 100) + missing });
  figure.classList.add("drawn");
}

/** A figure that a cell has computed; `name` is for those who do not see it. */
export async function computedFigure(plain: PlainFigure, name: string): Promise<HTMLElement> {
  const { width = 720, height = 400 } = plain.layout;
  const figure = element("figure", { className: "plot" });
  figure.style.aspectRatio = `${width} / ${height}`;
  figure.style.maxWidth = `${width}px`;
  if (isNarrow()) {
    const { toImage } = await plotly();
    const src = await toImage(plain, { format: "png", width, height, scale: 2 });
    figure.append(element("img", { src, alt: name, width, height }));
    enlargeWhenTapped(figure);
  } else {
    // Plotly needs a place in the page to measure.
    const refuse = ({ message }: Error) => figure.replaceChildren(element("p", { className: "note" }, message));
    requestAnimationFrame(() => void draw(figure, plain, name).catch(refuse));
  }
  return figure;
}

/** A drawn figure that goes away gives its listeners back. */
export function forgetFigures(place: ParentNode): void {
  const { Plotly } = window as unknown as { Plotly?: Plotly };
  for (const drawn of place.querySelectorAll<HTMLElement>(".js-plotly-plot")) Plotly?.purge(drawn);
}

/** On a phone a drawn figure would be a few lines high: its picture stays, and a tap shows it in its full size. */
function enlargeWhenTapped(figure: HTMLElement): void {
  const picture = figure.querySelector("img")!;
  const enlarge = button("", () => {
    const dialog = element("dialog", { ariaLabel: picture.alt });
    const scroll = element("div", { tabIndex: 0 }, picture.cloneNode());
    dialog.append(
      button("Close", () => dialog.close()),
      scroll,
    );
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  });
  enlarge.className = "enlarge";
  enlarge.setAttribute("aria-label", `Enlarge: ${picture.alt}`);
  figure.append(enlarge);
}

/** The stored figures of the page. */
export function drawWhenSeen(): void {
  const figures = document.querySelectorAll<HTMLElement>("figure.plot");
  if (isNarrow()) {
    for (const figure of figures) enlargeWhenTapped(figure);
    return;
  }
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        observer.unobserve(target);
        const source = target.querySelector("script");
        if (!source) continue;
        source.remove();
        const name = target.querySelector("img")?.alt ?? "Figure";
        void draw(target as HTMLElement, JSON.parse(source.textContent) as PlainFigure, name);
      }
    },
    { rootMargin: "200px" },
  );
  for (const figure of figures) observer.observe(figure);
}
