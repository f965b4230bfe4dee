/** Completion and inspection in a running kernel: TypeScript's, with the names and types of all earlier cells. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KernelProcess } from "../../kernel/client/kernel-process.js";
import { run, startTestKernel } from "../helpers/kernel.js";

let kernel: KernelProcess;
beforeAll(async () => {
  kernel = await startTestKernel();
  const cells = [
    "/** What is drawn. */\ninterface Shape { sides: number; name?: string }\ntype Shapely = Shape | undefined;",
    "const shapeOne: Shape = { sides: 3 };\nlet shapeCount = 1;\nfunction shapeOf(sides: number): Shape { return { sides }; }",
    "import * as path from 'node:path';\nimport { readFile as readShape } from 'node:fs/promises';",
  ];
  for (const code of cells) expect((await run(kernel, code)).reply.status).toBe("ok");
});
afterAll(() => kernel.kill());

/** Proposals at the `|` in `code`: names with their kinds. */
async function proposals(code: string): Promise<{ [name: string]: string }> {
  const [before, after] = code.split("|");
  const reply = await kernel.client.complete(before! + after!, [...before!].length);
  const types = reply.metadata._jupyter_types_experimental as { text: string; type: string }[];
  expect(types.map(({ text }) => text)).toEqual(reply.matches);
  return Object.fromEntries(types.map(({ text, type }) => [text, type]));
}

describe("completion of a plain name", () => {
  it("knows the values of earlier cells", async () => {
    expect(await proposals("1 + sha|")).toEqual({ shapeOne: "variable", shapeCount: "variable", shapeOf: "variable" });
  });

  it("knows the types of earlier cells, where a type may stand", async () => {
    expect(Object.keys(await proposals("let x: Sha|"))).toEqual(expect.arrayContaining(["Shape", "Shapely"]));
    expect(Object.keys(await proposals("let x = Sha|"))).not.toContain("Shapely");
    expect(Object.keys(await proposals("let x: Parti|"))).toEqual(["Partial"]);
  });

  it("knows what earlier cells imported", async () => {
    expect(Object.keys(await proposals("readSh|"))).toEqual(["readShape"]);
  });

  it("knows what is in scope at the cursor, and only that", async () => {
    const code = "function outer(shadow: number) { const shady = 1; { const shade = 2; } return sha| }";
    const names = Object.keys(await proposals(code));
    expect(names).toEqual(expect.arrayContaining(["shadow", "shady", "shapeOne"]));
    expect(names).not.toContain("shade");
  });

  it.each([
    ["structuredCl|", "structuredClone"],
    ["fet|", "fetch"],
    ["displ|", "display"],
    ["progr|", "progressBar"],
    ["retu|", "return"],
    ["const f = async () => { awai| }", "await"],
  ])("knows Node, the kernel and the language: %s", async (code, name) => {
    expect(Object.keys(await proposals(code))).toContain(name);
  });

  it("works in code that does not parse, behind a magic and behind characters of two UTF-16 units", async () => {
    expect(Object.keys(await proposals("if (true) {\n  foo(shapeO|"))).toEqual(["shapeOf", "shapeOne"]);
    expect(Object.keys(await proposals("%time shapeO|"))).toEqual(["shapeOf", "shapeOne"]);
    const reply = await kernel.client.complete("'😀😀'; shapeC", 12);
    expect(reply).toMatchObject({ matches: ["shapeCount"], cursor_start: 6, cursor_end: 12 });
    expect(await kernel.client.complete("shapeC; '😀'", 6)).toMatchObject({ cursor_start: 0, cursor_end: 6 });
    expect(await kernel.client.complete("const 𝒳Size = 1; 𝒳Si")).toMatchObject({
      ...{ matches: ["𝒳Size"], cursor_start: 17, cursor_end: 20 },
    });
  });

  it("knows names of many cells ago, and none of the kernel's own", async () => {
    for (let i = 0; i < 40; i++) await run(kernel, `const many${i} = ${i}`);
    const names = Object.keys(await proposals("many|"));
    expect(names).toHaveLength(40);
    expect(Object.keys(await proposals("shapeO|"))).toEqual(["shapeOf", "shapeOne"]);
    expect((await kernel.client.complete("")).matches.filter((name) => name.startsWith("__"))).toEqual([]);
  });
});

describe("completion of a member", () => {
  it.each([
    ["shapeOne.|", { name: "field", sides: "field" }],
    ["shapeOf(1)?.si|", { sides: "field" }],
    ["path.basena|", { basename: "method" }],
    ["'😀'; shapeOne.si|", { sides: "field" }],
    ["const s: Shape = { si| }", { sides: "field" }],
    ["import { readFileS| } from 'node:fs'", { readFileSync: "function" }],
    ["shapeOf(Math.flo|", { floor: "method" }],
  ])("%s", async (code, names) => {
    expect(await proposals(code)).toEqual(names);
  });
});

