/** TypeScript's process killed and stopped under a running kernel: the kernel goes on, and the cell says what happened. */
import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import type { KernelProcess } from "../../kernel/client/kernel-process.js";
import { kernelOfThisTest, run } from "../helpers/kernel.js";

/** The process of TypeScript that `kernel` has started. */
function typeScriptOf({ child }: KernelProcess): number {
  const rows = execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" }).split("\n");
  const row = rows
    .map((line) => line.trim().split(/\s+/))
    .find(([, parent, , api]) => {
      return Number(parent) === child.pid && api === "--api";
    });
  return Number(row![0]);
}

/** Stops a process; waits until it stands still, which on a busy machine is later. */
async function stop(pid: number): Promise<void> {
  process.kill(pid, "SIGSTOP");
  const state = () => execFileSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  await expect.poll(state).toMatch(/^T/);
}

// Windows has neither `ps` nor SIGSTOP.
describe.skipIf(process.platform === "win32")("the type checker", () => {
  it("that was killed between two cells is started again, knows the earlier cells, and the cell says so", async () => {
    const kernel = await kernelOfThisTest();
    await run(kernel, "interface Box { side: number }\nconst box: Box = { side: 2 };");
    process.kill(typeScriptOf(kernel), "SIGKILL");
    const wrong = await run(kernel, "const name: string = box.side;");
    expect(wrong.reply.evalue).toBe("Type 'number' is not assignable to type 'string'.");
    expect(wrong.stderr).toBe("TypeScript's process ended (SIGKILL). The type checker was started again.\n");
    const right = await run(kernel, "box.side");
    expect([right.text, right.stderr]).toEqual(["2", ""]);
  });

  it("that is killed while it checks a cell checks it again", async () => {
    const kernel = await kernelOfThisTest();
    await run(kernel, "const one = 1");
    const checker = typeScriptOf(kernel);
    await stop(checker);
    const wrong = run(kernel, "one.toUpperCase()");
    // The answer to a later request tells that the cell is being checked.
    await kernel.client.kernelInfo();
    process.kill(checker, "SIGKILL");
    const { reply, stderr } = await wrong;
    expect(reply.evalue).toBe("Property 'toUpperCase' does not exist on type '1'.");
    expect(stderr).toContain("was started again");
  });

  it("that does not answer in time is replaced: the cell runs unchecked and says so, the next is checked", {
    tags: "all",
  }, async () => {
    const kernel = await kernelOfThisTest({ env: { GRADBOOK_CHECK_SECONDS: "15" } });
    await run(kernel, "const one = 1");
    await stop(typeScriptOf(kernel));
    const unchecked = await run(kernel, "const two: string = 2 as any; const three: string = 3; [one, two, three]");
    expect(unchecked.text).toBe("[ 1, 2, 3 ]");
    expect(unchecked.stderr).toBe("The cell runs unchecked. TypeScript has not answered for 15 s.\n");
    const checked = await run(kernel, "three.toFixed()");
    expect(checked.reply.evalue).toMatch(/^Property 'toFixed' does not exist on type 'string'/);
    expect(checked.stderr).toContain("The type checker was started again.");
  });

  it("that does not answer does not keep a cell from being interrupted", async () => {
    const kernel = await kernelOfThisTest();
    await run(kernel, "1");
    const checker = typeScriptOf(kernel);
    await stop(checker);
    const cell = run(kernel, "globalThis.ran = true");
    await kernel.client.kernelInfo();
    await kernel.client.interrupt();
    expect((await cell).reply.ename).toBe("Interrupted");
    process.kill(checker, "SIGCONT");
    expect((await run(kernel, "'ran' in globalThis")).text).toBe("false");
  });
});
