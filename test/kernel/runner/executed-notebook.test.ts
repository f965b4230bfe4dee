import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ExecutedNotebook } from "../../../kernel/runner/executed-notebook.js";
import { type CodeCell, formatNotebook, type Notebook, readNotebook } from "../../../kernel/runner/notebook-file.js";
import { createMessage, type Message } from "../../../kernel/wire/message.js";
import { temporaryFolder } from "../../helpers/folder.js";
import { code, markdown } from "../../helpers/notebook.js";

/** Three cells that have begun, the requests of each, and the file they go to. */
function begun() {
  const file = join(temporaryFolder().path, "out.ipynb");
  const cells = [markdown("# Title"), code("1"), code("2"), code("3")].map((cell, i) => ({ ...cell, id: `cell-${i}` }));
  const notebook: Notebook = { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 };
  const executed = new ExecutedNotebook(notebook, file);
  const requests = [1, 2, 3].map((i) => {
    const request = createMessage("s", "execute_request", {});
    executed.begin(cells[i] as CodeCell, request.header.msg_id);
    return request;
  });
  const receive = (parent: Message, type: string, content: object) =>
    executed.receive(createMessage("s", type, content, { parent }) as Message);
  const shown = () =>
    (readNotebook(file).cells.slice(1) as CodeCell[]).map(({ outputs }) =>
      outputs
        .map((output) => ("data" in output ? output.data["text/plain"] : "text" in output && output.text))
        .join(""),
    );
  return { file, notebook, executed, requests: requests as [Message, Message, Message], receive, shown };
}

it("saves what was shown so far, and what comes later under a cell that was saved before", () => {
  const { file, notebook, executed, requests, receive, shown } = begun();
  const [first, second, third] = requests;
  const bar = (text: string) => ({ data: { "text/plain": text }, metadata: {}, transient: { display_id: "bar" } });
  receive(first, "display_data", bar("1/2"));
  receive(second, "stream", { name: "stdout", text: "two\n" });
  executed.save();
  expect(shown()).toEqual(["1/2", "two\n", ""]);
  receive(third, "update_display_data", bar("2/2"));
  receive(second, "stream", { name: "stdout", text: "late\n" });
  executed.save();
  expect(shown()).toEqual(["2/2", "two\nlate\n", ""]);
  // What was put together from saved texts is what the whole would give.
  expect(readFileSync(file, "utf8")).toBe(formatNotebook(notebook));
});

it("writes nothing where nothing has changed", () => {
  const { file, executed, requests, receive } = begun();
  receive(requests[0], "stream", { name: "stdout", text: "one\n" });
  executed.save();
  const { ino, mtimeNs } = statSync(file, { bigint: true });
  executed.save();
  expect(statSync(file, { bigint: true })).toMatchObject({ ino, mtimeNs });
  receive(requests[0], "stream", { name: "stdout", text: "more\n" });
  executed.save();
  expect(statSync(file, { bigint: true }).mtimeNs).not.toBe(mtimeNs);
});
