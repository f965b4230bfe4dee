/** Notebooks that were made for other kernels or with settings of their own: the reader's tsconfig.json, tslab's, JavaScript. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KernelProcess } from "../../kernel/client/kernel-process.js";
import { checkOf } from "../../kernel/language/notebook-kind.js";
import { tsconfigFor } from "../../kernel/language/tsconfig.js";
import { temporaryFolder } from "../helpers/folder.js";
import { kernelOfThisTest, run, startTestKernel } from "../helpers/kernel.js";

const notebook = (kernelspec: object, ...sources: string[]) =>
  JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec },
    cells: sources.map((source) => ({ cell_type: "code", source, metadata: {}, outputs: [], execution_count: null })),
  });
const typescript = { name: "gradbook", language: "typescript", display_name: "TypeScript" };

const files: { [path: string]: string } = {
  "base.json": '{ "compilerOptions": { "strict": false, "strictNullChecks": true } }',
  "tsconfig.json": `{
  // As a project may have it.
  "extends": "./base",
  "compilerOptions": {
    "noUnusedLocals": true, "module": "commonjs", "outDir": "lib",
    "jsx": "react-jsx", "jsxImportSource": "tiny",
    "experimentalDecorators": true,
    "lib": ["es2017", "dom"], "types": ["globals-of-mine"],
    "paths": { "@app/*": ["./source/*"] }, /* and */
  },
}`,
  "source/tool.ts": "import { base } from '@app/plain';\nexport const tool = (): string => 'tool of ' + base;\n",
  "source/plain.js": "export const base = 'plain';\n",
  "node_modules/tiny/package.json": '{ "exports": { "./jsx-runtime": "./jsx.js" }, "type": "module" }',
  "node_modules/tiny/jsx.js": "export const jsx = (tag, props) => ({ tag, ...props });\n",
  "node_modules/@types/globals-of-mine/index.d.ts": "declare const mine: { kept: number };\n",
  "notebooks/job.ts":
    "import { parentPort, workerData } from 'node:worker_threads';\nimport { tool } from '@app/tool';\nparentPort!.postMessage([workerData as number, tool()]);\n",
  "notebooks/own.ipynb": notebook(typescript, "1"),
  "notebooks/script.ipynb": notebook({ name: "jslab", language: "javascript", display_name: "JavaScript" }, "1"),
};

let folder: string;
let kernel: KernelProcess;
let script: KernelProcess;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "gradbook-others-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const open = (name: string) => startTestKernel({ env: { JPY_SESSION_NAME: join(folder, "notebooks", name) } });
  [kernel, script] = await Promise.all([open("own.ipynb"), open("script.ipynb")]);
});
afterAll(async () => {
  await Promise.all([kernel.kill(), script.kill()]);
  rmSync(folder, { recursive: true });
});

/** Runs a cell without error; gives the text of its value. */
async function value(own: KernelProcess, code: string): Promise<string | undefined> {
  const { reply, text, stderr } = await run(own, code);
  expect(reply.traceback?.join("\n")).toBeUndefined();
  expect(stderr).toBe("");
  return text;
}

describe("the reader's tsconfig.json", () => {
  it("says how strict the check is, through what it extends, and nothing of what only keeps a project tidy", async () => {
    expect(await value(kernel, "function loose(x) { const unused = 1; return x + 1 }\nloose(1)")).toBe("2");
    const { reply } = await run(kernel, "const none: number = null");
    expect(reply.evalue).toContain("Type 'null' is not assignable to type 'number'.");
  });

  it("says what JSX becomes", async () => {
    expect(await value(kernel, "const line = <b class='x'>hi</b>;\nline")).toBe(
      "{ tag: 'b', class: 'x', children: 'hi' }",
    );
  });

  it("says which decorators there are", async () => {
    const code = "const seen: string[] = [];\nfunction note(target: object, key: string) { seen.push(key) }\n";
    expect(await value(kernel, `${code}class Noted { @note field = 1; @note method() {} }\nseen`)).toBe(
      "[ 'field', 'method' ]",
    );
  });

  it("names files otherwise, and the typings that are there", async () => {
    expect(await value(kernel, "import { tool } from '@app/tool';\ntool()")).toBe("'tool of plain'");
    expect(await value(kernel, "let kept: typeof mine.kept = 1; let page: HTMLElement | undefined;\nkept")).toBe("1");
  });

  it("may ask for types of decorators at run time, which there are not, and that is said once", async () => {
    const place = temporaryFolder();
    place.write(
      "tsconfig.json",
      '{ "compilerOptions": { "experimentalDecorators": true, "emitDecoratorMetadata": true } }',
    );
    const own = await kernelOfThisTest({ cwd: place.path });
    const cell = "const note = (c: object) => {};\n@note\nclass Noted {}";
    expect((await run(own, cell)).stderr).toContain("emitDecoratorMetadata of the tsconfig.json is left out");
    expect((await run(own, cell)).stderr).toBe("");
  });

  it("is left out where it cannot be read, and that is said", async () => {
    const broken = temporaryFolder();
    broken.write("tsconfig.json", '{ "compilerOptions": { "strict": ');
    const own = await kernelOfThisTest({ cwd: broken.path });
    const { stderr, text } = await run(own, "1 + 1");
    expect(stderr).toMatch(
      /^The tsconfig\.json is left out\. Expected JSON in .*tsconfig\.json, received something else/,
    );
    expect(text).toBe("2");
  });

  it("may extend in a circle only once, and a package's", () => {
    const place = temporaryFolder();
    place.write("tsconfig.json", '{ "extends": "./tsconfig.json" }');
    expect(tsconfigFor(place.path).problem).toContain("extend each other in one direction");
    place.write("tsconfig.json", '{ "extends": "not-there" }');
    expect(tsconfigFor(place.path).problem).toContain("install that package");
  });

  it("of the library itself does not count", () => {
    const place = temporaryFolder();
    place.write("tsconfig.json", '{ "compilerOptions": { "strict": false } }');
    expect(tsconfigFor(place.path).options.strictness).toEqual({ strict: false });
    expect(tsconfigFor(place.path, { folder: place.path, name: "it", types: {} }).options.strictness).toEqual({});
  });
});

it("a worker starts from TypeScript, with its imports and what it was given", async () => {
  const started = (file: string) =>
    `import { Worker } from 'node:worker_threads';\nawait new Promise((ok, fail) => new Worker(${file}, { workerData: 3 }).on('message', ok).on('error', fail))`;
  expect(await value(kernel, started("new URL('./job.ts', import.meta.url)"))).toBe("[ 3, 'tool of plain' ]");
  expect(await value(kernel, started("'./job.ts'"))).toBe("[ 3, 'tool of plain' ]");
});

describe("a JavaScript notebook", () => {
  it("is not held to types", async () => {
    expect(await value(script, "let now = 1;\nnow += 'x';\nnow")).toBe("'1x'");
    expect(
      await value(script, "class Hello { constructor(name) { this.name = name } }\nnew Hello('you').name.nope"),
    ).toBeUndefined();
  });

  it("requires what it uses, tslab too", async () => {
    const { reply, messages } = await run(
      script,
      "const tslab = require('tslab');\nconst { basename } = require('path');\ntslab.display.html(basename('/a/b'))",
    );
    expect(reply.status).toBe("ok");
    expect(messages.find(({ header }) => header.msg_type === "display_data")!.content.data).toEqual({
      "text/html": "b",
    });
    expect(await value(script, "require.resolve('node:fs')")).toBe("'node:fs'");
    expect((await run(script, "require('./job')")).reply.evalue).toBe(
      'Expected JavaScript to require, received ./job, which is TypeScript: write await import("./job").',
    );
  });
});

describe("a notebook made for Deno", () => {
  it("shows by Deno.jupyter, which packages do not see", async () => {
    const { result } = await run(kernel, `const { md, html: tag } = Deno.jupyter;\nmd\`# \${1 + 1}\``);
    expect(result).toEqual({ "text/markdown": "# 2" });
    expect((await run(kernel, "({ [Deno.jupyter.$display]: () => ({ 'text/html': 'own' }) })")).result).toEqual({
      "text/html": "own",
    });
    expect(await value(kernel, "'Deno' in globalThis")).toBe("false");
    expect(await value(kernel, "typeof Deno.version.v8")).toBe("'string'");
  });

  it("sends messages of its own to the front end", async () => {
    const bundle = "{ data: { 'text/plain': 'sent' }, metadata: {}, transient: {} }";
    const { messages } = await run(kernel, `await Deno.jupyter.broadcast('display_data', ${bundle});`);
    const sent = messages.find(({ header }) => header.msg_type === "display_data");
    expect(sent!.content.data).toEqual({ "text/plain": "sent" });
  });

  it("is told what this kernel has not", async () => {
    expect((await run(script, "Deno.open('x')")).reply.evalue).toContain(
      "received Deno.open: use what Node has for it",
    );
    const { reply } = await run(kernel, "import { assert } from 'jsr:@std/assert';");
    expect(reply.evalue).toContain("received jsr:@std/assert: write npm:NAME");
    expect(reply.traceback![0]).toMatch(/^cell-\d+\.ts:1:25 - error/);
    const address = await run(kernel, "import * as d3 from 'https://esm.sh/d3@7';");
    expect(address.reply.evalue).toContain("write npm:d3@7");
  });
});

