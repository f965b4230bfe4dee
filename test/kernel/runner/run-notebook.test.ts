/** `gradbook run` from outside: the compiled command, a real kernel, files in a folder of their own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { type CodeCell, readNotebook } from "../../../kernel/runner/notebook-file.js";
import { runNotebook } from "../../../kernel/runner/run-notebook.js";
import { code, gradbook, gradbookCommand, markdown, writeTestNotebook } from "../../helpers/notebook.js";

let cwd: string;
let input: string;
const earlier = "an earlier result\n";

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "gradbook-run-"));
  input = join(cwd, "in.ipynb");
});

const run = (...args: string[]) => gradbook(["run", ...args], { cwd });
const executed = (file = "out.ipynb") => readNotebook(join(cwd, file)).cells as CodeCell[];
/** What every cell shows: the text of streams, the plain text of values, the names of errors. */
const shown = (cells: CodeCell[]) =>
  cells.map((cell) =>
    cell.outputs.map((output) =>
      output.output_type === "stream" ? output.text : "data" in output ? output.data["text/plain"] : output.ename,
    ),
  );

describe("a run that cannot begin", () => {
  beforeEach(() => writeFileSync(join(cwd, "out.ipynb"), earlier));

  /** One message, exit code 1, and the folder as it was. */
  function expectRefusal({ status, stdout, stderr }: ReturnType<typeof run>, message: RegExp) {
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^ +at /m);
    expect([status, stdout, stderr.trim().split("\n").length]).toEqual([1, "", 1]);
    expect(readFileSync(join(cwd, "out.ipynb"), "utf8")).toBe(earlier);
  }

  it("says what is wrong with the input", () => {
    expectRefusal(run("none.ipynb", "out.ipynb"), /^gradbook: Expected a notebook, received none\.ipynb: ENOENT/);
    writeFileSync(input, "Id,SalePrice\n");
    expectRefusal(run("in.ipynb", "out.ipynb"), /received in\.ipynb, which is not JSON/);
  });

  it("refuses a notebook in another language", () => {
    writeTestNotebook(input, [code("1")], {
      kernelspec: { name: "python3", display_name: "Python 3", language: "python" },
    });
    expectRefusal(run("in.ipynb", "out.ipynb"), /Expected a notebook in TypeScript, received in\.ipynb in python/);
  });

  it("refuses an unknown parameter, naming the known ones, and one without a value", () => {
    writeTestNotebook(input, [code("let epochs = 3;", "parameters")]);
    expectRefusal(run("in.ipynb", "out.ipynb", "-p", "epoch", "-4"), /one of the parameters epochs, received epoch/);
    expectRefusal(run("in.ipynb", "out.ipynb", "-p", "epochs"), /Expected -p NAME VALUE, received -p epochs/);
  });

  it("refuses an output below a regular file, and one that is a folder", () => {
    writeTestNotebook(input, [code("1")]);
    expectRefusal(run("in.ipynb", "out.ipynb/deep/out.ipynb"), /Expected a folder for out\.ipynb\/deep\/out\.ipynb/);
    mkdirSync(join(cwd, "folder"));
    expectRefusal(
      run("in.ipynb", "folder"),
      /the name of a file for the executed notebook, received the folder folder/,
    );
  });

  it("shows why the kernel did not start", async () => {
    writeTestNotebook(input, [code("1")]);
    const command = [process.execPath, "-e", "console.error('no room'); process.exit(9)"];
    const output = join(cwd, "out.ipynb");
    await expect(runNotebook({ input, output, command })).rejects.toThrow(/end of its process \(9\).*no room/s);
    expect(readFileSync(output, "utf8")).toBe(earlier);
  });
});

