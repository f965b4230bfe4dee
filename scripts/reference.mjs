/**
 * `npm run reference`: the reference of the library, as web pages in `out/reference`, made by TypeDoc from the documentation
 * comments. TypeDoc needs the JavaScript API of TypeScript 6, which the compiler used here no longer has: a copy of that
 * version is installed as `typescript-6`, and a module hook gives it to TypeDoc.
 */
import { register } from "node:module";
import { join } from "node:path";
import { prepare, root } from "./prepare.mjs";

prepare();
const hook = `
export const resolve = (name, context, next) =>
  next(name === "typescript" && context.parentURL?.includes("/node_modules/typedoc/") ? "typescript-6" : name, context);
`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
const { Application } = await import("typedoc");

const app = await Application.bootstrap({
  entryPoints: [join(root, "lib/index.ts")],
  tsconfig: join(root, "tsconfig.json"),
  out: join(root, "out/reference"),
  name: "Gradbook",
  readme: "none",
  excludePrivate: true,
  excludeInternal: true,
  disableSources: true,
  githubPages: false,
  treatWarningsAsErrors: true,
  validation: { notExported: false, invalidLink: true, notDocumented: false },
});
const project = await app.convert();
if (!project || app.logger.hasErrors() || app.logger.hasWarnings()) process.exit(1);
await app.generateOutputs(project);
