/** What goes wrong in a cell, in a running kernel: every error at the cell's own line and column, and the kernel lives on. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KernelProcess } from "../../kernel/client/kernel-process.js";
import { run, startTestKernel } from "../helpers/kernel.js";

let kernel: KernelProcess;
beforeAll(async () => {
  kernel = await startTestKernel();
});
afterAll(() => kernel.kill());

/** Runs a cell that fails; gives its error, with "cell-N" for the cell's name. */
async function failure(code: string) {
  const { reply, messages } = await run(kernel, code);
  expect(reply.status).toBe("error");
  const error = messages.find((message) => message.header.msg_type === "error")!.content;
  expect(error).toEqual({ ename: reply.ename, evalue: reply.evalue, traceback: reply.traceback });
  const text = reply.traceback!.join("\n").replaceAll(`cell-${reply.execution_count}.ts`, "cell-N.ts");
  return { ename: reply.ename, evalue: reply.evalue, text };
}

describe("a type error", () => {
  it("is reported as by a compiler, and the cell does not run", async () => {
    const { ename, evalue, text } = await failure('console.log("ran");\nconst x: number = "s";');
    expect(ename).toBe("TypeScriptError");
    expect(evalue).toBe("Type 'string' is not assignable to type 'number'.");
    expect(text).toBe(
      "cell-N.ts:2:7 - error TS2322: Type 'string' is not assignable to type 'number'.\n\n1 | console.log(\"ran\");\n2 | const x: number = \"s\";\n  |       ^\n",
    );
    expect((await run(kernel, 'const x = "declared nowhere before"; x')).text).toBe("'declared nowhere before'");
  });

  it("prints nothing of its cell", async () => {
    const { stdout, reply } = await run(kernel, 'console.log("ran"); null.x');
    expect([stdout, reply.status]).toEqual(["", "error"]);
  });

  it("is reported behind characters of two UTF-16 units, with its whole explanation", async () => {
    const { text } = await failure("const f: (x: { a: number }) => void = (x: { a: string }) => '😀'; '😀'; f.nope");
    expect(text).toContain("cell-N.ts:1:7 - error TS2322");
    expect(text).toContain("  Types of parameters 'x' and 'x' are incompatible.");
    expect(text).toContain("cell-N.ts:1:75 - error TS2339: Property 'nope' does not exist");
  });

  it("counts in an object literal's own columns", async () => {
    expect((await failure("{ a: 1, b: nope }")).text).toContain("cell-N.ts:1:12 - error TS2304");
  });

  it("shows ten faults and counts the others", async () => {
    const { text } = await failure(Array.from({ length: 13 }, (_, i) => `no${i};`).join("\n"));
    expect(text).toContain("Cannot find name 'no9'");
    expect(text).toMatch(/… and 3 more\.$/);
    expect(text).not.toContain("no10'");
  });

  it("is an assignment to a constant of an earlier cell", async () => {
    await run(kernel, "const fixed = 1");
    expect((await failure("fixed = 2")).evalue).toContain("Cannot assign to 'fixed' because it is a constant");
  });

  it("is a value of another type for a variable of an earlier cell", async () => {
    await run(kernel, "let free = 1");
    expect((await failure("free = 's'")).evalue).toBe("Type 'string' is not assignable to type 'number'.");
  });

  it("is a module that is not there", async () => {
    expect((await failure("import x from 'no-such-package'")).evalue).toMatch(/^Cannot find module 'no-such-package'/);
  });
});

it("is in colour: the cell's own line first; plain for a run without a front end, and the text is the same", async () => {
  const code = "const before = 1;\nnull!.x";
  const { reply } = await kernel.client.execute(code).done();
  const text = reply.traceback!.join("\n");
  expect(text).toContain("\u001b[1m2 | null!.x\u001b[0m");
  expect(text).toContain("\u001b[2m1 | const before = 1;\u001b[0m");
  expect(text).toContain(`\u001b[36mcell-${reply.execution_count}.ts:2:7\u001b[0m - `);
  const still = await kernel.client.execute(code, { metadata: { gradbook: { static: true } } }).done();
  expect(still.reply.traceback!.join("\n")).not.toContain("\u001b");
  const thrown = await kernel.client.execute("// @ts-nocheck\nthrow new RangeError('no');").done();
  expect(thrown.reply.traceback![0]!.startsWith("\u001b[1;31mRangeError\u001b[0m: no\n")).toBe(true);
  expect(thrown.reply.evalue).toBe("no");
});

