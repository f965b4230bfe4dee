import { describe, expect, it } from "vitest";
import { CellOutputs, overwriteLines } from "../../../kernel/runner/cell-outputs.js";
import { createMessage } from "../../../kernel/wire/message.js";

const displays = new Map();
const cellOf = (...messages: [string, object][]) => {
  const cell = new CellOutputs(displays);
  for (const [type, content] of messages) cell.add(createMessage("s", type, content));
  return cell;
};
const stdout = (text: string): [string, object] => ["stream", { name: "stdout", text }];
const stderr = (text: string): [string, object] => ["stream", { name: "stderr", text }];
const picture = (text: string, display_id?: string): object => ({
  data: { "text/plain": text },
  metadata: {},
  transient: display_id === undefined ? {} : { display_id },
});
const shownIn = (cell: CellOutputs) =>
  cell.outputs.map((output) =>
    output.output_type === "stream" ? output.text : "data" in output ? output.data["text/plain"] : output.ename,
  );

describe("CellOutputs", () => {
  it("merges what follows on the same stream, and only that", () => {
    expect(cellOf(stdout("a"), stdout("b"), stderr("c"), stdout("d")).outputs).toEqual([
      { output_type: "stream", name: "stdout", text: "ab" },
      { output_type: "stream", name: "stderr", text: "c" },
      { output_type: "stream", name: "stdout", text: "d" },
    ]);
  });

  it("keeps results, displays and errors as the file has them, without transient fields", () => {
    const error = { ename: "E", evalue: "v", traceback: ["t"] };
    expect(cellOf(["execute_result", { ...picture("1"), execution_count: 4 }], ["error", error]).outputs).toEqual([
      { output_type: "execute_result", data: { "text/plain": "1" }, metadata: {}, execution_count: 4 },
      { output_type: "error", ...error },
    ]);
  });

  it("updates every display of an id, in earlier cells too", () => {
    const first = cellOf(["display_data", picture("old", "bar")], ["display_data", picture("other")]);
    const second = cellOf(["display_data", picture("newer", "bar")], ["update_display_data", picture("new", "bar")]);
    expect([shownIn(first), shownIn(second)]).toEqual([["new", "other"], ["new"]]);
  });

  it("clears at once, or waits for the next output", () => {
    expect(shownIn(cellOf(stdout("a"), ["clear_output", { wait: false }]))).toEqual([]);
    expect(shownIn(cellOf(stdout("a"), ["clear_output", { wait: true }]))).toEqual(["a"]);
    expect(shownIn(cellOf(stdout("a"), ["clear_output", { wait: true }], stdout("b")))).toEqual(["b"]);
    expect(shownIn(cellOf(stdout("a"), ["clear_output", { wait: true }], ["display_data", picture("c")]))).toEqual([
      "c",
    ]);
  });
});

describe("overwriteLines", () => {
  it.each([
    ["plain\ntext", "plain\ntext"],
    ["windows\r\nlines\r\n", "windows\nlines\n"],
    ["10 %\r20 %\r100 %\ndone", "100 %\ndone"],
    ["loading\rok", "okading"],
    ["half\r", "half"],
  ])("shows %j as a terminal does", (text, shown) => {
    expect(overwriteLines(text)).toBe(shown);
  });

  it("works across the messages of a stream", () => {
    expect(shownIn(cellOf(stdout("1 %\r"), stdout("2 %"), stdout("\r100 %\n")))).toEqual(["100 %\n"]);
  });
});
