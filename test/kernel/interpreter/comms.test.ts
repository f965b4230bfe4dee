/** Comms on the side of the user's code: what stays of one that could not be opened. */
import { queryObjects } from "node:v8";
import { expect, it } from "vitest";
import { Comm, Comms } from "../../../kernel/interpreter/comms.js";
import type { CommMessage } from "../../../kernel/threads.js";

it("a comm whose first data is no JSON is not kept, and nothing is sent", () => {
  const sent: CommMessage[] = [];
  const comms = new Comms((message) => sent.push(message));
  const kept = comms.open("t", { one: 1 });
  expect(() => comms.open("t", { big: 10n as never })).toThrow("Expected a value of JSON as data of a comm");
  expect(() => comms.open("t", {}, { metadata: (() => {}) as never })).toThrow("metadata of a comm");
  expect(queryObjects(Comm, { format: "count" })).toBe(1);
  expect(sent.map(({ content }) => content.comm_id)).toEqual([kept.id]);
});
