/** What cells start ends with the kernel, whatever way that ends: children, a shell's, and those of these; not what is detached. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { KernelClient } from "../../kernel/client/kernel-client.js";
import type { KernelProcess } from "../../kernel/client/kernel-process.js";
import { createConnection, writeConnectionFile } from "../../kernel/wire/connection-file.js";
import { begin, builtKernel, kernelOfThisTest, run } from "../helpers/kernel.js";
import { turn } from "../helpers/long.js";

/** Distinguishes the processes of each test from all others: each sleeps its own time. */
let mark = process.pid * 10_000;
afterEach(() => {
  for (const [pid] of sleeping()) process.kill(pid, "SIGKILL");
  mark += 100;
});

/** The processes of this test that are there: their numbers, and which they are. */
function sleeping(): [pid: number, which: number][] {
  const { stdout } = spawnSync("ps", ["-Ao", "pid=,stat=,args="], { encoding: "utf8" });
  const lines = stdout.split("\n").map((line) => /^\s*(\d+)\s+[^Z]\S*\s+sleep (\d+)$/.exec(line));
  return lines.flatMap((found) => {
    const which = Number(found?.[2]) - mark;
    return which >= 0 && which < 100 ? [[Number(found![1]), which]] : [];
  });
}

const which = () =>
  sleeping()
    .map(([, number]) => number)
    .sort((a, b) => a - b);

/** A cell that starts processes in every way: 0 to 6 are to end with the kernel, 7 and 8 are not. */
const startAll = () => `import { exec, execFile, spawn } from "node:child_process";
  spawn("sleep", ["${mark}"]);
  spawn("sleep", ["${mark + 1}"], { stdio: "inherit" });
  exec("sleep ${mark + 2}");
  execFile("sleep", ["${mark + 3}"]);
  spawn("sleep ${mark + 4} & sleep ${mark + 5}; true", { shell: true });
  // One that does not end when it is asked to, as its child does not.
  spawn("sh", ["-c", "trap '' TERM; sleep ${mark + 6}; true"]);
  spawn("sleep", ["${mark + 7}"], { detached: true, stdio: "ignore" }).unref();
  spawn("sleep ${mark + 8}; true", { detached: true, shell: true, stdio: "ignore" }).unref();
  "started"`;

async function start(kernel: KernelProcess): Promise<void> {
  expect((await run(kernel, startAll())).text).toBe("'started'");
  await expect.poll(which).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
}

const blocking = "import { execSync } from 'node:child_process'; console.log('on');";

const ends: { [name: string]: { end(kernel: KernelProcess): unknown; expected: number | NodeJS.Signals } } = {
  "a shutdown": { end: ({ shutdown }) => shutdown(), expected: 0 },
  "a restart": { end: ({ client }) => Promise.allSettled([client.shutdown(true)]), expected: 0 },
  "a shutdown behind process.exit() in a cell": {
    async end(kernel) {
      await run(kernel, "process.exit(3)");
      await kernel.shutdown();
    },
    expected: 0,
  },
  "a shutdown while a cell waits for a process": {
    async end(kernel) {
      await begin(kernel, `${blocking} execSync("sleep ${mark + 9}")`);
      await kernel.shutdown();
    },
    expected: "SIGKILL",
  },
  SIGTERM: { end: ({ child }) => child.kill("SIGTERM"), expected: "SIGTERM" },
  "SIGTERM while a cell waits for a process": {
    async end(kernel) {
      await begin(kernel, `${blocking} execSync("sleep ${mark + 9}")`);
      kernel.child.kill("SIGTERM");
    },
    expected: "SIGTERM",
  },
  SIGKILL: { end: ({ child }) => child.kill("SIGKILL"), expected: "SIGKILL" },
  "process.abort() in a cell": {
    end: ({ client }) => void client.execute("process.abort()").reply.catch(() => {}),
    expected: "SIGABRT",
  },
};

/** Of `npm test`: those that differ most. */
const first = ["a shutdown", "SIGTERM while a cell waits for a process", "SIGKILL", "process.abort() in a cell"];
const isFirst = ([name]: readonly unknown[]) => first.includes(String(name));

describe("processes that a cell has started end", () => {
  it.each(turn(Object.entries(ends), isFirst))(
    "with the kernel, by %s",
    { tags: "long" },
    async (_, { end, expected }) => {
      const kernel = await kernelOfThisTest();
      await start(kernel);
      await end(kernel);
      expect(await kernel.exited).toBe(expected);
      await expect.poll(which).toEqual([7, 8]);
    },
  );

  it("when the process that started the kernel is killed", { tags: "all" }, async () => {
    const parent = fileURLToPath(new URL("../helpers/kernel-parent.mjs", import.meta.url));
    const child = spawn(process.execPath, [parent, JSON.stringify(builtKernel), startAll()], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    await expect.poll(which).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    child.kill("SIGKILL");
    await expect.poll(which).toEqual([7, 8]);
  });
});

describe("a kernel that is started in the group of another process", () => {
  /** As VS Code and scripts start it; `exited` gives its code or signal. */
  async function startInOurGroup(): Promise<{ client: KernelClient; child: ChildProcess; exited: Promise<unknown> }> {
    const folder = mkdtempSync(join(tmpdir(), "gradbook-group-"));
    const file = join(folder, "connection.json");
    const connection = await createConnection();
    writeConnectionFile(file, connection);
    const [program, ...words] = builtKernel.map((word) => word.replace("{connection_file}", file));
    const child = spawn(program!, words, {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, JPY_PARENT_PID: "", GRADBOOK_HISTORY: "" },
    });
    const exited = once(child, "exit").then(([code, signal]) => code ?? signal);
    const client = new KernelClient(connection);
    onTestFinished(() => {
      child.kill("SIGKILL");
      client.close();
      rmSync(folder, { recursive: true });
    });
    await client.ready();
    return { client, child, exited };
  }

  const ways = [
    ["a shutdown", 0],
    ["SIGTERM", "SIGTERM"],
    ["SIGKILL", "SIGKILL"],
  ] as const;
  it.each(turn(ways, isFirst))(
    "ends those of its cells by %s, and nothing else",
    { tags: "long" },
    async (how, expected) => {
      const { client, child, exited } = await startInOurGroup();
      await client.execute(startAll()).done();
      await expect.poll(which).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
      const beside = spawn("sleep", [String(mark + 10)]);
      if (how === "a shutdown") await Promise.allSettled([client.shutdown()]);
      else child.kill(how);
      expect(await exited).toBe(expected);
      await expect.poll(which).toEqual([7, 8, 10]);
      beside.kill();
    },
  );
});
