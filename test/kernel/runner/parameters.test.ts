import { describe, expect, it } from "vitest";
import type { CodeCell, Notebook } from "../../../kernel/runner/notebook-file.js";
import { injectParameters, parseValue } from "../../../kernel/runner/parameters.js";

const code = (id: string, source: string, ...tags: string[]): CodeCell => ({
  cell_type: "code",
  id,
  metadata: { tags },
  source,
  execution_count: null,
  outputs: [],
});
const notebook = (...cells: CodeCell[]): Notebook => ({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 });
const declared = `let epochs = 30, data = "data/ames";\nlet limit: number | undefined;\nlet run: string = "1", quick = false;`;
const usual = notebook(code("first", "1"), code("p", declared, "parameters"), code("last", "2"));
const inject = (...pairs: [string, string][]) => injectParameters(usual, new Map(pairs));

describe("injectParameters", () => {
  it("names the known parameters when it gets an unknown one", () => {
    expect(() => inject(["epoch", "3"])).toThrow(
      "one of the parameters epochs, data, limit, run, quick, received epoch",
    );
  });

  it("refuses a value of another type", () => {
    expect(() => inject(["epochs", "many"])).toThrow('a number for the parameter epochs, received "many"');
    expect(() => inject(["quick", "0"])).toThrow('a boolean for the parameter quick, received "0"');
  });

  it("says that no cell is tagged, or that the tagged one is not TypeScript", () => {
    const values = new Map([["n", "1"]]);
    expect(() => injectParameters(notebook(code("a", "let n = 1")), values)).toThrow(
      'tagged "parameters" for n, received none',
    );
    expect(() => injectParameters(notebook(code("a", "let n = ;", "parameters")), values)).toThrow(
      "Expected TypeScript",
    );
  });

  it("puts the values into a cell behind the tagged one, with the declared types", () => {
    const { cells } = inject(
      ["epochs", "5"],
      ["data", "../it's mine"],
      ["limit", "10"],
      ["run", "007"],
      ["quick", "true"],
    );
    expect(cells.map(({ id }) => id)).toEqual(["first", "p", "injected-parameters", "last"]);
    expect(cells[2]!.source).toBe(
      [
        "// Parameters",
        "let epochs = 5;",
        `let data = "../it's mine";`,
        "let limit: number | undefined = 10;",
        'let run: string = "007";',
        "let quick = true;",
      ].join("\n"),
    );
    expect(cells[2]!.metadata.tags).toEqual(["injected-parameters"]);
  });

  it("replaces the cell of an earlier run, also by none", () => {
    const earlier = inject(["epochs", "5"]);
    expect(injectParameters(earlier, new Map([["epochs", "6"]]))).toEqual(inject(["epochs", "6"]));
    expect(injectParameters(earlier, new Map())).toEqual(usual);
  });
});

describe("parseValue", () => {
  it.each([
    ["5", 5],
    ["-1e-3", -0.001],
    [".5", 0.5],
    ["true", true],
    ["False", false],
    ["None", null],
    ["null", null],
    ["", ""],
    ["1.2.3", "1.2.3"],
    ["0x10", "0x10"],
    ["data/ames", "data/ames"],
  ])("reads %j as %j", (text, value) => {
    expect(parseValue(text)).toBe(value);
  });
});
