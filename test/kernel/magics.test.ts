/** Magics, progress bars, the helpers of display and tslab's interface, in a running kernel. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KernelProcess } from "../../kernel/client/kernel-process.js";
import type { DisplayContent } from "../../kernel/wire/message.js";
import { temporaryFolder } from "../helpers/folder.js";
import { kernelOfThisTest, type Outcome, run, startTestKernel } from "../helpers/kernel.js";

let kernel: KernelProcess;
beforeAll(async () => {
  kernel = await startTestKernel();
});
afterAll(() => kernel.kill());

/** What was shown, oldest first: the MIME bundles of all displays, updates included. */
const shown = ({ messages }: Outcome) =>
  messages
    .filter(({ header }) => /display_data$/.test(header.msg_type))
    .map(({ header, content }) => ({ type: header.msg_type, ...(content as unknown as DisplayContent) }));

describe("magics", () => {
  it.each([
    ["%tiem 1", "received %tiem: did you mean %time? %help lists all."],
    ["%whose", "did you mean %whos?"],
    ["%%htlm\n<b>", "did you mean %%html?"],
    ["%lsmagic", "received %lsmagic: %help lists all."],
    ["%time", "Expected %time CODE, received %time alone"],
    ["1\n%%time", "Expected %%time in the first line"],
    ["1\n%%html\n<b>", "Expected %%html in the first line"],
    ["%%time 1", "Expected %%time alone, with the code below it, received %%time 1."],
    ["%pwd here", "Expected %pwd alone, received %pwd here."],
    ["%%bash", "Expected %%bash alone in its line and text below it, received no text."],
    ["%npm", "Expected %npm install NAME, received %npm alone"],
    ['%npm install x\nimport x from "x"', "received both in one cell: split the cell."],
  ])("refuse %j", async (code, message) => {
    const { reply, stdout } = await run(kernel, code);
    expect(reply).toMatchObject({ status: "error", ename: "MagicError", evalue: expect.stringContaining(message) });
    expect(stdout).toBe("");
  });

  it("refuse what a shell would take for its own, and say that npm failed", async () => {
    const odd = await run(kernel, "%npm install x&&ls");
    expect(odd.reply.evalue).toContain("received x&&ls.");
    const none = await run(kernel, "%npm dance");
    expect(none.reply.evalue).toMatch(/^npm dance failed \(1\) in /);
    expect(none.stdout + none.stderr).toContain("dance");
  });

  it("time a line and keep its value", async () => {
    const { text, stdout } = await run(kernel, "const base = 40;\n%time base + 2");
    expect(text).toBe("42");
    expect(stdout).toMatch(/^Wall time: [\d.]+ (µs|ms|s)\n$/);
  });

  it("time a line whose declarations stay, and what it awaits", async () => {
    const code = "%time const slow = await new Promise<number>((resolve) => setTimeout(resolve, 60, 7));";
    expect((await run(kernel, code)).stdout).toMatch(/^Wall time: ([5-9]\d\.\d ms|\d{3} ms|[\d.]+ s)\n$/);
    expect((await run(kernel, "slow")).text).toBe("7");
  });

  it("time a cell and keep its value", async () => {
    const { text, stdout } = await run(kernel, '%%time\nconst five = 5;\nconsole.log("in between");\nfive * 2');
    expect(text).toBe("10");
    expect(stdout).toMatch(/^in between\nWall time: /);
  });

  it("time each for itself, one within another too", async () => {
    const own = await kernelOfThisTest();
    await run(own, "let clock = 0;\nperformance.now = () => clock;");
    expect((await run(own, "%%time\nclock += 1;\n%time clock += 2")).stdout).toBe(
      "Wall time: 2.00 ms\nWall time: 3.00 ms\n",
    );
    expect((await run(own, "%time clock += 4")).stdout).toBe("Wall time: 4.00 ms\n");
  });

  it("leave positions of errors alone, and a % that is none of theirs", async () => {
    const type = await run(kernel, "%time const wrong: number = 'text';");
    expect(type.reply.traceback?.[0]).toMatch(/^cell-\d+\.ts:1:13 - error TS2322/);
    expect((await run(kernel, "7\n  % 4")).text).toBe("3");
    expect((await run(kernel, "`a\n%time b`")).text).toBe("'a\\n%time b'");
    expect((await run(kernel, "/*\n%help\n*/ 1")).text).toBe("1");
  });

  it("list what there is", async () => {
    const { stdout } = await run(kernel, "%help");
    const lines = stdout.split("\n");
    for (const name of ["%npm install NAME", "%%time", "// @ts-nocheck", "display(…)", "progress(…)", "latex(…)"]) {
      expect(lines.filter((line) => line.startsWith(`${name} `))).toEqual([expect.stringMatching(/ {2}\S.{10}/)]);
    }
    expect(stdout).not.toContain("__");
  });

  it("are known to a console and do not hinder completion", async () => {
    expect(await kernel.client.isComplete("%time 1 + 1")).toMatchObject({ status: "complete" });
    expect(await kernel.client.isComplete("%oops")).toMatchObject({ status: "invalid" });
    expect((await kernel.client.complete("%time Math.flo")).matches).toContain("floor");
  });

  it("install a package, which the next cell imports", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder.path, "package.json"), "{}");
    const own = await kernelOfThisTest({ cwd: folder.path });
    const parcel = temporaryFolder();
    parcel.write("package.json", '{"name": "parcel", "version": "1.0.0", "main": "main.js", "types": "main.d.ts"}');
    parcel.write("main.js", "exports.answer = 42;");
    parcel.write("main.d.ts", "export const answer: number;");
    expect((await run(own, 'import { answer } from "parcel";')).reply.evalue).toContain("Cannot find module 'parcel'");
    const installed = await run(own, `%npm install ${parcel.path}`);
    expect(installed.reply).toMatchObject({ status: "ok" });
    expect((await run(own, 'import { answer } from "parcel"; answer')).text).toBe("42");
  });
});

