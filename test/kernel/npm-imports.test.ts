/** Packages by `npm:`, from a registry of the test's own on this machine: real npm, real packages, no network. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KernelProcess } from "../../kernel/client/kernel-process.js";
import { npmPackage, refusal, typesFile } from "../../kernel/language/npm-packages.js";
import { temporaryFolder } from "../helpers/folder.js";
import { kernelOfThisTest, run, startTestKernel } from "../helpers/kernel.js";

/** What the registry has: the files of each version. */
const versions: { [version: string]: { [file: string]: string } } = {
  "1.0.0": {
    "package.json":
      '{ "name": "tiny-thing", "version": "1.0.0", "main": "i.js", "types": "i.d.ts", "scripts": { "postinstall": "node -e \\"require(\'fs\').writeFileSync(\'ran\', \'\')\\"" } }',
    "i.js": "exports.which = 'one';\n",
    "i.d.ts": "export const which: string;\n",
  },
  "2.0.0": {
    "package.json":
      '{ "name": "tiny-thing", "version": "2.0.0", "type": "module", "exports": { ".": { "types": "./m.d.ts", "import": "./m.js" }, "./part": { "import": "./part.js" } } }',
    "m.js": "export const which = 'two';\nexport default which;\n",
    "m.d.ts": "export const which: 'two';\nexport default which;\n",
    "part.js": "export const part = 'of two';\n",
    "part.d.ts": "export const part: string;\n",
  },
};

let folder: string;
let registry: Server;
let env: NodeJS.ProcessEnv;
let kernel: KernelProcess;
/** What was asked for. */
const asked: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "gradbook-npm-"));
  const tarballs = new Map(
    Object.entries(versions).map(([version, files]) => {
      const place = join(folder, version, "package");
      mkdirSync(place, { recursive: true });
      for (const [name, text] of Object.entries(files)) writeFileSync(join(place, name), text);
      const tarball = join(folder, `${version}.tgz`);
      execFileSync("tar", ["czf", tarball, "-C", join(folder, version), "package"]);
      return [version, readFileSync(tarball)];
    }),
  );
  registry = createServer((request, response) => {
    asked.push(request.url!);
    const tarball = tarballs.get(/^\/(.*)\.tgz$/.exec(request.url!)?.[1] ?? "");
    if (tarball) return response.end(tarball);
    if (request.url !== "/tiny-thing") return response.writeHead(404).end("{}");
    const entries = [...tarballs].map(([version, bytes]) => {
      const integrity = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
      const dist = { tarball: `${address()}/${version}.tgz`, integrity };
      return [version, { ...JSON.parse(versions[version]!["package.json"]!), dist }];
    });
    const packument = { name: "tiny-thing", "dist-tags": { latest: "2.0.0" }, versions: Object.fromEntries(entries) };
    return response.end(JSON.stringify(packument));
  });
  await new Promise<void>((resolve) => registry.listen(0, "127.0.0.1", resolve));
  env = {
    GRADBOOK_CACHE: join(folder, "cache"),
    npm_config_registry: address(),
    npm_config_cache: join(folder, "npm"),
  };
  kernel = await startTestKernel({ env, cwd: folder });
});
afterAll(async () => {
  await kernel.kill();
  registry.close();
  rmSync(folder, { recursive: true });
});

const address = () => `http://127.0.0.1:${(registry.address() as AddressInfo).port}`;

