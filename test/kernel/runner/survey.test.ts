import { describe, expect, it } from "vitest";
import { reasonOf, surveyNotebook } from "../../../kernel/runner/survey.js";
import { temporaryFolder } from "../../helpers/folder.js";
import { builtKernel } from "../../helpers/kernel.js";

const failed = (evalue: string) => ({ ename: "Error", evalue, traceback: [] });

it("runs every cell of a notebook, whatever fails, and leaves the file as it is", { tags: "all" }, async () => {
  const folder = temporaryFolder();
  const error = { output_type: "error", ename: "E", evalue: "as meant", traceback: [] };
  const cells: [string, object[]][] = [
    ["const one = 1", []],
    ["null.x", [error]],
    ['const far = await Promise.reject<number>(new Error("getaddrinfo ENOTFOUND example.org"))', []],
    ["far + one", []],
    ["one.nope", []],
    ["  ", []],
    ["for (;;);", []],
    ["one", []],
  ];
  const text = JSON.stringify({
    nbformat: 4,
    nbformat_minor: 4,
    metadata: {},
    cells: cells.map(([source, outputs]) => ({
      cell_type: "code",
      source,
      outputs,
      metadata: {},
      execution_count: null,
    })),
  });
  const file = folder.write("a.ipynb", text);
  const surveyed = await surveyNotebook(file, { command: builtKernel, seconds: 10 });
  expect(surveyed).toMatchObject({ file, cells: 7, passed: 2 });
  expect(surveyed.failures.map(({ cell, reason }) => [cell, reason])).toEqual([
    [2, "meant"],
    [3, "network"],
    [4, "network"],
    [5, "ours"],
    [6, "slow"],
  ]);
  expect(folder.names()).toEqual(["a.ipynb"]);
});

describe("the reason of a failure", () => {
  it.each([
    ["fetch failed", "network"],
    ["Expected npm:x to be installed, received a failure: this machine is offline.", "network"],
    ["401 Unauthorized", "key"],
    ["OPENAI_API_KEY is missing: give an API key", "key"],
    ["/a/b/build/Release/canvas.node: cannot open", "binary"],
    ["spawn dot ENOENT", "binary"],
    ["Cannot find module 'jimp' or its corresponding type declarations.", "network"],
    ["Cannot find module './lost'", "ours"],
    ["Cannot read properties of undefined", "ours"],
    ["Cannot find name 'earlier'.", "key", "earlier.use()"],
    ["fetch failed", "network", "earlier.use()"],
  ])("%s is %s", (evalue, reason, source = "1") => {
    expect(reasonOf(failed(evalue), { outputs: [], source }, new Map([["earlier", "key"]]))).toBe(reason);
  });
});
