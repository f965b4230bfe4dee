/** Charts that a front end draws from their description: Plotly's figures, Vega's and Vega-Lite's specifications. */
import type { MimeBundle } from "../wire/message.js";
import type { Kind } from "./kind.js";
import { figureBundle, type PlainFigure } from "./plain-figure.js";

export const plotlyFigure: Kind<PlainFigure> = {
  is: (value) =>
    Object.getPrototypeOf(value) === Object.prototype &&
    Array.isArray(value.data) &&
    value.data.every((trace) => typeof trace === "object" && trace !== null) &&
    typeof value.layout === "object" &&
    value.layout !== null,
  show: figureBundle,
};

const schemaPattern = /^https?:\/\/vega\.github\.io\/schema\/(vega|vega-lite)\/v(\d+)[.\w]*\.json$/;

/** A specification, such as `{ $schema: "https://vega.github.io/schema/vega-lite/v5.json", … }`. */
export const vegaSpec: Kind<{ $schema: string; title?: unknown }> = {
  is: ({ $schema }) => typeof $schema === "string" && schemaPattern.test($schema),
  show: (spec) => specBundle(spec),
};

/** What the package vega-lite-api builds. */
export const vegaLiteBuilder: Kind<{ toSpec(): object }> = {
  is: ({ toSpec, toObject }) => typeof toSpec === "function" && typeof toObject === "function",
  show: (builder) => specBundle({ $schema: "https://vega.github.io/schema/vega-lite/v5.json", ...builder.toSpec() }),
};

function specBundle(spec: { $schema: string; title?: unknown }): MimeBundle {
  const [, name, version] = schemaPattern.exec(spec.$schema)!;
  const kind = name === "vega" ? "Vega" : "Vega-Lite";
  const title = typeof spec.title === "string" ? `: ${spec.title}` : "";
  return {
    [`application/vnd.${name!.replace("-", "")}.v${version}+json`]: JSON.parse(JSON.stringify(spec)),
    "text/plain": `${kind} chart${title}`,
  };
}
