/** Every name that the library exports says what it is: an editor and the notebook show that comment. */
import { join } from "node:path";
import { API } from "typescript/unstable/sync";
import { expect, it } from "vitest";
import { root } from "../helpers/needs.js";

it("every public name has a documentation comment", () => {
  const api = new API({ cwd: root });
  try {
    const config = join(root, "tsconfig.json");
    const project = api.updateSnapshot({ openProjects: [config] }).getProject(config)!;
    const { checker, program } = project;
    const index = checker.getSymbolAtLocation(program.getSourceFile(join(root, "entry/index.ts"))!)!;
    const names = checker.getExportsOfModule(index);
    expect(names.length).toBeGreaterThan(40);
    const undocumented = names.filter((name) => {
      const own = checker.getAliasedSymbol(name);
      return checker.getDocumentationCommentOfSymbol(own).trim() === "";
    });
    expect(undocumented.map(({ name }) => name)).toEqual([]);
  } finally {
    api.close();
  }
});