it("runs a cell without the type check where its first line says so", async () => {
  const { text, reply } = await run(kernel, '// @ts-nocheck\nconst odd: number = "text";\nodd');
  expect([reply.status, text]).toEqual(["ok", "'text'"]);
  expect((await run(kernel, "const odd2: number = 'text';")).reply.ename).toBe("TypeScriptError");
});

describe("the shell", () => {
  it("runs a line, shows what it prints as it comes, and tells of its code", async () => {
    const { stdout, stderr, reply, text } = await run(kernel, "!echo one; echo two >&2; exit 3\n'after'");
    expect([stdout, stderr, reply.status, text]).toEqual([
      "one\n",
      "two\nThe command ended with code 3.\n",
      "ok",
      "'after'",
    ]);
  });

  it.each([
    ["const on = true &&\n!false\non", "true"],
    ["const off = false\n!!off", "false"],
    ["!(1 > 2)", "true"],
    ["[\n!true,\n]", "[ false ]"],
    ["`\n!echo no\n`.trim()", "'!echo no'"],
    ["/*\n!echo no\n*/ 1", "1"],
  ])("leaves TypeScript alone: %j", async (code, value) => {
    const { stdout, text } = await run(kernel, code);
    expect([stdout, text]).toEqual(["", value]);
  });

  it("runs lines between those of TypeScript, in blocks too", async () => {
    const { stdout } = await run(kernel, "for (const n of [1, 2]) {\n!echo block\n  console.log(n);\n}\n!echo end");
    expect(stdout).toBe("block\n1\nblock\n2\nend\n");
  });

  it("runs a script, whose failure is the cell's", async () => {
    expect((await run(kernel, "%%bash\nfor i in 1 2; do\n  echo $i\ndone")).stdout).toBe("1\n2\n");
    const { reply, stdout } = await run(kernel, "%%sh\necho before\nexit 4");
    expect([stdout, reply.evalue]).toEqual([
      "before\n",
      "Expected a script that ends with code 0, received 4 from sh: see above.",
    ]);
  });

  it("is ended by an interrupt, with what it has started", async () => {
    const sleeper = "600.125";
    const sleeps = () =>
      spawnSync("ps", ["-A", "-o", "args="], { encoding: "utf8" }).stdout.includes(`sleep ${sleeper}`);
    const cell = run(kernel, `%%bash\nsleep ${sleeper} & wait`);
    await expect.poll(sleeps).toBe(true);
    await kernel.client.interrupt();
    expect((await cell).reply).toMatchObject({ status: "error" });
    await expect.poll(sleeps).toBe(false);
    expect((await run(kernel, "1")).text).toBe("1");
  });
});

