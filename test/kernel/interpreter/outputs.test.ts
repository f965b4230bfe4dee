import { describe, expect, it } from "vitest";
import { Backlog } from "../../../kernel/backlog.js";
import { Outputs } from "../../../kernel/interpreter/outputs.js";
import type { Output } from "../../../kernel/threads.js";

/** As an interrupt ends code, at a call of it. */
class CutOff extends Error {}

/** Outputs, what they have sent, and a switch by which the sending is cut off. */
function outputsThatCanBeCutOff() {
  const texts: string[] = [];
  const line = { isCut: false };
  const send = (output: Output) => {
    if (line.isCut) throw new CutOff();
    texts.push(output.type === "stream" ? output.text : output.type);
  };
  return { outputs: new Outputs(send, new Backlog(new SharedArrayBuffer(4))), texts, line };
}

describe("outputs whose sending is cut off", () => {
  it("keep the text for the next time, and send it once", () => {
    const { outputs, texts, line } = outputsThatCanBeCutOff();
    outputs.write("stdout", "one\n", 1);
    line.isCut = true;
    expect(() => outputs.write("stdout", "two\n", 1)).toThrow(CutOff);
    line.isCut = false;
    outputs.abandon();
    outputs.write("stdout", "three\n", 1);
    outputs.flush();
    expect(texts.join("")).toBe("one\ntwo\nthree\n");
  });

  it("give up what is not ready, and send what waits behind it", async () => {
    const { outputs, texts } = outputsThatCanBeCutOff();
    outputs.show(new Promise<never>(() => {}));
    outputs.write("stdout", "behind\n", 1);
    outputs.show({ type: "clear", wait: false });
    outputs.abandon();
    outputs.write("stdout", "later\n", 1);
    await outputs.settled();
    expect(texts).toEqual(["behind\n", "clear", "later\n"]);
  });
});