describe("a notebook", () => {
  it("that imports tslab is checked as tslab would from then on, with its earlier cells", async () => {
    const own = await kernelOfThisTest();
    expect((await run(own, "function early(x) { return x }")).reply.evalue).toContain("implicitly has an 'any' type");
    await value(own, "const before = 1");
    await value(own, 'import * as tslab from "tslab";\nfunction loose(x) { return x.a }');
    expect(await value(own, "loose({ a: before })")).toBe("1");
    expect((await run(own, "const wrong: string = before")).reply.ename).toBe("TypeScriptError");
  });

  it("is not checked from a cell on that is nothing but // @ts-nocheck", async () => {
    const own = await kernelOfThisTest();
    await value(own, "// @ts-nocheck\n// All of it.");
    expect(await value(own, "const odd: number = 'text';\nodd")).toBe("'text'");
  });

  it.each([
    ["is ours", typescript, ["1"], "strict"],
    ["is tslab's by its kernel", { ...typescript, name: "tslab" }, ["1"], "tslab"],
    ["is tslab's by a later cell", typescript, ["1", "import * as t from 'tslab'"], "tslab"],
    ["speaks of tslab", typescript, ["'tslab'"], "strict"],
    ["is Deno's", { ...typescript, name: "deno" }, ["1"], "none"],
    ["is JavaScript", { name: "x", language: "javascript" }, ["1"], "none"],
    ["wants no check", typescript, ["// @ts-nocheck\n1", "2"], "none"],
    ["wants none of a later cell", typescript, ["1", "// @ts-nocheck\n2"], "strict"],
  ])("that %s is checked accordingly", (_, kernelspec, sources, check) => {
    expect(checkOf(temporaryFolder().write("a.ipynb", notebook(kernelspec, ...sources)))).toBe(check);
  });

  it("that cannot be read is checked", () => {
    expect(checkOf(undefined)).toBe("strict");
    expect(checkOf(temporaryFolder().write("a.ipynb", '{ "cells": tslab'))).toBe("strict");
  });
});