describe("cells that are no TypeScript", () => {
  it.each([
    ["%%html\n<b>x</b>", { "text/html": "<b>x</b>" }],
    ["\n%%markdown\n*x*\n`y`", { "text/markdown": "*x*\n`y`" }],
    ["%%svg\n<svg/>", { "image/svg+xml": "<svg/>" }],
    ["%%latex\n$x$", { "text/latex": "$x$" }],
    ["%%javascript\nlet = 1", { "application/javascript": "let = 1" }],
  ])("show %j", async (code, data) => {
    expect(shown(await run(kernel, code)).map((each) => each.data)).toEqual([data]);
  });

  it("write files, which run and are imported", async () => {
    const folder = temporaryFolder();
    const own = await kernelOfThisTest({ cwd: folder.path });
    const text = "console.log('ran');\nexport const made: number = 1;";
    expect((await run(own, `%%writefile deep/made.ts\n${text}`)).stdout).toBe("Wrote deep/made.ts\n");
    expect((await run(own, "%%writefile -a deep/made.ts\nexport const more = 2;")).stdout).toContain("Appended");
    expect((await run(own, "%run deep/made.ts\n%run deep/made.ts")).stdout).toBe("ran\nran\n");
    expect((await run(own, "import { made, more } from './deep/made';\n[made, more]")).text).toBe("[ 1, 2 ]");
    expect((await run(own, "%run none.ts")).reply.evalue).toContain("Expected a file to run, received none.ts");
    expect((await run(own, "%cd deep\n%pwd\n%cd -\n!ls")).stdout).toMatch(/deep\n.*deep\n.*\ndeep\n$/);
    expect((await run(own, "%cd nowhere")).reply.evalue).toMatch(/received .*nowhere \(ENOENT\): name another\.$/);
  });
});

describe("magics of a session", () => {
  it("show and set the environment", async () => {
    expect((await run(kernel, "%env GB_ONE=1 2\n%env GB_ONE\nprocess.env.GB_ONE")).text).toBe("'1 2'");
    expect((await run(kernel, "%env")).stdout).toContain("GB_ONE=1 2\n");
    expect((await run(kernel, "%env GB_NONE")).reply.evalue).toContain("%env GB_NONE=VALUE sets it");
  });

  it("measure a line and a cell, which may await", async () => {
    const pattern =
      /^[\d.]+ (ns|µs|ms) ± [\d.]+ (ns|µs|ms) per loop \(mean ± standard deviation of 2 runs, 5 loops each\)\n$/;
    expect((await run(kernel, "let loops = 0;\n%timeit -n 5 -r 2 loops += 1")).stdout).toMatch(pattern);
    expect((await run(kernel, "loops")).text).toBe("10");
    expect((await run(kernel, "%%timeit -n 5 -r 2\nconst own = await null;\nvoid own;")).stdout).toMatch(pattern);
    expect((await run(kernel, "%timeit -r 1 1 + 1")).stdout).toMatch(/of 1 runs, [\d,]+ loops each/);
  });

  it("list names and forget them", async () => {
    const own = await kernelOfThisTest();
    expect((await run(own, "%who")).stdout).toBe("No cell has declared a name yet.\n");
    await run(own, "const one = 1; class Box {}\nlet box: Box | undefined = new Box()");
    expect((await run(own, "%who")).stdout).toBe("Box  box  one\n");
    const { stdout } = await run(own, "%whos");
    expect(stdout).toMatch(/box +Box \| undefined +Box \{\}\n/);
    // As TypeScript says it, of a constant.
    expect(stdout).toMatch(/one +1 +1\n/);
    expect((await run(own, "%reset")).stdout).toBe("3 names forgotten.\n");
    expect((await run(own, "one")).reply.evalue).toContain("Cannot find name 'one'");
    expect((await run(own, "const one = 'again'\n%who")).stdout).toBe("one\n");
  });
});

it("takes templates with values for markup", async () => {
  expect((await run(kernel, `html\`<b>\${1 + 1}</b>\${['<i>', '</i>']}\``)).result).toEqual({
    "text/html": "<b>2</b><i></i>",
  });
  expect((await run(kernel, `markdown\`*\${"x"}*\``)).result).toEqual({ "text/markdown": "*x*" });
  expect((await run(kernel, `latex\`$\\frac{\${1}}{2}$\``)).result).toEqual({ "text/latex": "$\\frac{1}{2}$" });
});

