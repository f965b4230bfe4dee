/**
 * `npm run lines`: how long the part of the library is that one reads in an evening: lines of code without comments and blank
 * lines, counted by TypeScript's own tokens. Fails above the limit. `npm run lines -- FILE…` counts those.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript-6";

const root = fileURLToPath(new URL("..", import.meta.url));
const limit = 1700;

/** Folders and files of `lib`, by what they are. */
const parts = {
  layers: ["layers"],
  losses: ["losses.ts"],
  optimizers: ["optimizers"],
  regularizers: ["regularizers"],
  schedules: ["schedules.ts"],
  "the plain loop": ["training/train-step.ts", "training/training-loop.ts"],
};

const filesOf = (name) =>
  name.endsWith(".ts")
    ? [join(root, "lib", name)]
    : readdirSync(join(root, "lib", name)).flatMap((one) => filesOf(join(name, one)));

/** The lines of a file on which a token of code stands. */
function countLines(text) {
  const source = ts.createSourceFile("file.ts", text, ts.ScriptTarget.Latest, true);
  const lines = new Set();
  const visit = (node) => {
    if (ts.isJSDoc(node)) return;
    const children = node.getChildren(source);
    if (children.length > 0) return children.forEach(visit);
    if (node.kind === ts.SyntaxKind.EndOfFileToken || node.getWidth(source) === 0) return;
    const [first, last] = [node.getStart(source), node.getEnd()].map(
      (at) => source.getLineAndCharacterOfPosition(at).line,
    );
    for (let line = first; line <= last; line++) lines.add(line);
  };
  visit(source);
  return lines.size;
}

const linesOf = (files) => files.reduce((sum, file) => sum + countLines(readFileSync(file, "utf8")), 0);

const given = process.argv.slice(2);
const found =
  given.length > 0
    ? given.map((file) => [file, linesOf([file])])
    : Object.entries(parts).map(([part, names]) => [part, linesOf(names.flatMap(filesOf))]);
const sum = found.reduce((total, [, lines]) => total + lines, 0);
const width = Math.max(...found.map(([name]) => name.length), "in all".length);
for (const [name, lines] of [...found, ["in all", sum]])
  console.log(`${name.padEnd(width)}${String(lines).padStart(7)}`);
if (given.length === 0) {
  console.log(`of at most ${limit} lines of code`);
  if (sum > limit) process.exitCode = 1;
}
