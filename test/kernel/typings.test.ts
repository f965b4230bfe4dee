/** The typings that every cell sees: all that TypeScript and Node have, though they come from files put together by the build. */
import { mkdirSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../helpers/folder.js";
import { kernelOfThisTest, run } from "../helpers/kernel.js";

it("every module of Node has types, with node: before its name and without", async () => {
  const names = builtinModules.filter((name) => !/^_|^node:|^sys$|inspector\/promises|^wasi$/.test(name));
  const cells = names.flatMap((name) => [name, `node:${name}`]).map((name, i) => `import * as m${i} from "${name}";`);
  const areKnown = cells.map((_, i) => `const known${i}: 0 extends 1 & typeof m${i} ? true : false = false;`);
  const { reply } = await run(await kernelOfThisTest(), `${[...cells, ...areKnown].join("\n")}`);
  expect(reply.evalue).toBeUndefined();
  expect(names.length).toBeGreaterThan(40);
});

it.each([
  ["the language", "new Map([['a', [1].at(0)!]]).get('a')!.nothing", "'number'"],
  [
    "its newest parts",
    'Object.groupBy([1, 2], (x) => (x > 1 ? "many" : "one")).one!.values().map((x) => x).toArray().nothing',
    "'number[]'",
  ],
  ["fetch", "(await fetch('data:,')).headers.get('a')!.nothing", "'string'"],
  ["the globals of Node", "Buffer.from('a').readUInt8().nothing", "'number'"],
  [
    "events, by both names",
    "((e: import('events').EventEmitter) => e)(new (require('node:events') as typeof import('node:events')).EventEmitter()).nothing",
    "'EventEmitter<DefaultEventMap>'",
  ],
])("%s has types", async (_, code, type) => {
  const { reply } = await run(await kernelOfThisTest(), code);
  expect(reply.evalue).toBe(`Property 'nothing' does not exist on type ${type}.`);
});

it("a package may refer to parts of the language, which are there, and to those of the browser, which then are too", async () => {
  const { path: cwd, write } = temporaryFolder();
  mkdirSync(join(cwd, "node_modules/page"), { recursive: true });
  write("node_modules/page/package.json", '{ "name": "page", "main": "index.js", "types": "index.d.ts" }');
  write(
    "node_modules/page/index.d.ts",
    `/// <reference lib="es2015" />
/// <reference lib="dom" />
/// <reference types="node" />
export declare const page: HTMLElement;
export declare const map: Map<string, Buffer>;`,
  );
  const kernel = await kernelOfThisTest({ cwd });
  const { reply: without } = await run(kernel, "let element: HTMLElement");
  expect(without.evalue).toMatch(/^Cannot find name 'HTMLElement'\./);
  const { reply } = await run(kernel, 'import { map, page } from "page";\npage.title.nothing;');
  expect(reply.evalue).toBe("Property 'nothing' does not exist on type 'string'.");
  const { reply: ofMap } = await run(kernel, 'import { map } from "page";\nmap.get("a")!.readUInt8().nothing;');
  expect(ofMap.evalue).toBe("Property 'nothing' does not exist on type 'number'.");
});
