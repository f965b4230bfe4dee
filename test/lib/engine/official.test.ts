import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { download, officialAddresses, officialEngine } from "../../../lib/engine/official.js";
import type { Progress } from "../../../lib/engine/progress.js";
import { setUpEngine } from "../../../lib/engine/setup.js";
import { emptyMachine, installed, realEngine, temporaryFolder } from "../../helpers/engine.js";
import { needing } from "../../helpers/needs.js";

afterEach(() => vi.unstubAllEnvs());

/** A server of this test; gives its address, with a slash at the end. */
async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const quiet: Progress = { say: () => {}, bar: () => ({ update: () => {}, stop: () => {} }) };

describe("a download", () => {
  it("arrives whole", async () => {
    const address = await serve((_request, response) => response.end("content"));
    const file = join(temporaryFolder(), "file");
    await download(address, file, quiet);
    expect(readFileSync(file, "utf8")).toBe("content");
  });

  it("tells what the server answered when it refuses", async () => {
    const address = await serve((_request, response) => response.writeHead(403).end());
    await expect(download(address, join(temporaryFolder(), "file"), quiet)).rejects.toThrow(
      `${address}: the server answered 403`,
    );
  });

  it("is given up when nothing comes any more", async () => {
    const address = await serve((_request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half");
    });
    await expect(download(address, join(temporaryFolder(), "file"), quiet, 200)).rejects.toThrow(
      "nothing came for 0.2 s",
    );
  });

  it("fails when the connection breaks half-way", async () => {
    const address = await serve((_request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half", () => response.destroy());
    });
    await expect(download(address, join(temporaryFolder(), "file"), quiet)).rejects.toThrow(address);
  });
});

describe("the official binary", () => {
  it("has the addresses that the package's own files name", () => {
    if (process.platform !== "linux" || process.arch !== "x64") {
      expect(() => officialAddresses(installed)).not.toThrow(TypeError);
      return;
    }
    const { library, addon } = officialAddresses(installed, "http://mirror/");
    expect(library).toBe("http://mirror/tensorflow/libtensorflow/libtensorflow-cpu-linux-x86_64-2.9.1.tar.gz");
    expect(addon).toBe("http://mirror/tf-builds/pre-built-binary/napi-v8/4.22.0/CPU-linux-4.22.0.tar.gz");
  });

  needing("Python and a compiler")("is fetched, unpacked, tried and linked", async () => {
    const machine = emptyMachine();
    // What the server offers: the layout of the published archives, with the engine of this machine in them.
    const engine = join(machine.folder, "offer");
    mkdirSync(engine);
    await realEngine().make({ folder: engine, tfjsNode: installed, progress: quiet });
    const asked: string[] = [];
    vi.stubEnv(
      "TFJS_NODE_CDN_STORAGE",
      await serve((request, response) => {
        const name = basename(request.url!);
        asked.push(name);
        const part = join(engine, name.startsWith("CPU") ? "lib" : "deps");
        const archive = join(machine.folder, name);
        execFileSync("tar", ["-czf", archive, "-C", part, "."]);
        response.end(readFileSync(archive));
      }),
    );
    const result = await setUpEngine({ ...machine, makers: [officialEngine] });
    expect(result, machine.lines.join("\n")).toEqual({ name: "native", reasons: [] });
    expect(asked).toHaveLength(2);
  });

  it("leaves nothing behind when what comes is no archive", async () => {
    const machine = emptyMachine();
    vi.stubEnv("TFJS_NODE_CDN_STORAGE", await serve((_request, response) => response.end("no archive")));
    const { name, reasons } = await setUpEngine({ ...machine, makers: [officialEngine] });
    expect(name).toBe("wasm");
    expect(reasons).toEqual([expect.stringMatching(/^the official binary \(unverified\): /)]);
    expect(existsSync(join(machine.tfjsNode, "lib"))).toBe(false);
    expect(readdirSync(machine.cache)).toEqual(["failure.json"]);
  });
});
