/**
 * The programs of the pages, bundled by esbuild from `client/`: what every page loads; and what is loaded when a reader first runs
 * or edits a cell: the library on WebAssembly in a worker, the editor, TypeScript.
 */
import { cpSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { typesBundle } from "./run/types-bundle.js";

const require = createRequire(import.meta.url);

/** Modules of Node's that a page has something for, below `client/worker/node`. */
const own = new Set(["crypto", "fs", "os", "process", "util"]);
const none = new Set([
  "buffer",
  "child_process",
  "inspector",
  "module",
  "perf_hooks",
  "source-map-support",
  "url",
  "zlib",
]);

/** What stands in the place of a compiled file, from the repository's root on. */
const replaced: Record<string, string> = {
  "dist/lib/datasets/package-folder.js": "book/client/worker/node/package-folder.ts",
  "dist/search/trial-code.js": "book/client/worker/trial-code.ts",
  "dist/search/workers.js": "book/client/worker/trial-workers.ts",
  "kernel/dist/interpreter/plain-figure.js": "book/client/worker/plain-figure.ts",
  "kernel/dist/language/strip.js": "book/client/compiler/strip.ts",
  "kernel/dist/language/lower.js": "book/client/compiler/lower.ts",
  // These the library leaves out in other programs for browsers; a page has the data and the workers for them.
  ...Object.fromEntries(
    [
      "lib/datasets/ames",
      "lib/datasets/batch-norm-sweep",
      "lib/datasets/mnist",
      "lib/datasets/pytorch-file",
      "search/executor",
      "search/search",
    ].map((name) => [`dist/${name}.js`, `dist/${name}.js`]),
  ),
};

/** Resolves what is another thing in a page than in Node. */
function forPages(root: string): Plugin {
  return {
    name: "for-pages",
    setup({ onResolve }) {
      const client = join(root, "book/client");
      onResolve({ filter: /^(node:)?[a-z_-]+$/ }, ({ path, importer }) => {
        const name = path.replace(/^node:/, "");
        if (name === "path") return { path: require.resolve("pathe").replace(/\.cjs$/, ".mjs") };
        if (own.has(name)) return { path: join(client, `worker/node/${name}.ts`) };
        // A page's own files mean the package `buffer`.
        if (none.has(name) && !importer.startsWith(client)) return { path: join(client, "worker/node/absent.ts") };
        return undefined;
      });
      onResolve({ filter: /^\.\.?\/.*\.js$/ }, ({ path, resolveDir }) => {
        const file = join(resolveDir, path)
          .slice(root.length)
          .replace(/^[\\/]/, "")
          .replaceAll("\\", "/");
        const other = replaced[file];
        return other === undefined ? undefined : { path: join(root, other) };
      });
      onResolve({ filter: /^oxc-parser$/ }, () => ({ path: join(client, "compiler/parser.ts") }));
      onResolve({ filter: /^typescript$/ }, () => ({ path: require.resolve("typescript-6") }));
    },
  };
}

/** Bundles the programs into `folder`, with the data that cells read. */
export async function writePrograms(root: string, folder: string): Promise<void> {
  const options: BuildOptions = {
    bundle: true,
    minify: true,
    // Names of layers show in summaries and files.
    keepNames: true,
    target: "es2022",
    logLevel: "warning",
    absWorkingDir: root,
    plugins: [forPages(root)],
  };
  await Promise.all([
    build({ ...options, entryPoints: { book: join(root, "book/client/book.ts") }, format: "iife", outdir: folder }),
    build({
      ...options,
      entryPoints: {
        worker: join(root, "book/client/worker/worker.ts"),
        compiler: join(root, "book/client/compiler/compiler.ts"),
        "typescript-worker": join(root, "book/client/compiler/typescript-worker.ts"),
        editor: join(root, "book/client/editor/editor.ts"),
      },
      format: "esm",
      splitting: true,
      chunkNames: "part-[hash]",
      define: { "process.env.NODE_ENV": '"production"' },
      outdir: join(folder, "run"),
    }),
  ]);
  writeFileSync(join(folder, "run/types.json"), JSON.stringify(typesBundle(root)));
  for (const name of ["ames", "batchnorm", "mnist", "pytorch"]) {
    const isData = (path: string) => !/\.(md|py)$/.test(path);
    cpSync(join(root, "data", name), join(folder, "run/data", name), { recursive: true, filter: isData });
  }
}
