/**
 * `npm run reference [-- FOLDER]`: the reference of the library, as web pages in `out/reference` or FOLDER, made by TypeDoc from the documentation
 * comments. TypeDoc needs the JavaScript API of TypeScript 6, which the compiler used here no longer has: a copy of that
 * version is installed as `typescript-6`, and a module hook gives it to TypeDoc.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { register } from "node:module";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { formulas } from "./formulas.mjs";
import { prepare, root } from "./prepare.mjs";

await prepare();
const hook = `
export const resolve = (name, context, next) =>
  next(name === "typescript" && context.parentURL?.includes("/node_modules/typedoc/") ? "typescript-6" : name, context);
`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
const { Application, Comment, CommentTag, Converter, PageEvent, ReflectionKind } = await import("typedoc");
const { logoFiles } = await import("../kernel/dist/logo.js");

const folder = mkdtempSync(join(tmpdir(), "gradbook-reference-"));
const logo = join(folder, "logo.svg");
writeFileSync(logo, logoFiles()["logo-svg.svg"]);
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

/** What stands in the reference under which heading, by where it is written; the first that fits. */
const categories = [
  ["Layers", /^lib\/layers/],
  ["Initializers", /^lib\/initializers/],
  ["Losses and metrics", /^lib\/(losses|metrics|evaluation)/],
  ["Optimizers and schedules", /^lib\/(optimizers|schedules)/],
  ["Regularizers", /^lib\/regularizers/],
  ["Training", /^lib\/training/],
  ["Looking inside", /^lib\/inspection/],
  ["Preprocessing", /^lib\/preprocessing/],
  ["Saving and loading", /^lib\/persistence/],
  ["Search", /^search/],
  ["Figures", /^plot/],
  ["Data of the course", /^lib\/datasets/],
  ["Exercises and claims", /^lib\/course/],
  ["Engine", /^engine/],
];

/** The chapters that import each name, by their titles and addresses. */
const chaptersOf = new Map();
for (const file of readdirSync(join(root, "notebooks")).sort()) {
  const { cells } = JSON.parse(readFileSync(join(root, "notebooks", file), "utf8"));
  const text = (cell) => [cell.source].flat().join("");
  const title = /^# (.*)$/m.exec(cells.map(text).join("\n"))?.[1];
  const imports = cells
    .map(text)
    .join("\n")
    .matchAll(/^import \{([^}]*)\} from "gradbook";/gm);
  for (const name of [...imports]
    .flatMap(([, names]) => names.split(","))
    .map((name) => name.trim().replace(/^type /, ""))) {
    if (name === "") continue;
    const chapter = { title, address: `${basename(file, ".ipynb")}.html` };
    chaptersOf.set(name, [...(chaptersOf.get(name) ?? []), chapter]);
  }
}

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
  // What things are stands before which kind of export they are.
  categorizeByGroup: false,
  navigation: { includeCategories: true, includeGroups: false },
  categoryOrder: categories.map(([name]) => name),
  githubPages: false,
  markdownItLoader: (markdown) => markdown.use(formulas),
  treatWarningsAsErrors: true,
  // `npm test` checks the types, much faster.
  skipErrorChecking: true,
  validation: { notExported: false, invalidLink: true, notDocumented: false },
});
// A link inside a heading that opens and closes cannot be reached by every reader; the headings are in the page's list anyway.
const anchorsInSummaries =
  /(<summary\b[^>]*>(?:(?!<\/summary>).)*?)<a href="#[^"]*"[^>]*class="tsd-anchor-icon".*?<\/a>/gs;
/** The category of a public name. */
const categoryOf = (reflection) => {
  const { fileName = "" } = reflection.project.getSymbolIdFromReflection(reflection) ?? {};
  const file = relative(root, String(fileName))
    .replaceAll("\\", "/")
    .replace(/^(engine|plot)\/dist/, "$1");
  return categories.find(([, pattern]) => pattern.test(file))?.[0] ?? "Engine";
};
app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
  // TypeScript has a namespace for the properties of a function, and for types beside a value: the name would be listed twice.
  for (const namespace of project.getChildrenByKind(ReflectionKind.Namespace)) {
    if (project.children.filter(({ name }) => name === namespace.name).length > 1) project.removeReflection(namespace);
  }
  for (const reflection of project.children ?? []) {
    // A function has its comment at its signature.
    const documented = reflection.signatures?.[0] ?? reflection;
    documented.comment ??= new Comment();
    documented.comment.blockTags.push(new CommentTag("@category", [{ kind: "text", text: categoryOf(reflection) }]));
  }
});

/** Lines that lead from a name to the chapters that use it. */
function usedIn(reflection) {
  const chapters = chaptersOf.get(reflection.name) ?? [];
  if (!process.argv[2] || chapters.length === 0 || reflection.parent !== reflection.project) return "";
  const links = chapters.map(({ title, address }) => `<a href="../../${address}">${title}</a>`);
  return `<section class="used-in"><h2>Used in</h2><ul>${links.map((link) => `<li>${link}</li>`).join("")}</ul></section>`;
}

/** The page of each name. */
const addresses = new Map();
app.renderer.on(PageEvent.END, (page) => {
  addresses.set(page.model, page.url);
  // Readers of screens look for the landmark "main".
  page.contents = page.contents
    ?.replace(anchorsInSummaries, "$1")
    .replace('class="col-content"', 'class="col-content" role="main"')
    .replace(/(<\/div>)\s*(<div class="col-sidebar">)/, `${usedIn(page.model)}$1$2`);
});
const project = await app.convert();
if (!project || app.logger.hasErrors() || app.logger.hasWarnings()) process.exit(1);
await app.generateOutputs(project);

/** The first sentence of what is said of a name. */
const summaryOf = (reflection) => {
  const { comment } = reflection.signatures?.[0] ?? reflection;
  const text = Comment.combineDisplayParts(comment?.summary ?? []).replace(/\s+/g, " ");
  return /^.*?\.(?= |$)/.exec(text)?.[0] ?? text;
};
// What the book's search and its chapters know of the reference.
const names = (project.children ?? [])
  .filter((reflection) => addresses.has(reflection))
  .map((reflection) => ({
    name: reflection.name,
    category: categoryOf(reflection),
    summary: summaryOf(reflection),
    address: addresses.get(reflection),
    chapters: (chaptersOf.get(reflection.name) ?? []).map(({ address }) => address),
  }));
writeFileSync(join(app.options.getValue("out"), "names.json"), JSON.stringify(names));