describe("a run that fails", () => {
  it.each([
    ["throws", 'const b = a + 1;\nthrow new Error("b is " + b);', /Error: b is 2[\s\S]*:2:/],
    ["has a type error", "const c = 1;\nconst d: string = a;", /:2:[\s\S]*not assignable to type 'string'/],
  ])("stops at a cell that %s, shows where, and keeps what ran", (_, source, message) => {
    writeTestNotebook(input, [
      code("const a = 1;\nconsole.log('before');"),
      code(source),
      code("console.log('behind');"),
    ]);
    const { status, stdout, stderr } = run("in.ipynb", "out.ipynb");
    expect(stderr).toMatch(message);
    expect(stderr).toContain("Cell 2 of 3 failed.");
    expect([status, stdout]).toEqual([1, ""]);
    const cells = executed();
    expect(cells.map((cell) => cell.outputs.map((output) => output.output_type))).toEqual([["stream"], ["error"], []]);
    expect(cells[2]!.execution_count).toBe(null);
    expect(readdirSync(cwd).sort()).toEqual(["in.ipynb", "out.ipynb"]);
  });

  it("keeps what ran when the kernel dies", () => {
    writeTestNotebook(input, [
      code("console.log('before')"),
      code("process.kill(process.pid, 'SIGKILL');\nawait new Promise(() => {});"),
    ]);
    const { status, stderr } = run("in.ipynb", "out.ipynb");
    expect([status, stderr]).toEqual([1, expect.stringContaining("received the end of its process (SIGKILL)")]);
    expect(shown(executed())).toEqual([["before\n"], ["DeadKernel"]]);
  });

  it("keeps what ran when it is interrupted", async () => {
    const endless = "import { writeFileSync } from 'node:fs';\nwriteFileSync('begun', '');\nwhile (true) {}";
    writeTestNotebook(input, [code("console.log('before')"), code(endless), code("console.log('behind')")]);
    const child = spawn(process.execPath, [gradbookCommand, "run", "in.ipynb", "out.ipynb"], {
      cwd,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    while (!existsSync(join(cwd, "begun"))) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill("SIGINT");
    expect(await once(child, "close")).toEqual([1, null]);
    expect(stderr).toContain("out.ipynb");
    expect(shown(executed())[0]).toEqual(["before\n"]);
    expect(executed()[2]!.execution_count).toBe(null);
  });

  it("goes on behind a cell that is tagged raises-exception", () => {
    writeTestNotebook(input, [
      code("throw new RangeError('as told')", "raises-exception"),
      code("console.log('behind')"),
    ]);
    expect(run("in.ipynb", "out.ipynb").status).toBe(0);
    expect(shown(executed())).toEqual([["RangeError"], ["behind\n"]]);
  });
});

describe("a run", () => {
  it("sets parameters, keeps outputs, and prints the summary alone to stdout", () => {
    const cells = [
      markdown("## The setting\n\nWords."),
      code('let epochs = 3;\nlet name = "none";', "parameters"),
      code("epochs + 1"),
      code("process.stdout.write('10 %\\r100 %\\n');\nconsole.log(name);", "summary"),
      code(""),
      code("console.error('aside')", "summary"),
    ];
    writeTestNotebook(input, cells);
    const { status, stdout, stderr } = run("in.ipynb", "-p", "epochs", "-5", "-p", "name", "a b");
    expect([status, stdout], stderr).toEqual([
      0,
      expect.stringMatching(/^100 %\na b\nout.in\.ipynb written after [\d.]+ s\.\n$/),
    ]);
    expect(stderr).toMatch(
      /^\[1\/6\] The setting +[\d.]+ s\n\[2\/6\] \/\/ Parameters let epochs = -5; .* [\d.]+ s\n\[3\/6\] epochs \+ 1/,
    );
    expect(shown(executed("out/in.ipynb").filter((cell) => cell.cell_type === "code"))).toEqual([
      [],
      [],
      ["-4"],
      ["100 %\na b\n"],
      [],
      ["aside\n"],
    ]);
  });

  it("gives the same bytes twice, and again from its own result", { tags: "all" }, () => {
    writeTestNotebook(input, [code("let n = 1;", "parameters"), code("n"), code("console.log([n, 'two'])")], {
      author: "me",
    });
    const bytes = ["in.ipynb", "in.ipynb", "out.ipynb"].map((file) => {
      expect(run(file, "out.ipynb", "-p", "n", "2").status).toBe(0);
      return readFileSync(join(cwd, "out.ipynb"), "utf8");
    });
    expect(new Set(bytes).size).toBe(1);
    const { metadata } = readNotebook(join(cwd, "out.ipynb"));
    expect(metadata).toMatchObject({
      author: "me",
      kernelspec: { name: "gradbook", language: "typescript" },
      language_info: { name: "typescript", file_extension: ".ts" },
    });
  });

  it("works in the present folder and imports from the notebook's", () => {
    mkdirSync(join(cwd, "deep"));
    writeFileSync(join(cwd, "deep", "twice.ts"), "export const twice = (x: number): number => 2 * x;\n");
    writeFileSync(join(cwd, "number.txt"), "21");
    const source =
      'import { readFileSync } from "node:fs";\nimport { twice } from "./twice.ts";\ntwice(Number(readFileSync("number.txt", "utf8")))';
    writeTestNotebook(join(cwd, "deep", "in.ipynb"), [code(source)]);
    const { status, stderr } = run(join("deep", "in.ipynb"), "out.ipynb");
    expect(status, stderr).toBe(0);
    expect(shown(executed())).toEqual([["42"]]);
  });

  it("keeps what a timer prints behind its cell", () => {
    const later =
      "const later = new Promise<void>((resolve) => setTimeout(() => { console.log('later'); resolve(); }, 50));";
    writeTestNotebook(input, [code(later), code("await later;\nconsole.log('own');")]);
    expect(run("in.ipynb", "out.ipynb").status).toBe(0);
    expect(shown(executed()).flat().join("")).toBe("later\nown\n");
  });
});
