/**
 * The kernel's logo, drawn here: a ball that rolls down a bowl in steps, as gradient descent does. Jupyter shows it on the
 * kernel's tile; the kernelspec wants it as SVG and as PNG of 32 and 64 pixels.
 */
import { Resvg } from "@resvg/resvg-js";

const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">
  <rect width="64" height="64" rx="12" fill="#235a97"/>
  <path d="M9 14 C15 62 49 62 55 14" fill="none" stroke="#fff" stroke-width="4.5" stroke-linecap="round"/>
  <path d="M13 21 L23 34 L28 42" fill="none" stroke="#ffc53d" stroke-width="3.5" stroke-linecap="round"/>
  <circle cx="32" cy="46" r="6" fill="#ffc53d"/>
</svg>
`;

/** The files of a kernelspec that Jupyter takes its pictures from, by name. */
export function logoFiles(): { [name: string]: string | Uint8Array } {
  const png = (size: number) => new Resvg(logo, { fitTo: { mode: "width", value: size } }).render().asPng();
  return { "logo-svg.svg": logo, "logo-32x32.png": png(32), "logo-64x64.png": png(64) };
}