describe("progress", () => {
  it("refuses what it cannot go through, and an impossible total", async () => {
    const items = await run(kernel, "// @ts-nocheck\nprogress(5)");
    expect(items.reply.evalue).toBe("Expected something to iterate over in progress(…), received number.");
    expect((await run(kernel, "progressBar(-1)")).reply.evalue).toContain("0 or more steps for a progress bar");
  });

  it("moves one output in place, as HTML and as text", async () => {
    const code = "let sum = 0;\nfor (const i of progress([1, 2, 3], { label: 'a<b' })) sum += i;\nsum";
    const outcome = await run(kernel, code);
    expect(outcome.text).toBe("6");
    const all = shown(outcome);
    expect(all[0]!.type).toBe("display_data");
    expect(all.slice(1).every(({ type }) => type === "update_display_data")).toBe(true);
    expect(new Set(all.map(({ transient }) => transient?.display_id)).size).toBe(1);
    const { data } = all.at(-1)!;
    expect(data["text/html"]).toMatch(/^a&#60;b <progress value="1"><\/progress> 3\/3 {2}\d+\.\d s$/);
    expect(data["text/plain"]).toMatch(/^a<b ━{24} 3\/3 {2}\d+\.\d s$/);
  });

  it("shows where a loop ended early, and counts what has no length", async () => {
    const code = `async function* count() { let i = 0; for (;;) yield i++; }
for await (const i of progress(count())) if (i === 4) break;
for (const i of progress([1, 2, 3, 4])) if (i === 3) break;`;
    const texts = shown(await run(kernel, code)).map(({ data }) => data["text/plain"] as string);
    expect(texts.some((text) => /^4 {2}/.test(text))).toBe(true);
    expect(texts.at(-1)).toMatch(/^━{12}─{12} 2\/4/);
  });

  it("is moved by hand", async () => {
    const all = shown(
      await run(kernel, 'const bar = progressBar(8, { label: "train" }); bar.update(2, "loss 0.5"); bar.end();'),
    );
    expect(all.at(-1)!.data["text/plain"]).toMatch(/^train ━{6}─{18} 2\/8 {2}\d+\.\d s {2}loss 0\.5$/);
  });
});

it("shows LaTeX and JSON, and says what JSON cannot say", async () => {
  expect((await run(kernel, "latex('$x^2$')")).result).toEqual({ "text/latex": "$x^2$" });
  const { result } = await run(kernel, "json({ a: [1, 2] })");
  expect(result).toEqual({ "application/json": { a: [1, 2] }, "text/plain": expect.stringContaining('"a"') });
  expect((await run(kernel, "json(() => 1)")).reply.evalue).toContain("Expected a value of JSON");
});

it("prints tables, groups, objects and times of the console, one below the other", async () => {
  const code = `console.table([{ a: 1, b: "x" }]);
console.group("outer"); console.log("inner"); console.groupEnd();
console.dir({ a: { b: { c: { d: 1 } } } }, { depth: 1 });
console.time("t"); console.timeEnd("t"); console.count();`;
  const { stdout, stderr } = await run(kernel, code);
  expect(stderr).toBe("");
  expect(stdout).toMatch(/│ 0 +│ 1 +│ 'x' │/);
  expect(stdout).toContain("outer\n  inner\n{ a: { b: [Object] } }\nt: ");
  expect(stdout).toMatch(/default: 1\n$/);
});

it("limits the depth and the length of what it shows", async () => {
  expect((await run(kernel, "({ a: { b: { c: { d: 1 } } } })")).text).toContain("c: [Object]");
  expect((await run(kernel, "Array.from({ length: 1000 }, (_, i) => i)")).text).toContain("... 900 more items");
  expect((await run(kernel, "'x'.repeat(100_000)")).text).toContain("... 90000 more characters");
});

describe("a notebook written for tslab", () => {
  it("is told by the type check what tslab.display does not have", async () => {
    const { reply } = await run(kernel, 'import * as tslab from "tslab";\ntslab.display.film("x");');
    expect(reply.evalue).toContain("Property 'film' does not exist on type 'Display'");
  });

  it("shows by tslab.display, and replaces by newDisplay", async () => {
    const outcome = await run(
      kernel,
      `import * as tslab from "tslab";
tslab.display.html("<b>1</b>");
tslab.display.png(new Uint8Array([1, 2, 3]));
tslab.display.raw("text/x-own", "own");
const place = tslab.newDisplay();
place.text("a");
place.text("b");`,
    );
    expect(outcome.reply).toMatchObject({ status: "ok" });
    const all = shown(outcome);
    expect(all.map(({ type, data }) => [type, data])).toEqual([
      ["display_data", { "text/html": "<b>1</b>" }],
      ["display_data", { "image/png": "AQID" }],
      ["display_data", { "text/x-own": "own" }],
      ["display_data", { "text/plain": "a" }],
      ["update_display_data", { "text/plain": "b" }],
    ]);
    expect(all[4]!.transient).toEqual(all[3]!.transient);
  });

  it("declares again, exports, and uses types of earlier cells", async () => {
    await run(kernel, "export const width = 1; export interface Box { side: number }");
    await run(kernel, 'let width = "wide";');
    expect((await run(kernel, "const box: Box = { side: width.length }; box.side")).text).toBe("4");
  });
});