describe("an import by npm:", () => {
  it("installs the package before the check, with its types, without its scripts, and says so", async () => {
    const { text, stderr } = await run(kernel, 'import { which } from "npm:tiny-thing@1";\nwhich.toUpperCase()');
    expect(text).toBe("'ONE'");
    expect(stderr).toMatch(/^Installing npm:tiny-thing@1 …\nInstalled npm:tiny-thing@1 in [\d.]+ s\.\n$/);
    const ran =
      'require("node:fs").existsSync(require("node:path").join(process.env.GRADBOOK_CACHE!, "npm/tiny-thing@1/node_modules/tiny-thing/ran"))';
    expect((await run(kernel, ran)).text).toBe("false");
    expect((await run(kernel, "which.nope")).reply.evalue).toContain("Property 'nope' does not exist on type 'string'");
  });

  it("installs it once, and versions side by side", async () => {
    const before = asked.length;
    const again = await run(kernel, 'import { which as one } from "npm:tiny-thing@1";\none');
    expect([again.text, again.stderr, asked.length]).toEqual(["'one'", "", before]);
    const code =
      'import two, { which as same } from "npm:tiny-thing@2.0.0";\nimport { part } from "npm:tiny-thing@2.0.0/part";\n[one, two, same, part]';
    expect((await run(kernel, code)).text).toBe("[ 'one', 'two', 'two', 'of two' ]");
    expect((await run(kernel, "const wrong: 'one' = two")).reply.ename).toBe("TypeScriptError");
  });

  it("takes the latest without a version, in a later kernel too", async () => {
    expect((await run(kernel, 'import { which as last } from "npm:tiny-thing";\nlast')).text).toBe("'two'");
    const before = asked.length;
    const later = await kernelOfThisTest({ env, cwd: folder });
    expect((await run(later, 'import { which } from "npm:tiny-thing";\nwhich')).text).toBe("'two'");
    expect(asked.length).toBe(before);
  });

  it("is not installed by completion or inspection", async () => {
    const before = asked.length;
    await kernel.client.complete('import { wh } from "npm:tiny-thing@1.0.0"', 11);
    await kernel.client.inspect('import { which } from "npm:tiny-thing@1.0.0"', 11);
    expect(asked.length).toBe(before);
  });

  it("that cannot be had says why, and leaves nothing", { tags: "all" }, async () => {
    const none = await run(kernel, 'import x from "npm:not-there-at-all";');
    expect(none.reply).toMatchObject({ ename: "ImportError", evalue: expect.stringContaining("npm says: code E404") });
    const offline = await kernelOfThisTest({ env: { ...env, npm_config_registry: "http://127.0.0.1:9" }, cwd: folder });
    const { reply } = await run(offline, 'import { which } from "npm:tiny-thing@1.0.0";');
    expect(reply.evalue).toContain("this machine is offline");
    expect((await run(kernel, 'import { which as w } from "npm:tiny-thing@1.0.0";\nw')).text).toBe("'one'");
  });
});

it.each([
  ["npm:a", { name: "a", path: "." }],
  ["npm:/a@^1.2/b/c.js", { name: "a", version: "^1.2", path: "./b/c.js" }],
  ["npm:@x/y@2", { name: "@x/y", version: "2", path: "." }],
  ["node:fs", undefined],
])("%s is %j", (specifier, found) => {
  expect(npmPackage(specifier)).toEqual(found);
});

it("refuses other places with what to write instead", () => {
  expect(refusal("jsr:@std/assert@1")).toContain("!npx jsr add @std/assert");
  expect(refusal("https://deno.land/x/plot/mod.ts")).toContain("download the file");
  expect(refusal("npm:a")).toBeUndefined();
});

it("finds the types of a package by its pattern of exports, and beside", () => {
  const place = temporaryFolder();
  const own = join(place.path, "node_modules", "p");
  mkdirSync(join(own, "lib"), { recursive: true });
  writeFileSync(join(own, "package.json"), '{ "exports": { ".": "./main.mjs", "./*": { "import": "./lib/*.js" } } }');
  for (const file of ["main.d.mts", "lib/deep.d.ts"]) writeFileSync(join(own, file), "");
  expect(typesFile({ name: "p", path: "." }, place.path)).toBe(join(own, "main.d.mts"));
  expect(typesFile({ name: "p", path: "./deep" }, place.path)).toBe(join(own, "lib/deep.d.ts"));
  expect(typesFile({ name: "p", path: "./none" }, place.path)).toBeUndefined();
});
