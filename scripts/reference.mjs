/**
 * `npm run reference [-- FOLDER]`: the reference of the library, as web pages in `out/reference` or FOLDER, made by TypeDoc from the documentation
 * comments. TypeDoc needs the JavaScript API of TypeScript 6, which the compiler used here no longer has: a copy of that
 * version is installed as `typescript-6`, and a module hook gives it to TypeDoc.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { register } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepare, root } from "./prepare.mjs";

await prepare();
const hook = `
export const resolve = (name, context, next) =>
  next(name === "typescript" && context.parentURL?.includes("/node_modules/typedoc/") ? "typescript-6" : name, context);
`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
const { Application, PageEvent } = await import("typedoc");
const { logoFiles } = await import("../kernel/dist/logo.js");

const folder = mkdtempSync(join(tmpdir(), "gradbook-reference-"));
const logo = join(folder, "logo.svg");
writeFileSync(logo, logoFiles()["logo-svg.svg"]);
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

const app = await Application.bootstrap({
  entryPoints: [join(root, "entry/index.ts")],
  tsconfig: join(root, "tsconfig.json"),
  out: process.argv[2] ?? join(root, "out/reference"),
  name: "Gradbook",
  // Where the book holds the reference, it lies one folder above.
  ...(process.argv[2] && { navigationLinks: { "The course": "../index.html" } }),
  favicon: logo,
  customCss: join(root, "book/client/reference.css"),
  readme: "none",
  excludePrivate: true,
  excludeInternal: true,
  disableSources: true,
  // A function with a property; opened in the list it would be a link inside of a button.
  navigationLeaves: ["accuracy"],
  githubPages: false,
  treatWarningsAsErrors: true,
  // `npm test` checks the types, much faster.
  skipErrorChecking: true,
  validation: { notExported: false, invalidLink: true, notDocumented: false },
});
// A link inside a heading that opens and closes cannot be reached by every reader; the headings are in the page's list anyway.
const anchorsInSummaries =
  /(<summary\b[^>]*>(?:(?!<\/summary>).)*?)<a href="#[^"]*"[^>]*class="tsd-anchor-icon".*?<\/a>/gs;
app.renderer.on(PageEvent.END, (page) => {
  // Readers of screens look for the landmark "main".
  page.contents = page.contents
    ?.replace(anchorsInSummaries, "$1")
    .replace('class="col-content"', 'class="col-content" role="main"');
});
const project = await app.convert();
if (!project || app.logger.hasErrors() || app.logger.hasWarnings()) process.exit(1);
await app.generateOutputs(project);
