/** The front ends people run notebooks with, driving this kernel: papermill, nbconvert, nbclient and the console. */
import { readFileSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { describe, expect } from "vitest";
import { type CodeCell, readNotebook } from "../../kernel/runner/notebook-file.js";
import { temporaryFolder } from "../helpers/folder.js";
import { frontEnds, runModule } from "../helpers/front-ends.js";
import { needing } from "../helpers/needs.js";
import { code, gradbook, markdown, writeTestNotebook } from "../helpers/notebook.js";

const kernelspec = { name: "gradbook", display_name: "TypeScript (Gradbook)", language: "typescript" };

/** Words by which front ends wait longer than their makers thought of, for a kernel and for what it says: a machine may be busy. */
const patient = {
  nbclient: "startup_timeout=1000, iopub_timeout=1000",
  nbconvert: ["--ExecutePreprocessor.startup_timeout=1000", "--ExecutePreprocessor.iopub_timeout=1000"],
  papermill: "--start-timeout=1000",
  console: "--ZMQTerminalInteractiveShell.kernel_timeout=1000",
};

/** The code cells of an executed notebook. */
const codeCells = (file: string) =>
  readNotebook(file).cells.filter((cell): cell is CodeCell => cell.cell_type === "code");

const test = needing("Python");
const inTestAll = needing("Python", "all");

describe("gradbook lab", () => {
  inTestAll("hands its words to JupyterLab, found behind a folder of the PATH that cannot be looked into", async () => {
    const { env } = await frontEnds();
    const { path } = temporaryFolder();
    symlinkSync("loop", join(path, "loop"));
    const PATH = [join(path, "loop"), env.PATH].join(delimiter);
    expect(gradbook(["lab", "--version"], { env: { ...env, PATH } })).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^4\.\d+\.\d+\n$/),
      stderr: "",
    });
  });
});

describe("papermill", () => {
  inTestAll("stops at the first error, keeps what ran, and names the cell's own line", async () => {
    const venv = await frontEnds();
    const { path } = temporaryFolder();
    const cells = [code("const a = 1;\na"), code('const b = 2;\nthrow new RangeError("too far");'), code("3")];
    writeTestNotebook(join(path, "in.ipynb"), cells, { kernelspec });
    const { status, stderr } = runModule(venv, path, ["papermill", patient.papermill, "in.ipynb", "out.ipynb"]);
    expect(status).not.toBe(0);
    expect(stripVTControlCharacters(stderr)).toMatch(/RangeError: too far[\s\S]*cell-2\.ts:2/);
    const executed = codeCells(join(path, "out.ipynb")).filter(({ source }) => !source.includes("papermill"));
    expect(executed.map(({ outputs }) => outputs.map(({ output_type }) => output_type))).toEqual([
      ["execute_result"],
      ["error"],
      [],
    ]);
  });

  inTestAll("runs a notebook to its end", async () => {
    const venv = await frontEnds();
    const { path } = temporaryFolder();
    const cells = [code("let rate = 0.1;"), code("console.log(rate * 2);"), code("await 7")];
    writeTestNotebook(join(path, "in.ipynb"), cells, { kernelspec });
    const { status, stderr } = runModule(venv, path, ["papermill", patient.papermill, "in.ipynb", "out.ipynb"]);
    expect([status, stderr]).toEqual([0, expect.stringContaining("Executing")]);
    const [, printed, awaited] = codeCells(join(path, "out.ipynb"));
    expect(printed!.outputs).toEqual([{ output_type: "stream", name: "stdout", text: "0.2\n" }]);
    expect(awaited!.outputs).toMatchObject([{ output_type: "execute_result", data: { "text/plain": "7" } }]);
  });
});

