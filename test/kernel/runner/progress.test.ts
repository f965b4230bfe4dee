import { WriteStream } from "node:tty";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { CodeCell, Notebook } from "../../../kernel/runner/notebook-file.js";
import { cellTitle, Progress } from "../../../kernel/runner/progress.js";
import { code, markdown } from "../../helpers/notebook.js";

/** Something to write to that remembers it: a terminal of 40 columns, or a file. */
function output(isTTY: boolean) {
  const written: string[] = [];
  const out = Object.assign(Object.create(WriteStream.prototype) as WriteStream, { isTTY, columns: 40 });
  out.write = (text: string | Uint8Array) => written.push(String(text)) > 0;
  return { out, written };
}

afterEach(() => {
  vi.useRealTimers();
});

describe("cellTitle", () => {
  it("takes the heading right before the cell, else the beginning of its code in one line", () => {
    const cells = [
      markdown("Intro.\n\n## The model\n\nWords."),
      code("1"),
      code("\nimport {\n  a,\n} from 'b';"),
      markdown("No heading."),
      code("2"),
    ];
    const notebook: Notebook = { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 };
    const titles = [cells[1], cells[2], cells[4]].map((cell) => cellTitle(notebook, cell as CodeCell));
    expect(titles).toEqual(["The model", "import { a, } from 'b';", "2"]);
  });
});

describe("Progress", () => {
  it("writes a plain line for each cell to what is no terminal", () => {
    const { out, written } = output(false);
    const progress = new Progress(["first", "a longer one"], out);
    progress.start(0);
    progress.printed("epoch 1\n");
    progress.end();
    progress.start(1);
    progress.end(true);
    expect(written.map((text) => text.replace(/[\d.]+ s/, "T s"))).toEqual([
      expect.stringMatching(/^\[1\/2\] first +T s\n$/),
      expect.stringMatching(/^\[2\/2\] a longer one +T s {2}failed\n$/),
    ]);
  });

  it("shows the clock and the cell's last line on a terminal, within its width", () => {
    vi.useFakeTimers();
    const { out, written } = output(true);
    const progress = new Progress(["first"], out);
    progress.start(0);
    progress.printed("epoch 1\n\u001b[32mepoch 2\u001b[39m\r\n");
    vi.advanceTimersByTime(200);
    expect(written.at(-1)).toBe("\r\u001b[K[1/1] first    0.2 s   epoch 2");
    progress.printed("x".repeat(100));
    vi.advanceTimersByTime(200);
    expect(written.at(-1)).toHaveLength("\r\u001b[K".length + 39);
    progress.end();
    expect(written.at(-1)).toBe("\r\u001b[K[1/1] first    0.4 s\n");
    expect(vi.getTimerCount()).toBe(0);
  });
});
