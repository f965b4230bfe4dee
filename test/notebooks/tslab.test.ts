/**
 * Chapters in the stock tslab kernel (TypeScript 5.0.4), driven by nbclient: one here, the others in `npm run test:all`. The
 * cells that cannot work there stand in `tslab-exceptions.json` with the reason, and have to fail.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type CodeCell, hasTag, readNotebook, writeNotebook } from "../../kernel/runner/notebook-file.js";
import { chapters, codeCells, printed, writeSolvedChapter } from "../helpers/course.js";
import { run, startTslab } from "../helpers/kernel.js";
import { executeByNbclient } from "../helpers/nbclient.js";
import { needing, root } from "../helpers/needs.js";

const exceptions: Record<string, Record<string, string>> = JSON.parse(
  readFileSync(new URL("tslab-exceptions.json", import.meta.url), "utf8"),
);

it("tslab finds gradbook and gradbook/danfo, with their types, from the notebooks' folder", async () => {
  const kernel = await startTslab(join(root, "notebooks"));
  try {
    const imports = 'import { engine, tf } from "gradbook";\nimport { DataFrame } from "gradbook/danfo";';
    const found = await run(
      kernel,
      `${imports}\nawait engine.ready;\nconsole.log(tf.ones([2, 3]).size, new DataFrame([[1]]).shape);`,
    );
    expect([found.reply.status, found.stdout], found.stderr).toEqual(["ok", "6 [ 1, 1 ]\n"]);
    expect((await run(kernel, "const wrong: string = DataFrame;")).stderr).toContain("not assignable to type 'string'");
  } finally {
    await kernel.kill();
  }
});

describe.each(chapters)("%s in tslab", { tags: "all" }, (name) => {
  needing("Python")("runs to its end, the listed cells aside, and its solutions are right", async () => {
    // Below the repository: tslab's TypeScript names danfo's types by the packages that it finds from here.
    mkdirSync(join(root, "out"), { recursive: true });
    const folder = mkdtempSync(join(root, "out", "tslab-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, name);
    writeSolvedChapter(name, file);
    const notebook = readNotebook(file);
    const failing = exceptions[name] ?? {};
    for (const { id, metadata } of notebook.cells) {
      if (id in failing) metadata.tags = [...(metadata.tags ?? []), "raises-exception"];
    }
    writeNotebook(file, notebook);
    await executeByNbclient(file, "tslab", folder);
    const cells = codeCells(readNotebook(file));
    // tslab writes an error to stderr, and an unlisted cell that fails ends the run.
    const complains = ({ outputs }: CodeCell) => outputs.some((output) => "name" in output && output.name === "stderr");
    for (const cell of cells.filter(({ id }) => id in failing)) expect(complains(cell), cell.id).toBe(true);
    const answers = (tag: string) => cells.filter((cell) => hasTag(cell, tag)).map(printed);
    expect(answers("exercise")).toEqual(Array(3).fill("Not answered yet.\n"));
    expect(answers("solution")).toEqual(Array(3).fill("Right.\n"));
  });
});
