/** `%help`: everything a cell has beyond TypeScript and Node: magics, and the kernel's own functions with what they are for. */
import { globals } from "../../language/globals.js";
import { magics } from "../../language/magic-table.js";
import type { RunMagic } from "./context.js";

export const run: RunMagic = () => {
  const functions = [
    ...globals.matchAll(/^\/\*\*\s+(?:\* )?(.*?)(?: \*\/)?$(?:\n \*.*)*\ndeclare (?:function|const) ([a-z]\w*)/gm),
  ];
  const rows = new Map([
    ...[...magics.values()].map(({ usage, help }): [string, string] => [usage, help]),
    ["// @ts-nocheck", "first line of a cell: runs it without the type check; alone in a cell: all that follow"],
    ["name?  name??", "what is known of a name; with two signs its source, too"],
    ...functions.map(([, first, name]): [string, string] => [`${name}(…)`, first!]),
  ]);
  const width = Math.max(...[...rows.keys()].map((name) => name.length));
  console.log([...rows].map(([name, text]) => `${name.padEnd(width)}  ${text}`).join("\n"));
};
