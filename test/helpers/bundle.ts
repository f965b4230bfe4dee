/** A program bundled for browsers, as a project with esbuild or Vite does it, and run in a page and in its worker. */
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { build as buildWithEsbuild } from "esbuild";
import { onTestFinished } from "vitest";
import { browserPage } from "./browser.js";
import { temporaryFolder } from "./folder.js";
import { root } from "./needs.js";

/** The page takes the result of the program from the thread that runs it. */
const files = {
  "page.js": 'import { result } from "./program.js";\nglobalThis.result = result;\n',
  "worker.js": 'import { result } from "./program.js";\npostMessage(result);\n',
  "index.html": '<!doctype html><meta charset="utf-8"><title>A program</title><link rel="icon" href="data:,">\n',
};

/** A project of its own, with one dependency: `program`, a module that exports `result`, and who runs it. */
function project(program: string): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries({ ...files, "program.js": program })) folder.write(name, content);
  writeFileSync(join(folder.path, "package.json"), '{ "name": "site", "private": true, "type": "module" }\n');
  symlinkSync(join(root, "node_modules"), join(folder.path, "node_modules"), "junction");
  return folder.path;
}

const bundlers = {
  /** As by `esbuild page.js worker.js --bundle --format=esm --minify`. It refuses what only Node has. */
  async esbuild(folder: string): Promise<void> {
    const entryPoints = ["page.js", "worker.js"].map((name) => join(folder, name));
    const options = { bundle: true, format: "esm", minify: true, keepNames: true, logLevel: "silent" } as const;
    const { warnings } = await buildWithEsbuild({ ...options, entryPoints, outdir: join(folder, "dist") });
    if (warnings.length > 0) throw new Error(`Expected no warnings, received ${JSON.stringify(warnings, null, 2)}`);
  },
  /** As by `vite build`. What only Node has would become empty objects, with a warning. */
  async Vite(folder: string): Promise<void> {
    const { build } = await import("vite");
    const input = Object.fromEntries(["page", "worker"].map((name) => [name, join(folder, `${name}.js`)]));
    const output = { entryFileNames: "[name].js" };
    const warnings: string[] = [];
    const onwarn = ({ message }: { message: string }) => void warnings.push(message);
    await build({
      root: folder,
      logLevel: "silent",
      build: { chunkSizeWarningLimit: 5000, rollupOptions: { input, output, onwarn } },
    });
    if (warnings.length > 0) throw new Error(`Expected no warnings, received ${warnings.join("\n")}`);
  },
};

export type Bundler = keyof typeof bundlers;
export const allBundlers = Object.keys(bundlers) as Bundler[];

/** `npm test` bundles with esbuild, `npm run test:all` with Vite. */
export const tagOf = (bundler: Bundler) => (bundler === "Vite" ? "all" : undefined);

const types: Record<string, string> = { ".html": "text/html", ".js": "text/javascript" };

/** The address at which `folder` is served until the test ends. */
async function serve(folder: string): Promise<string> {
  const server = createServer(({ url = "/" }, response) => {
    response.setHeader("content-type", types[extname(url)] ?? "application/octet-stream");
    response.end(readFileSync(join(folder, url)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What a program gave in a browser. */
export interface InBrowser<Result> {
  page: Result;
  worker: Result;
  /** The bytes of the page's script, before compression. */
  size: number;
}

/** Bundles `program`, and runs it in a page and in a worker of that page. Fails on any error of either. */
export async function inBrowser<Result>(bundler: Bundler, program: string): Promise<InBrowser<Result>> {
  const folder = project(program);
  await bundlers[bundler](folder);
  const address = await serve(folder);
  const results: Partial<InBrowser<Result>> = {};
  await browserPage({}, async (page) => {
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    // What Gradbook announces is no error.
    const isError = (type: string, text: string) => type === "error" && !text.startsWith("gradbook: ");
    page.on("console", (message) => isError(message.type(), message.text()) && errors.push(message.text()));
    await page.goto(`${address}/index.html`);
    // As text: what vitest makes of `import()` a page does not know.
    results.page = await page.evaluate('import("/dist/page.js").then(() => globalThis.result)');
    results.worker = await page.evaluate(
      () =>
        new Promise<Result>((resolve, reject) => {
          const worker = new Worker("/dist/worker.js", { type: "module" });
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = ({ message }) => reject(new Error(message));
        }),
    );
    if (errors.length > 0) throw new Error(`Expected a page without errors, received: ${errors.join("; ")}`);
  });
  return { ...results, size: readFileSync(join(folder, "dist/page.js")).length } as InBrowser<Result>;
}
