/** What cells can say, in a running kernel: values, declarations, types and imports from cell to cell. */
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KernelProcess } from "../../kernel/client/kernel-process.js";
import { kernelOfThisTest, run, startTestKernel } from "../helpers/kernel.js";

const files: { [path: string]: string } = {
  "notebooks/util.ts": "import { twice } from './deep/twice.js';\nexport const four = (): number => twice(2);\n",
  "notebooks/deep/twice.ts": "export enum By { Two = 2 }\nexport const twice = (x: number): number => x * By.Two;\n",
  "notebooks/broken.ts": "export const x: number = ;\n",
  "notebooks/data.json": '{ "rows": 3 }',
  "node_modules/esm-only/package.json": '{ "type": "module", "exports": { "types": "./i.d.ts", "default": "./i.js" } }',
  "node_modules/esm-only/i.js": "export default class Tree {}\nexport const leaf = 'green';\n",
  "node_modules/esm-only/i.d.ts": "export default class Tree {}\nexport declare const leaf: string;\n",
  "node_modules/compiled/package.json": '{ "main": "i.js", "types": "i.d.ts" }',
  "node_modules/compiled/i.js": "exports.__esModule = true; exports.default = (x) => x + 1; exports.zero = 0;\n",
  "node_modules/compiled/i.d.ts":
    "declare const _default: (x: number) => number;\nexport default _default;\nexport declare const zero: number;\n",
  // Node finds none of their names by reading.
  "node_modules/callable/index.js":
    "function call() { return 'called'; }\nfor (const name of ['one', 'two']) call[name] = () => name;\nmodule.exports = call;\n",
  "node_modules/callable/index.d.ts":
    "declare function call(): string;\ndeclare namespace call { function one(): string; function two(): string; }\nexport = call;\n",
  "node_modules/built/index.js":
    "class Base { inherited() { return 'inherited'; } }\nconst made = new Base();\nmade.own = 'own';\nmodule.exports = made;\n",
  "node_modules/built/index.d.ts": "declare const made: { inherited(): string; own: string };\nexport = made;\n",
  "notebooks/uses.ts":
    "import rows from './data.json';\nimport { type Kind, Shape } from './shapes';\nimport call, * as names from 'callable';\nimport plus, { zero } from 'compiled';\nimport {\n  one,\n  two,\n} from 'callable';\nconst shape: Shape = { kind: 'box' };\nexport const all = (): string[] => [call(), one(), names.two(), two(), String(plus(zero) + rows.rows), shape.kind];\nexport const fail = (): never => {\n  throw new Error(shape.kind);\n};\nexport type { Kind };\n",
  "notebooks/shapes.ts": "export type Kind = 'box' | 'ball';\nexport interface Shape { kind: Kind }\n",
  "node_modules/untyped/index.js": "module.exports = { colour: 'red' };\n",
  "node_modules/untyped-esm/package.json": '{ "type": "module", "exports": "./i.js" }',
  "node_modules/untyped-esm/i.js":
    "export const colour = 'red', nothing = undefined;\nexport { colour as 'dark-red' };\n",
  "node_modules/@deep/thrower/index.js":
    "const fail = () => { throw new RangeError('from below'); };\nexports.call = (f) => f();\nexports.run = () => exports.call(fail);\n",
};

let folder: string;
let kernel: KernelProcess;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gradbook-cells-"));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  kernel = await startTestKernel({ cwd: folder, env: { JPY_SESSION_NAME: join(folder, "notebooks", "a.ipynb") } });
});
afterAll(async () => {
  await kernel.kill();
  await rm(folder, { recursive: true });
});

/** Runs cells one after the other, all without error; gives the text of the last one's value. */
async function value(...codes: string[]): Promise<string | undefined> {
  let text: string | undefined;
  for (const code of codes) {
    const outcome = await run(kernel, code);
    expect(outcome.reply.traceback?.join("\n")).toBeUndefined();
    text = outcome.text;
  }
  return text;
}

