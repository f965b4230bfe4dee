import { join } from "node:path";
import { expect, it } from "vitest";
import { startKernel } from "../../kernel/client/kernel-process.js";
import { run, tslabKernel } from "../helpers/kernel.js";
import { root } from "../helpers/needs.js";

it.each(Array.from({ length: 12 }, (_, i) => i))("tslab %i", async () => {
  const t = Date.now();
  const kernel = await startKernel({
    command: tslabKernel,
    cwd: join(root, "notebooks"),
    onStderr: (x) => console.log("STDERR", x),
  });
  const t1 = Date.now();
  try {
    const imports = 'import { engine, tf } from "gradbook";\nimport { DataFrame } from "gradbook/danfo";';
    const found = await run(
      kernel,
      `${imports}\nawait engine.ready;\nconsole.log(tf.ones([2, 3]).size, new DataFrame([[1]]).shape);`,
    );
    expect([found.reply.status, found.stdout], found.stderr).toEqual(["ok", "6 [ 1, 1 ]\n"]);
    expect((await run(kernel, "const wrong: string = DataFrame;")).stderr).toContain("not assignable to type 'string'");
    console.log("TIMES", t1 - t, Date.now() - t1);
  } finally {
    await kernel.kill();
  }
});