describe("a syntax error", () => {
  it("is reported at its place", async () => {
    const { ename, text } = await failure("let a = 1;\nconst = 2;");
    expect(ename).toBe("SyntaxError");
    expect(text).toMatch(/^cell-N\.ts:2:7 - error: .*\n\n1 \| let a = 1;\n2 \| const = 2;\n {2}\| {7}\^\n$/);
  });
});

describe("an error while a cell runs", () => {
  it("shows the cell's own lines and none of the kernel's frames", async () => {
    const { ename, evalue, text } = await failure(
      "// a comment\nfunction fail(x: any): never {\n  throw new RangeError('too far');\n}\nfail(1)",
    );
    expect([ename, evalue]).toEqual(["RangeError", "too far"]);
    expect(text).toBe(
      "RangeError: too far\n    at fail (cell-N.ts:3:9)\n    at cell-N.ts:5:1\n\ncell-N.ts:3\n2 | function fail(x: any): never {\n3 |   throw new RangeError('too far');\n  |         ^",
    );
  });

  it("shows the lines of the earlier cell that declared the function", async () => {
    const { reply } = await run(
      kernel,
      "type Later = number;\nfunction broken(this: void): Later {\n  return null!.x\n}".replace(
        "null!.x",
        "(null as any).x",
      ),
    );
    const { text } = await failure("\n\nbroken()");
    expect(text).toContain(`at broken (cell-${reply.execution_count}.ts:3:24)\n    at cell-N.ts:3:1`);
    expect(text).toContain("3 |   return (null as any).x\n");
  });

  it("shows the right lines behind enums and functions used above their declaration", async () => {
    const { text } = await failure("\nuse();\nenum E { A }\n\nfunction use() {\n  throw new Error('here' + E);\n}");
    expect(text).toContain("at use (cell-N.ts:6:9)\n    at cell-N.ts:2:1");
  });

  it("shows the right lines after an await", async () => {
    expect((await failure("await null;\n\nthrow new Error('late')")).text).toContain("at cell-N.ts:3:7");
  });

  it("shows the cause", async () => {
    const { text } = await failure("throw new Error('outer', { cause: new TypeError('inner') })");
    expect(text).toMatch(/Error: outer.*\[cause\]: TypeError: inner/s);
  });

  it("may be anything thrown", async () => {
    expect(await failure("throw { code: 5 }")).toEqual({
      ename: "Thrown",
      evalue: "{ code: 5 }",
      text: "Thrown, but not an Error: { code: 5 }",
    });
    expect((await failure("await Promise.reject(undefined)")).evalue).toBe("undefined");
  });

  it("has the own lines in a stack that the code itself reads", async () => {
    const { stdout, reply } = await run(kernel, "\nconsole.log(new Error('x').stack!.split('\\n')[1])");
    expect(stdout).toBe(`    at cell-${reply.execution_count}.ts:2:13\n`);
  });

  it("may come from the value's own display method", async () => {
    const { evalue } = await failure("({ [Symbol.for('Jupyter.display')]() { throw new Error('no ink') } })");
    expect(evalue).toBe("no ink");
  });

  it("leaves what ran before it", async () => {
    await failure("let before = 1; before = 2; throw new Error('stop')");
    expect((await run(kernel, "before")).text).toBe("2");
  });
});

describe("outside of a cell's flow", () => {
  it("an error in a timer goes to stderr, with its lines", async () => {
    const { stderr, reply } = await run(
      kernel,
      "setTimeout(() => {\n  throw new Error('in a timer');\n}, 1);\nawait new Promise((go) => setTimeout(go, 50))",
    );
    expect(reply.status).toBe("ok");
    expect(stderr).toContain(`Error: in a timer\n    at Timeout.<anonymous> (cell-${reply.execution_count}.ts:2:9)`);
  });

  it("a rejected promise that nobody awaits goes to stderr", async () => {
    const { stderr, reply } = await run(
      kernel,
      "void Promise.reject(new Error('forgotten'));\nawait new Promise((go) => setTimeout(go, 50))",
    );
    expect(reply.status).toBe("ok");
    expect(stderr).toContain("nobody awaited it:\nError: forgotten");
  });

  it("process.exit() is an error that leaves the kernel and its variables", async () => {
    await run(kernel, "const treasure = 42");
    expect((await failure("process.exit(3)")).evalue).toContain("received process.exit(3)");
    expect((await run(kernel, "treasure")).text).toBe("42");
  });
});