describe("the value of a cell", () => {
  it.each([
    ["1 + 1", "2"],
    ["const five = 5", undefined],
    ["undefined", undefined],
    ["const a = 1; a", "1"],
    ["const a = 1; a // the last", "1"],
    ["const a = 1; a;", undefined],
    ["2 + 2\n; // hidden", undefined],
    ["if (true) { 7 }", undefined],
    ["const many = []; for (let i = 0; i < 3; i++) many.push(i)", undefined],
    ["5\nconst later = 1", undefined],
    ["try { 5 } finally {}", undefined],
    ["%time 5;", undefined],
    ["%%time\n5;", undefined],
    ["%%time\n5 // five", "5"],
    ["-0", "-0"],
    ["10n", "10n"],
    ["Symbol('s')", "Symbol(s)"],
    ["{ a: 1 }", "{ a: 1 }"],
    ["{ a: 1 };", undefined],
    ["await Promise.resolve('done')", "'done'"],
    ["for await (const x of [1, 2]) x", undefined],
    ["function f() {}", undefined],
    ["class A {}", undefined],
    ["enum E { A }", undefined],
    ["import fs from 'node:fs'", undefined],
    ["// only a comment", undefined],
    ["", undefined],
  ])("%j is %j", async (code, text) => {
    expect(await value(code)).toBe(text);
  });

  it("is strict code, as in a module", async () => {
    const { reply } = await run(kernel, "(Object.freeze({ a: 1 }) as { a: number }).a = 2");
    expect(reply.evalue).toMatch(/read only/);
  });
});

describe("a name", () => {
  const declarations = {
    let: "let it: number = 1",
    const: "const it = 's'",
    var: "var it = 1",
    function: "function it() { return 1 }",
    class: "class it {}",
    enum: "enum it { A, B }",
    import: "import { leaf as it } from 'esm-only'",
    loop: "for (var it = 0; it < 1; it++) {}",
    namespace: "namespace it { export const a = 1 }",
  };
  const pairs = Object.keys(declarations).flatMap((first) => Object.keys(declarations).map((then) => [first, then]));
  it.each(pairs)("declared by %s can be declared again by %s", async (first, then) => {
    const [one, two] = [first, then].map((kind) => declarations[kind as keyof typeof declarations]);
    await value(one!, two!, "void it");
  });

  it("declared again has its new type and value", async () => {
    expect(await value("const word = 1", "const word = 'text'", "word.toUpperCase()")).toBe("'TEXT'");
  });

  it("of an enum declared again has only its new members", async () => {
    expect(await value("enum Way { Up }", "enum Way { Down }", "Object.keys(Way).length")).toBe("2");
  });

  it("can be assigned to in a later cell, and closures see it", async () => {
    expect(await value("let n = 1; const seen = () => n", "n = 2; n += 1", "seen()")).toBe("3");
  });

  it("assignable and callable keeps its type when it is called", async () => {
    await value("let call = (x: number) => x + 1", "call(1)", "call = (x) => x * 10; call(2)");
    expect(await value("call(3)")).toBe("30");
  });

  it("of a function is there above its declaration", async () => {
    expect(
      await value(
        "const first = early(2);\nfunction early(x: number) { return x * late() }\nfunction late() { return 10 }\nfirst",
      ),
    ).toBe("20");
  });
});

describe("types", () => {
  it("flow from cell to cell: interface, generic, alias, enum, class", async () => {
    await value(
      "interface Box<T> { value: T }\ntype Pair<A, B = A> = [A, B];\nenum Color { Red, Green }\nclass Car { constructor(readonly doors: number) {} }",
      "const box: Box<number> = { value: 1 };\nfunction wrap<T>(value: T): Box<T> { return { value } }",
    );
    expect(
      await value("const pair: Pair<Color> = [Color.Red, Color.Green];\nwrap(new Car(3)).value.doors + box.value"),
    ).toBe("4");
    const { reply } = await run(kernel, "wrap('s').value.toFixed()");
    expect(reply.evalue).toContain("Property 'toFixed' does not exist on type 'string'.");
  });

  it("of an array that begins empty are those of what was put into it", async () => {
    await value("const list = [];\nfor (const i of [1, 2]) list.push(i)");
    expect((await run(kernel, "list[0].toUpperCase()")).reply.evalue).toContain("does not exist on type 'number'");
  });

  it("of a name that is a value and a type stay both", async () => {
    expect(
      await value("const Id = (x: number): Id => ({ x });\ntype Id = { x: number }", "const id: Id = Id(3)", "id.x"),
    ).toBe("3");
  });
});