describe("nbconvert", () => {
  inTestAll("runs controls without a page, at their first position, and its HTML shows state and picture", async () => {
    const venv = await frontEnds();
    const { path } = temporaryFolder();
    const show = "({ x }) => curvesFigure({ loss: [1, x] }, { title: 'at ' + x, yTitle: 'loss' })";
    const cells = [
      code('import { curvesFigure } from "gradbook";'),
      code(`interact({ x: { low: 2, high: 3 } }, ${show})`),
      code("checkbox({ label: 'yes' })"),
    ];
    writeTestNotebook(join(path, "in.ipynb"), cells, { kernelspec });
    const to = (...words: string[]) =>
      runModule(venv, path, ["nbconvert", "--execute", ...patient.nbconvert, ...words, "in.ipynb"]);
    const executed = to("--to", "notebook", "--output", "out");
    expect([executed.status, executed.stderr]).toEqual([0, expect.stringContaining("Writing")]);
    const [, figure, box] = codeCells(join(path, "out.ipynb"));
    const texts = ({ outputs }: CodeCell) =>
      outputs.flatMap((output) => ("data" in output ? [output.data["text/plain"]] : []));
    expect(texts(figure!)).toEqual(["x: 2", "", 'Figure "at 2": loss over epoch; loss goes from 1 to 2.']);
    expect(texts(box!)).toEqual(["yes: false", ""]);
    expect(JSON.stringify(figure!.outputs.at(-1))).toContain("image/png");
    const html = to("--to", "html", "--output", "out");
    expect([html.status, html.stderr]).toEqual([0, expect.stringContaining("Writing")]);
    expect(readFileSync(join(path, "out.html"), "utf8")).toMatch(/x: 2[\s\S]*data:image\/png[\s\S]*yes: false/);
  });

  test("executes a notebook and keeps text, tables, pictures and errors that are allowed", async () => {
    const venv = await frontEnds();
    const { path } = temporaryFolder();
    const table = "({ $columns: ['a'], $index: [0], $data: [[41]] })";
    const cells = [
      markdown("# Title"),
      code('console.log("printed"); console.error("warned");'),
      code(table),
      code("svg(\"<svg xmlns='http://www.w3.org/2000/svg'/>\")"),
      code("for (const i of progress([1, 2, 3])) console.log(i);"),
      code('throw new Error("meant");', "raises-exception"),
    ];
    writeTestNotebook(join(path, "in.ipynb"), cells, { kernelspec });
    const executed = runModule(venv, path, [
      "nbconvert",
      "--execute",
      ...patient.nbconvert,
      "--to",
      "notebook",
      "--output",
      "out",
      "in.ipynb",
    ]);
    expect([executed.status, executed.stderr]).toEqual([0, expect.stringContaining("Writing")]);
    const [printed, shown, picture, bar, failed] = codeCells(join(path, "out.ipynb"));
    expect(printed!.outputs).toEqual([
      { output_type: "stream", name: "stdout", text: "printed\n" },
      { output_type: "stream", name: "stderr", text: "warned\n" },
    ]);
    expect(JSON.stringify(shown!.outputs)).toContain("<td>41</td>");
    expect(JSON.stringify(picture!.outputs)).toContain("image/svg+xml");
    // One bar, in its last state: the updates replaced it.
    const bars = bar!.outputs.filter(({ output_type }) => output_type === "display_data");
    expect(bars).toHaveLength(1);
    expect(JSON.stringify(bars)).toContain("3/3");
    expect(failed!.outputs).toMatchObject([{ output_type: "error", ename: "Error", evalue: "meant" }]);
    const html = runModule(venv, path, ["nbconvert", "--to", "html", "out.ipynb"]);
    expect([html.status, html.stderr]).toEqual([0, expect.stringContaining("Writing")]);
    expect(readFileSync(join(path, "out.html"), "utf8")).toMatch(/printed[\s\S]*41[\s\S]*meant/);
  });
});

/** Two cells run by nbclient's own interface: a question that cannot be asked, and a cell that takes too long. */
const nbclientScript = `
import json, sys
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError
notebook = nbformat.read("in.ipynb", 4)
client = NotebookClient(notebook, kernel_name="gradbook", allow_errors=True, ${patient.nbclient})
client.interrupt_on_timeout = True
client.timeout_func = lambda cell: 3 if "while" in cell.source else None
client.execute()
nbformat.validate(notebook)
print(json.dumps([[output.output_type + " " + output.get("ename", "") for output in cell.outputs] for cell in notebook.cells]))
`;

describe("nbclient", () => {
  inTestAll("interrupts a cell that takes too long, and goes on with the variables that were", async () => {
    const venv = await frontEnds();
    const folder = temporaryFolder();
    folder.write("execute.py", nbclientScript);
    const cells = [code("let count = 0;"), code("while (true) count += 1;"), code("count > 0")];
    writeTestNotebook(join(folder.path, "in.ipynb"), cells, { kernelspec });
    const { status, stdout, stderr } = runModule(venv, folder.path, ["execute"]);
    expect([status, stderr.includes("Traceback")], stderr).toEqual([0, false]);
    expect(JSON.parse(stdout)).toEqual([[], ["error Interrupted"], ["execute_result "]]);
  });
});

/** Executes a notebook six times, each in a kernel of its own, which it ends in nbclient's way. */
const manyEnds = `
import nbformat
from nbclient import NotebookClient
for _ in range(6):
    NotebookClient(nbformat.read("in.ipynb", 4), kernel_name="gradbook", ${patient.nbclient}).execute()
`;

describe("nbclient, which interrupts a kernel before it ends it,", () => {
  for (const [state, source] of [
    ["idle", "1 + 1"],
    ["flooding", "setInterval(() => console.log('x'.repeat(1000)), 1); 1"],
  ] as const) {
    inTestAll(`hears nothing on stderr of one that is ${state}`, async () => {
      const venv = await frontEnds();
      const folder = temporaryFolder();
      folder.write("many.py", manyEnds);
      writeTestNotebook(join(folder.path, "in.ipynb"), [code(source)], { kernelspec });
      const { status, stderr } = runModule(venv, folder.path, ["many"]);
      expect([status, stderr]).toEqual([0, ""]);
    });
  }
});

describe("jupyter console", () => {
  test("runs lines, remembers variables, shows errors and ends", async () => {
    const venv = await frontEnds();
    const { path } = temporaryFolder();
    const lines = 'const six = 6;\nsix * 7\nconst wrong: number = "text";\nconsole.log("still" + "here")\n';
    const args = ["jupyter_console", "--kernel", "gradbook", "--simple-prompt", patient.console];
    const { status, stdout, stderr } = runModule(venv, path, args, lines);
    expect(stdout).toMatch(/Gradbook \d[\s\S]*Out\[2\]: 42[\s\S]*stillhere/);
    expect(stripVTControlCharacters(stderr)).toMatch(/cell-3\.ts:1:7 - error TS2322/);
    expect(status).toBe(0);
  });
});
