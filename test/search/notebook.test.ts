/** A search in a notebook, in a real kernel: seen while it runs, interrupted, taken up again, its function edited. */
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Message } from "../../kernel/wire/message.js";
import { temporaryFolder } from "../helpers/folder.js";
import { kernelOfThisTest, run } from "../helpers/kernel.js";
import { root } from "../helpers/needs.js";
import { until } from "../helpers/redis.js";

const trials = (slow: string) => `
import { writeFileSync } from "node:fs";
import { shift } from "./shift";
export async function trial({ x }: { x: number }): Promise<number> {
  if (x === ${slow}) {
    writeFileSync("pid", String(process.pid));
    await new Promise((resolve) => setTimeout(resolve, 1e8));
  }
  return x + shift;
}
`;

it("a search shows its figure, is interrupted and goes on, and knows an edited file as another search", {
  tags: "all",
}, async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder.path, "node_modules"));
  symlinkSync(root, join(folder.path, "node_modules/gradbook"), "junction");
  folder.write("trials.ts", trials("3"));
  folder.write("shift.ts", "export const shift: number = 10;\n");
  const kernel = await kernelOfThisTest({ cwd: folder.path });
  const start = await run(
    kernel,
    `import { inProcess, search, workers } from "gradbook";
     const options = { module: "trials.ts", export: "trial", seed: 0, trials: "grid" as const, file: "out/search.jsonl" };
     const executor = workers({ count: 2 });
     const space = { x: [1, 2, 3, 4] };`,
  );
  expect(start.reply.status, start.stderr).toBe("ok");

  const execution = kernel.client.execute("await search({ ...options, space, executor, plot: true })");
  const messages: Message[] = [];
  let asked = false;
  for await (const message of execution) {
    messages.push(message);
    if (asked || !JSON.stringify(message.content).includes("3/4")) continue;
    asked = true;
    await kernel.client.interrupt();
  }
  expect((await execution.reply).content).toMatchObject({ status: "error", ename: "Interrupted" });
  const figures = messages.filter(({ header }) => header.msg_type === "display_data");
  expect(JSON.stringify(figures[0]?.content)).toContain('"image/png":"iVBOR');
  const isThere = (pid: number) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  await until(() => !isThere(Number(readFileSync(join(folder.path, "pid"), "utf8"))));

  folder.write("trials.ts", trials("30"));
  const refused = await run(kernel, "await search({ ...options, space, executor })");
  expect(refused.reply).toMatchObject({ status: "error" });
  expect(JSON.stringify(refused.reply)).toContain("received one with a different code");
  const table = "console.log(found.table.map(({ status, loss }) => status + ' ' + loss).join())";
  const edited = await run(
    kernel,
    `const found = await search({ ...options, space, executor, file: "out/2.jsonl", progress: false });\n${table}`,
  );
  expect(edited.stdout, edited.stderr).toBe("done 11,done 12,done 13,done 14\n");
  folder.write("shift.ts", "export const shift: number = 20;\n");
  const again = await run(
    kernel,
    `const found = await search({ ...options, space, executor: inProcess(), file: "out/3.jsonl", progress: false });\n${table}`,
  );
  expect(again.stdout, again.stderr).toBe("done 21,done 22,done 23,done 24\n");
});
