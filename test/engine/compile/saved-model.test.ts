/** The files through which graphs go to TensorFlow. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { describeNative } from "../../helpers/native.js";
import { onEngine } from "../../helpers/on-engine.js";

const program = `
const w = tf.variable(tf.tensor1d([1, 2]));
const f = lib.compile((x) => { w.assign(tf.mul(w, x)); return tf.sum(w); });
const value = f(tf.scalar(2)).dataSync()[0];`;

/** Runs `program` with temporary files in a folder of their own; gives its report and what is left in the folder. */
function inFolder(folder: string, program: string): { value: number; left: string[] } {
  const { TMPDIR, TEMP } = process.env;
  Object.assign(process.env, { TMPDIR: folder, TEMP: folder });
  try {
    const value = onEngine<number>("native", program);
    return { value, left: readdirSync(folder).filter((name) => name.startsWith("gradbook-graph-")) };
  } finally {
    for (const [name, value] of Object.entries({ TMPDIR, TEMP })) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

describeNative("the folder of a saved model", () => {
  const folder = () => {
    const made = mkdtempSync(join(tmpdir(), "gradbook-test-"));
    onTestFinished(() => rmSync(made, { recursive: true, force: true }));
    return made;
  };

  it("is gone when the graph is loaded", () => {
    expect(inFolder(folder(), `${program}\nreport(value);`)).toEqual({ value: 6, left: [] });
  });

  it("is removed by the next process when its own was killed, but not while that lives", async () => {
    const made = folder();
    const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    onTestFinished(() => void other.kill("SIGKILL"));
    const ended = spawn(process.execPath, ["-e", ""]);
    await new Promise((exit) => ended.once("exit", exit));
    for (const { pid } of [other, ended]) {
      mkdirSync(join(made, `gradbook-graph-${pid}-abcdef`));
      writeFileSync(join(made, `gradbook-graph-${pid}-abcdef`, "saved_model.pb"), "");
    }
    mkdirSync(join(made, "somebody-elses"));
    const { value, left } = inFolder(made, `${program}\nreport(value);`);
    expect([value, left]).toEqual([6, [`gradbook-graph-${other.pid}-abcdef`]]);
    expect(existsSync(join(made, "somebody-elses"))).toBe(true);
  });
});
