/**
 * How kernels begin and end, many times: none leaves a process behind, none aborts. `npm run test:all` ends twelve in each way,
 * `npm test` two, side by side.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { KernelProcess } from "../../kernel/client/kernel-process.js";
import { begin, builtKernel, run, startTestKernel } from "../helpers/kernel.js";
import { inFull } from "../helpers/long.js";
import { needing } from "../helpers/needs.js";

const times = inFull(12, 2);

/** The processes in the group of a kernel, which it leads: itself, TypeScript, and what cells have started. */
const group = ({ child }: KernelProcess): string[] =>
  spawnSync("ps", ["-eo", "pgid=,stat=,args="], { encoding: "utf8" })
    .stdout.split("\n")
    .filter((line) => line.trim().startsWith(`${child.pid} `) && !/^\s*\d+\s+Z/.test(line));

/** Each ends a kernel, idle or busy, and tells how its process is to end. */
const ends: { [name: string]: { end(kernel: KernelProcess): unknown; expected: number | NodeJS.Signals } } = {
  "a shutdown": { end: (kernel) => kernel.shutdown(), expected: 0 },
  // The end of the process may be seen before the answer is read.
  "a restart": { end: ({ client }) => Promise.allSettled([client.shutdown(true)]), expected: 0 },
  // As nbclient, nbconvert and papermill do it.
  "a shutdown right behind an interrupt": {
    async end({ client, shutdown }) {
      void client.interrupt().catch(() => {});
      await shutdown();
    },
    expected: 0,
  },
  "a shutdown while it prints": {
    async end(kernel) {
      await begin(kernel, "for (;;) console.log('on')");
      await kernel.shutdown();
    },
    expected: 0,
  },
  "a shutdown while timers print": {
    async end(kernel) {
      await run(kernel, "for (let i = 0; i < 5; i++) setInterval(() => console.log('x'.repeat(10_000)))");
      void kernel.client.interrupt().catch(() => {});
      await kernel.shutdown();
    },
    expected: 0,
  },
  "a shutdown behind process.exit() in a cell": {
    async end(kernel) {
      const { reply } = await run(kernel, "process.exit(3)");
      expect(reply.evalue).toContain("received process.exit(3)");
      await kernel.shutdown();
    },
    expected: 0,
  },
  "a shutdown while it cannot be stopped": {
    async end(kernel) {
      await begin(kernel, "import { execSync } from 'node:child_process'; console.log('on'); execSync('sleep 20')");
      await kernel.shutdown();
    },
    expected: "SIGKILL",
  },
  SIGTERM: { end: ({ child }) => child.kill("SIGTERM"), expected: "SIGTERM" },
  SIGKILL: { end: ({ child }) => child.kill("SIGKILL"), expected: "SIGKILL" },
};

describe("a kernel that is ended", () => {
  const chosen = inFull(Object.keys(ends), ["a shutdown", "a shutdown while it prints", "SIGTERM"]);
  it.each(chosen.map((name) => [name, ends[name]!] as const))(
    "by %s says nothing, leaves no process and does not abort",
    { tags: "long" },
    async (_, { end, expected }) => {
      for (let i = 0; i < times; i += 2) {
        await Promise.all(
          [1, 2].map(async () => {
            let log = "";
            const kernel = await startTestKernel({ onStderr: (text) => (log += text) });
            await run(kernel, "const x: number = 1; x");
            await end(kernel);
            expect(await kernel.exited).toBe(expected);
            kernel.client.close();
            expect(log).toBe("");
            await expect.poll(() => group(kernel)).toEqual([]);
          }),
        );
      }
    },
  );

  needing("Linux", "all")(
    "by the death of the process that started it leaves no process, whatever it does",
    async () => {
      const parent = fileURLToPath(new URL("../helpers/kernel-parent.mjs", import.meta.url));
      for (const cell of ["1", "for (;;);", "for (;;) console.log('on')"]) {
        const child = spawn(process.execPath, [parent, JSON.stringify(builtKernel), cell], {
          stdio: ["ignore", "pipe", "ignore"],
        });
        const [pid] = await once(child.stdout, "data");
        const group = () => spawnSync("ps", ["-eo", "pgid="], { encoding: "utf8" }).stdout.split("\n").map(Number);
        expect(group()).toContain(Number(pid));
        child.kill("SIGKILL");
        await expect.poll(group).not.toContain(Number(pid));
      }
    },
  );
});