describe("completion of what is no name", () => {
  it("knows the magics where a line begins with %", async () => {
    expect(Object.keys(await proposals("1 + 1\n%ti|"))).toEqual(["%time", "%timeit"]);
    expect(Object.keys(await proposals("%%|"))).toContain("%%time");
    expect(Object.keys(await proposals("7 %ti|"))).toEqual([]);
  });

  it("knows modules and paths in imports", async () => {
    expect(Object.keys(await proposals('import { cpus } from "node:o|"'))).toContain("node:os");
    expect(Object.keys(await proposals('import test from "./test/kernel/li|"'))).toEqual(["life.test.js"]);
    expect(Object.keys(await proposals('const { default: x } = await import("./packag|")'))).toContain("package.json");
  });

  it("knows the keys of an object, by its type or else by its value", async () => {
    await run(
      kernel,
      'const row = { "at home": 1, away: 2 };\nconst raw = JSON.parse(\'{ "deep": { "down below": 1, "up": 2 } }\')',
    );
    expect(Object.keys(await proposals('row["at h|'))).toEqual(["at home"]);
    // A look at a value that takes long is given up, which on a busy machine may be any.
    const keys = (code: string) => expect.poll(async () => Object.keys(await proposals(code)));
    await keys("raw.|").toEqual(["deep"]);
    await keys("raw.deep['down|").toEqual(["down below"]);
    await run(kernel, "let opened = 0; const shy = { get door() { opened += 1; return { a: 1 } } } as any");
    expect(Object.keys(await proposals("shy.door.|"))).toEqual([]);
    expect((await run(kernel, "opened")).text).toBe("0");
  });

  it("puts what packages keep for themselves last", async () => {
    await run(
      kernel,
      "class Base { $columns = 1; _cache = 2 }\nclass Frame extends Base { tail() {} }\nconst frame = new Frame()",
    );
    expect(Object.keys(await proposals("frame.|"))).toEqual(["tail", "$columns", "_cache"]);
    expect(Object.keys(await proposals("frame.$|"))).toEqual(["$columns"]);
  });
});

describe("inspection", () => {
  const text = async (code: string) => {
    const [before, after] = code.split("|");
    return (await kernel.client.inspect(before! + after!, [...before!].length)).data["text/plain"];
  };

  it.each([
    ["shape|One", "shapeOne: Shape"],
    ["'😀😀'; shape|One", "shapeOne: Shape"],
    ["shapeOne.si|des", "sides: number"],
    ["shapeOf(1|", "shapeOf: (sides: number) => Shape"],
    ["let x: Sha|pe", "interface Shape\n\nWhat is drawn."],
    ["let x: Shape|ly", "type Shapely = Shape | undefined"],
    ["function f(inner: string[]) { return in|ner; }", "inner: string[]"],
    ["%time shape|Count", "shapeCount: number"],
  ])("of %s", async (code, expected) => {
    expect(await text(code)).toBe(expected);
  });

  it("of an imported function gives its comment and tags", async () => {
    const found = await text("path.basen|ame");
    expect(found).toMatch(/^basename: \(path: string, suffix\?: string/);
    expect(found).toContain("@param");
    const markdown = (await kernel.client.inspect("path.basename", 6)).data["text/markdown"];
    expect(markdown).toMatch(/\n\n@param path .*\n\n@param suffix /);
  });
});

it("typings of Node and of the browser-like globals are brought along", async () => {
  const names =
    "fetch Headers Request Response FormData Blob File URL URLSearchParams TextEncoder TextDecoder AbortController AbortSignal Event EventTarget MessageChannel BroadcastChannel WebSocket ReadableStream WritableStream TransformStream CompressionStream DOMException structuredClone performance crypto navigator atob btoa queueMicrotask setTimeout setInterval console prompt confirm alert process Buffer require __dirname";
  const check = (all: string[]) => `type IsAny<T> = 0 extends 1 & T ? true : false;
({ ${all.map((name) => `"${name}": false`)} }) satisfies { ${all.map((name) => `"${name}": IsAny<typeof ${name}>`)} };`;
  expect((await run(kernel, check(names.split(" ")))).reply.traceback?.join("\n")).toBeUndefined();
  await run(kernel, "let untyped: any");
  expect((await run(kernel, check(["fetch", "untyped"]))).reply.evalue).toBe(
    "Type 'false' is not assignable to type 'true'.",
  );
});
