/** Figures as a page takes them: as data, which it draws itself. In the place of the kernel's `plain-figure.ts`. */
import type { MimeBundle } from "gradbook-kernel/wire/message";

interface PlainFigure {
  data: { type?: string; name?: string }[];
  layout: { title?: string | { text?: string } };
}

export async function figureBundle(figure: PlainFigure): Promise<MimeBundle> {
  const { data, layout } = JSON.parse(JSON.stringify(figure)) as PlainFigure;
  const title = typeof layout.title === "string" ? layout.title : layout.title?.text;
  const traces = data.map(({ type = "scatter", name }) => (name ? `${type} (${name})` : type));
  const text = `Figure${title ? ` "${title}"` : ""}: ${traces.join(", ")}`.replace(/<[^>]*>/g, "");
  return { "application/vnd.plotly.v1+json": { data, layout }, "text/plain": text };
}
