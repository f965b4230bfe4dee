import { mkdtempSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  createConnection,
  endpoint,
  readConnectionFile,
  writeConnectionFile,
} from "../../../kernel/wire/connection-file.js";

const folder = mkdtempSync(join(tmpdir(), "gradbook-connection-"));
const good = await createConnection();

function fileWith(text: string): string {
  const file = join(folder, "connection.json");
  writeFileSync(file, text);
  return file;
}

describe("readConnectionFile", () => {
  it("names a file that is missing, and one that is not JSON", () => {
    expect(() => readConnectionFile(join(folder, "none.json"))).toThrow(
      /Expected a connection file, received .*none\.json: ENOENT/,
    );
    expect(() => readConnectionFile(fileWith("{"))).toThrow(/Expected a connection file, received .*connection\.json/);
    expect(() => readConnectionFile(fileWith("null"))).toThrow('"tcp" or "ipc" in transport');
  });

  it.each([
    [{ shell_port: "40001" }, "a port from 1 to 65535 in shell_port of the connection file", '"40001"'],
    [{ hb_port: 0 }, "hb_port", "received 0"],
    [{ key: undefined }, "a string in key", "received nothing"],
    [{ signature_scheme: "hmac-md5" }, '"hmac-sha256" in signature_scheme', '"hmac-md5"'],
    [{ transport: "udp" }, "transport", '"udp"'],
  ])("names the field at fault: %j", (fault, ...words) => {
    const file = fileWith(JSON.stringify({ ...good, ...fault }));
    for (const word of words) expect(() => readConnectionFile(file)).toThrow(word);
  });

  it("reads back what writeConnectionFile wrote, for this user only", async () => {
    const file = join(folder, "written.json");
    writeConnectionFile(file, good);
    expect(readConnectionFile(file)).toEqual(good);
    if (process.platform !== "win32") expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});

describe("createConnection", () => {
  it("takes five different ports and a new key each time", async () => {
    const { shell_port, iopub_port, stdin_port, control_port, hb_port } = good;
    expect(new Set([shell_port, iopub_port, stdin_port, control_port, hb_port]).size).toBe(5);
    expect((await createConnection()).key).not.toBe(good.key);
  });
});

describe("endpoint", () => {
  it("writes addresses as ZeroMQ wants them", () => {
    const connection = { ...good, ip: "127.0.0.1", shell_port: 40001 };
    expect(endpoint(connection, "shell")).toBe("tcp://127.0.0.1:40001");
    expect(endpoint({ ...connection, transport: "ipc", ip: "sock" }, "shell")).toBe("ipc://sock-40001");
  });
});