describe("an import", () => {
  it.each([
    ["an ESM package", "import Tree, { leaf } from 'esm-only'; [typeof Tree, leaf]", "[ 'function', 'green' ]"],
    ["a compiled CommonJS package", "import plus, { zero } from 'compiled'; plus(zero)", "1"],
    ["a package without types", "import untyped from 'untyped'; untyped.colour", "'red'"],
    ["Node's own modules", "import { basename } from 'node:path'; basename('/a/b')", "'b'"],
    [
      "names that a CommonJS package has only when it runs",
      "import call, { one } from 'callable'; call() + one()",
      "'calledone'",
    ],
    [
      "a CommonJS package that can be called",
      "import * as express from 'callable'; import call from 'callable'; call() + express.two()",
      "'calledtwo'",
    ],
    [
      "an object's own and inherited names",
      "import { inherited, own } from 'built'; inherited() + own",
      "'inheritedown'",
    ],
    ["a module when it is needed, with all names", "(await import('callable')).one()", "'one'"],
    ["JSON without attributes", "import data from './data.json'; data.rows", "3"],
    ["a name in JSON", "import { rows } from './data.json'; rows", "3"],
    ["JSON of a package", "import own from 'compiled/package.json'; own.main", "'i.js'"],
    [
      "all this in a local file",
      "import { all } from './uses'; all()",
      "[ 'called', 'one', 'two', 'two', '4', 'box' ]",
    ],
    ["JSON", "import data from './data.json' with { type: 'json' }; data.rows", "3"],
    ["the kernel's own library, where the folder has none", "import { Dense } from 'gradbook'; Dense.name", "'Dense'"],
    ["types alone", "import type { Stats } from 'node:fs'; import { type Dirent } from 'node:fs'; 1", "1"],
    ["local TypeScript with its extension", "import { four } from './util.ts'; four()", "4"],
    ["local TypeScript without extension", "import { four as f } from './util'; f()", "4"],
    ["local TypeScript by its JavaScript name", "import { four as g } from './util.js'; g()", "4"],
    ["a module when it is needed", "(await import('./util')).four()", "4"],
    ["a module by require", "require('untyped').colour", "'red'"],
  ])("takes %s", async (_, code, text) => {
    expect(await value(code)).toBe(text);
  });

  it("of a CommonJS module as a whole can be called, where no type forbids it", async () => {
    expect(await value("// @ts-nocheck\nimport * as whole from 'callable';\nwhole()")).toBe("'called'");
  });

  it("of a module as a whole is refused where it is called, with what to write instead, also in a later cell", async () => {
    const failed = async (code: string) => (await run(kernel, code)).reply.evalue;
    const instead = /is not callable.*import whole from "callable"$/s;
    expect(await failed("import * as whole from 'callable';\nwhole()")).toMatch(instead);
    await value("import * as whole from 'callable'");
    expect(await failed("whole()")).toMatch(instead);
    expect(await value("import whole from 'callable'; whole()")).toBe("'called'");
  });

  it("of a name that a package lacks is refused where it stands, be the package known or not", async () => {
    for (const name of ["missing", "absent"]) {
      const { reply } = await run(
        kernel,
        `import call, { one } from 'callable';\nimport { ${name} } from 'callable'; one()`,
      );
      expect(reply.traceback?.[0]).toMatch(/^cell-\d+\.ts:2:10 - error TS2(305|724)/);
    }
    expect(
      await value("import call, { one } from 'callable';\nimport { two } from 'callable'; call() + one() + two()"),
    ).toBe("'calledonetwo'");
  });

  describe("of a name that a module without types lacks", () => {
    it.each([
      ["import { color } from 'untyped-esm';\ncolor", "color", "did you mean 'colour'?"],
      ["import {\n  colour as c,\n  size,\n} from 'untyped-esm'", "size", "it provides colour, dark-red, nothing."],
      ["import red, * as all from 'untyped-esm'", "default", "it provides colour, dark-red, nothing."],
      ["// @ts-nocheck\n\nimport { absent } from 'untyped-esm'", "absent", "it provides colour, dark-red, nothing."],
      [
        "// @ts-nocheck\n\nimport { readFile, readfileSync as r } from 'node:fs'",
        "readfileSync",
        "did you mean 'readFileSync'?",
      ],
    ])("is refused as Node refuses it: %s", async (code, name, advice) => {
      const { reply } = await run(kernel, code);
      const module = /from '(.*)'/.exec(code)![1];
      expect([reply.ename, reply.evalue]).toEqual([
        "SyntaxError",
        `The requested module '${module}' does not provide an export named '${name}': ${advice}`,
      ]);
      const line = code.split("\n").findIndex((each) => each.startsWith("import")) + 1;
      expect(reply.traceback?.join("\n")).toMatch(new RegExp(`^cell-\\d+\\.ts:${line}$`, "m"));
    });

    it.each([
      [
        "import { colour, nothing, 'dark-red' as dark } from 'untyped-esm'; [colour, dark, nothing]",
        "[ 'red', 'red', undefined ]",
      ],
      ["import { Stats, type Dirent, readFile } from 'node:fs'; typeof readFile", "'function'"],
      ["// @ts-nocheck\nimport { PathLike } from 'node:fs'; import { Shape } from './shapes'; 1", "1"],
      ["import { nowhere } from 'untyped'; typeof nowhere", "'undefined'"],
      ["typeof (await import('untyped-esm')).color", "'undefined'"],
    ])("and of no other: %s", async (code, text) => {
      expect(await value(code)).toBe(text);
    });
  });

  it("gives its names and types to completion and inspection", async () => {
    await value("import Branch, { leaf as needle } from 'esm-only'; import { four as quatre } from './util'");
    expect((await kernel.client.complete("need")).matches).toEqual(["needle"]);
    expect((await kernel.client.complete("needle.toUpper")).matches).toContain("toUpperCase");
    expect((await kernel.client.complete("const t: Bran")).matches).toContain("Branch");
    expect((await kernel.client.inspect("quatre", 3)).data["text/plain"]).toBe("quatre: () => number");
    expect((await kernel.client.complete("import { le } from 'esm-only'", 11)).matches).toEqual(["leaf"]);
  });

  it("is relative to the notebook's folder, not to the working directory", async () => {
    expect(
      await value(
        "[__dirname, import.meta.dirname, process.cwd()].map((path) => require('node:path').basename(path)).join()",
      ),
    ).toMatch(/^'notebooks,notebooks,gradbook-cells-/);
  });

  it("finds a package that was installed meanwhile", async () => {
    expect((await run(kernel, "import { late } from 'late'")).reply.status).toBe("error");
    const home = join(folder, "node_modules", "late");
    await mkdir(home);
    await writeFile(join(home, "index.js"), "exports.late = 1;\n");
    await writeFile(join(home, "index.d.ts"), "export declare const late: number;\n");
    expect(await value("import { late } from 'late'; late")).toBe("1");
  });
});

describe("a local file", () => {
  /** Writes a file beside the notebook; each time with a later time of change. */
  let seconds = 2_000_000_000;
  const write = async (name: string, text: string) => {
    const file = join(folder, "notebooks", name);
    await writeFile(file, text);
    await utimes(file, new Date(), new Date(++seconds * 1000));
  };

  it("is one instance for all cells and files that import it", async () => {
    await write("state.ts", "export const state = { count: 0 };\n");
    await write("increase.ts", "import { state } from './state.ts';\nexport const increase = () => ++state.count;\n");
    await value("import { increase } from './increase'; increase()");
    expect(
      await value(
        "import { state } from './state.js'; import { increase as more } from './increase.ts'; more(); state.count",
      ),
    ).toBe("2");
  });

  it("is taken anew when it was edited, with its new types", async () => {
    await write("edited.ts", "export const version = 1;\n");
    expect(await value("import { version } from './edited'; version")).toBe("1");
    await write("edited.ts", "export const version = 'two';\n");
    expect(await value("import { version } from './edited'; version.length")).toBe("3");
  });

  it("is taken anew when a file it imports was edited, and no other file is", async () => {
    await write("leaf.ts", "export const leaf = 1;\n");
    await write("branch.ts", "import { leaf } from './leaf';\nexport const branch = leaf + 1;\n");
    await write("trunk.ts", "export * from './branch';\nexport const trunk = {};\n");
    await write("stone.ts", "export const stone = {};\n");
    await value("import { branch } from './trunk'; import { stone } from './stone'; const before = stone;");
    expect(await value("branch")).toBe("2");
    await write("leaf.ts", "export const leaf = 10;\n");
    expect(
      await value("import { branch } from './trunk'; import { stone } from './stone'; [branch, stone === before]"),
    ).toBe("[ 11, true ]");
  });

  it("may be JSON that was edited, and may import itself in a circle", async () => {
    await write("numbers.json", '{ "rows": 1 }');
    const cell = "import numbers from './numbers.json' with { type: 'json' }; numbers";
    expect(await value(cell)).toBe("{ rows: 1 }");
    await write("numbers.json", '{ "rows": 1, "columns": 2 }');
    expect(await value(`${cell}.columns`)).toBe("2");
    await write("egg.ts", "import { hen } from './hen';\nexport const egg = (): string => 'egg of ' + hen.name;\n");
    await write("hen.ts", "import { egg } from './egg';\nexport function hen() { return egg(); }\n");
    expect(await value("import { hen } from './hen'; hen()")).toBe("'egg of hen'");
  });

  it("with a type error keeps the cell that imports it from running, and shows its own line", async () => {
    await write("wrong.ts", "// A comment.\nexport const length: number = 'long';\n");
    await write("through.ts", "export { length } from './wrong';\n");
    const { reply, stdout } = await run(kernel, "console.log('ran');\nimport { length } from './through';");
    expect([reply.ename, stdout]).toEqual(["TypeScriptError", ""]);
    expect(reply.traceback!.join("\n")).toBe(
      "wrong.ts:2:14 - error TS2322: Type 'string' is not assignable to type 'number'.\n\n1 | // A comment.\n2 | export const length: number = 'long';\n  |              ^\n",
    );
    // Cells that do not import it run; so does one that wants no check, or a mended file.
    expect(await value("'on'")).toBe("'on'");
    expect(await value("// @ts-nocheck\nimport { length } from './through'; length")).toBe("'long'");
    await write("wrong.ts", "export const length: number = 4;\n");
    expect(await value("import { length } from './through'; length")).toBe("4");
  });

  it("that does not parse is named with its line", async () => {
    const { reply } = await run(kernel, "import * as broken from './broken'");
    expect(reply.traceback!.join("\n")).toContain("broken.ts:1:26 - error TS1109: Expression expected.");
    const unchecked = await run(kernel, "// @ts-nocheck\nimport * as broken from './broken'");
    expect(unchecked.reply.evalue).toMatch(/broken\.ts:1/);
  });

  it("that imports from packages shows its own lines", async () => {
    const { reply } = await run(kernel, "import { fail } from './uses'; fail()");
    expect(reply.traceback!.join("\n")).toContain("at fail (uses.ts:12:9)\n");
  });

  it("that throws shows its own lines, whatever was stripped from it, and the latest text", async () => {
    const text =
      "enum Level { Low, High }\n\ninterface Option { level: Level }\nexport function fail({ level }: Option): never {\n  throw new RangeError('too ' + Level[level]);\n}\n";
    await write("failing.ts", text);
    await run(kernel, "import { fail } from './failing'; void fail;");
    await write("failing.ts", `// Edited.\n${text}`);
    const { reply } = await run(kernel, "import { fail } from './failing';\n\nfail({ level: 1 })");
    expect(reply.traceback!.join("\n").replace(/cell-\d+/g, "cell-N")).toBe(
      "RangeError: too High\n    at fail (failing.ts:6:9)\n    at cell-N.ts:3:1\n\nfailing.ts:6\n5 | export function fail({ level }: Option): never {\n6 |   throw new RangeError('too ' + Level[level]);\n  |         ^",
    );
  });
});

it("frames of libraries are folded in a traceback", async () => {
  const { reply } = await run(kernel, "import { run } from '@deep/thrower';\nrun()");
  expect(reply.traceback!.join("\n").replace(/cell-\d+/g, "cell-N")).toBe(
    "RangeError: from below\n    at … 3 frames in @deep/thrower\n    at cell-N.ts:2:1\n\ncell-N.ts:2\n1 | import { run } from '@deep/thrower';\n2 | run()\n  | ^",
  );
});

it("more cells than there are slots keep their names and types", { tags: "all" }, async () => {
  const many = await kernelOfThisTest();
  await run(many, "const first = 1");
  for (let i = 0; i < 260; i++) await run(many, `const name${i} = ${i}`);
  expect((await run(many, "first + name0 + name259")).text).toBe("260");
  expect((await run(many, "name258.nope")).reply.evalue).toContain("Property 'nope' does not exist");
});
