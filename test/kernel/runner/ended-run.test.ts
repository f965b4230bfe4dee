/** `gradbook run` that is ended from outside, at any moment: what ran is in the file, and nothing is left behind. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { isAlive } from "../../../engine/compile/is-alive.js";
import { type CodeCell, readNotebook } from "../../../kernel/runner/notebook-file.js";
import { temporaryFolder } from "../../helpers/folder.js";
import { needing } from "../../helpers/needs.js";
import { code, gradbookCommand, writeTestNotebook } from "../../helpers/notebook.js";

const earlier = "an earlier result\n";
const begun = 'import { writeFileSync } from "node:fs";\nwriteFileSync("begun", String(process.pid));';

/** Runs a notebook of `sources` until a cell has written the file `begun`, with the kernel's number. */
async function startRun(sources: readonly string[], output = "out.ipynb") {
  const { path } = temporaryFolder();
  // The connection files of this run's kernel, and of no other.
  const temporary = join(path, "temporary");
  mkdirSync(temporary);
  writeFileSync(join(path, "out.ipynb"), earlier);
  writeTestNotebook(
    join(path, "in.ipynb"),
    sources.map((source) => code(source)),
  );
  const child = spawn(process.execPath, [gradbookCommand, "run", "in.ipynb", output], {
    cwd: path,
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, TMPDIR: temporary, TEMP: temporary },
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const closed = once(child, "close");
  onTestFinished(() => void child.kill("SIGKILL"));
  const kernel = () => (existsSync(join(path, "begun")) ? Number(readFileSync(join(path, "begun"), "utf8")) : 0);
  await expect.poll(kernel).toBeGreaterThan(0);
  const connections = () => readdirSync(temporary).filter((name) => name.startsWith("gradbook-kernel-"));
  expect(connections()).toHaveLength(1);
  const pid = kernel();
  return {
    child,
    pid,
    connections,
    /** How the process ended. */
    ended: async () => ({ status: (await closed) as [number | null, NodeJS.Signals | null], stderr }),
    /** The file as it is. */
    text: () => readFileSync(join(path, output), "utf8"),
    /** The text that each cell has printed. */
    printed: () =>
      (readNotebook(join(path, output)).cells as CodeCell[]).map(({ outputs }) =>
        outputs.map((shown) => (shown.output_type === "stream" ? shown.text : shown.output_type)).join(""),
      ),
  };
}

const loop = `console.log("so far");\n${begun}\nfor (;;);`;
const three = ['console.log("one")', 'console.log("two")', loop, 'console.log("four")'];

describe("a run whose process is killed", () => {
  it.each(["out.ipynb", "in.ipynb"])(
    "has the cells that ran in %s, and its kernel and the connection file go",
    async (output) => {
      const run = await startRun(three, output);
      run.child.kill("SIGKILL");
      expect((await run.ended()).status).toEqual([null, "SIGKILL"]);
      expect(run.printed()).toEqual(["one\n", "two\n", "", ""]);
      await expect.poll(() => isAlive(run.pid)).toBe(false);
      await expect.poll(run.connections).toEqual([]);
    },
  );

  it("leaves an earlier result as it is until a cell has run", async () => {
    const run = await startRun([loop]);
    run.child.kill("SIGKILL");
    await run.ended();
    expect(run.text()).toBe(earlier);
  });
});

describe("a run that is ended by a signal keeps what ran and leaves nothing behind:", () => {
  it.each([
    ["SIGINT", 1],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("%s stops the running cell", async (signal, exitCode) => {
    const run = await startRun(three);
    run.child.kill(signal);
    const { status, stderr } = await run.ended();
    expect([status, stderr]).toEqual([[exitCode, null], expect.stringContaining("what ran is in out.ipynb")]);
    expect(run.printed()).toEqual(["one\n", "two\n", "so far\nerror", ""]);
    expect([isAlive(run.pid), run.connections()]).toEqual([false, []]);
  });

  // Nothing stops a cell that waits for a process.
  const stuck = `import { execSync } from "node:child_process";
    console.log("so far");\nawait new Promise((go) => setTimeout(go, 500));
    execSync(\`echo \${process.pid} > begun; sleep 1000\`);`;

  const ways = [
    ["two of SIGINT", ["SIGINT", "SIGINT"], 130],
    ["SIGTERM behind SIGINT", ["SIGINT", "SIGTERM"], 143],
    ["one SIGTERM", ["SIGTERM"], 143],
  ] as const;
  it.each(ways)("%s, though the cell does not stop", { tags: "all" }, async (_, signals, exitCode) => {
    const run = await startRun(["console.log('one')", stuck]);
    for (const signal of signals) {
      run.child.kill(signal);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    expect((await run.ended()).status).toEqual([exitCode, null]);
    expect(run.printed()).toEqual(["one\n", "so far\n"]);
    await expect.poll(() => isAlive(run.pid)).toBe(false);
    expect(run.connections()).toEqual([]);
  });

  it("SIGHUP of a terminal that nobody reads any more", async () => {
    const run = await startRun(three);
    run.child.stderr.destroy();
    run.child.kill("SIGHUP");
    expect((await run.ended()).status).toEqual([129, null]);
    expect(run.printed()).toEqual(["one\n", "two\n", "so far\nerror", ""]);
    expect([isAlive(run.pid), run.connections()]).toEqual([false, []]);
  });
});

describe("an output that cannot be written", () => {
  /** Runs to the end; gives what became of it, and whether a cell has run. */
  async function refused(output: string, sources: readonly string[]) {
    const folder = temporaryFolder();
    writeTestNotebook(
      join(folder.path, "in.ipynb"),
      sources.map((source) => code(source)),
    );
    const child = spawn(process.execPath, [gradbookCommand, "run", "in.ipynb", output], {
      cwd: folder.path,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const [status] = await once(child, "close");
    return { status, stderr, names: folder.names() };
  }

  it("is found out before the first cell runs", async () => {
    // The file beside it, which is renamed in the end, has a longer name.
    const output = "n".repeat(255);
    const { status, stderr, names } = await refused(output, [begun]);
    expect([status, names]).toEqual([1, ["in.ipynb"]]);
    expect(stderr).toMatch(
      /^gradbook: Expected a file that can be written as n+, received: ENAMETOOLONG.*another output/,
    );
  });

  needing("Linux")("may be there and be no file, which is refused", async () => {
    const socket = join(temporaryFolder().path, "out.ipynb");
    const server = createServer().listen(socket);
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const { status, stderr, names } = await refused(socket, [begun]);
    expect([status, names]).toEqual([1, ["in.ipynb"]]);
    expect(stderr).toContain(`the name of a file for the executed notebook, received ${socket}, which is none`);
  });

  it("any more ends the run at once", async () => {
    const spoil = `import { rmSync, writeFileSync } from "node:fs";\nrmSync("deep", { recursive: true });\nwriteFileSync("deep", "");`;
    const { status, stderr, names } = await refused("deep/out.ipynb", ["1", spoil, begun]);
    expect([status, names]).toEqual([1, ["deep", "in.ipynb"]]);
    expect(stderr).toContain("expected to write this file, received");
  });
});
