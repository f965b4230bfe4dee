/**
 * The connection file: where a kernel's five sockets listen, and the key that signs its messages.
 * Jupyter (or `../client`) writes it and starts the kernel with its path; the kernel reads it.
 * Source: "Connection files", jupyter-client.readthedocs.io/en/stable/kernels.html#connection-files.
 */
import { randomInt, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";

/** The five sockets of a kernel. */
export const channels = ["shell", "iopub", "stdin", "control", "hb"] as const;

/** One of the five sockets: requests, broadcasts, input from the user, urgent requests, heartbeat. */
export type Channel = (typeof channels)[number];

/** The content of a connection file. */
export type Connection = {
  transport: "tcp" | "ipc";
  ip: string;
  key: string;
  signature_scheme: "hmac-sha256";
  kernel_name?: string;
} & { [channel in Channel as `${channel}_port`]: number };

/** The ZeroMQ address of one socket, for example `tcp://127.0.0.1:40001`. */
export function endpoint(connection: Connection, channel: Channel): string {
  const port = connection[`${channel}_port`];
  return connection.transport === "ipc" ? `ipc://${connection.ip}-${port}` : `tcp://${connection.ip}:${port}`;
}

/** A connection over TCP on this machine only, with five ports that are free now and a new key. */
export async function createConnection(): Promise<Connection> {
  const ip = "127.0.0.1";
  const ports = await freePorts(ip, channels.length);
  const [shell_port, iopub_port, stdin_port, control_port, hb_port] = ports as [number, number, number, number, number];
  const key = randomUUID();
  return {
    transport: "tcp",
    ip,
    shell_port,
    iopub_port,
    stdin_port,
    control_port,
    hb_port,
    key,
    signature_scheme: "hmac-sha256",
  };
}

/** Ports below those that systems give to outgoing connections, so that none of these takes one before the kernel does. */
const [firstPort, lastPort] = [10_000, 32_767];

/** All `count` ports are held open until the last is known, so that no two are the same. */
async function freePorts(ip: string, count: number): Promise<number[]> {
  const servers: Server[] = [];
  const ports: number[] = [];
  while (ports.length < count) {
    const port = randomInt(firstPort, lastPort + 1);
    const server = createServer();
    try {
      await once(server.listen(port, ip), "listening");
    } catch (error) {
      if (["EADDRINUSE", "EACCES"].includes((error as NodeJS.ErrnoException).code ?? "")) continue;
      throw error;
    }
    servers.push(server);
    ports.push(port);
  }
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** How the folders of our own connection files begin. */
const folderPrefix = "gradbook-kernel-";

/** Where a connection file may be written: in a new folder of its own. */
export function newConnectionFile(): string {
  return join(mkdtempSync(join(tmpdir(), folderPrefix)), "connection.json");
}

/** Writes `connection` to `file`, readable by this user only: who knows the key can run code. */
export function writeConnectionFile(file: string, connection: Connection): void {
  writeFileSync(file, `${JSON.stringify(connection, null, 2)}\n`, { mode: 0o600 });
}

/** Takes away a connection file with the folder that `newConnectionFile` has made for it. Jupyter looks after its own. */
export function removeConnectionFile(file: string): void {
  const folder = dirname(resolve(file));
  if (basename(folder).startsWith(folderPrefix)) rmSync(folder, { recursive: true, force: true });
}

/**
 * The connection in `file`. Fields of other programs are kept.
 * @throws Error naming the file and the field, for a missing file, text that is not JSON, or a missing or wrong field.
 */
export function readConnectionFile(file: string): Connection {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`Expected a connection file, received ${file}: ${(error as Error).message}.`, { cause: error });
  }
  const connection = Object(parsed) as { [field: string]: unknown };
  const expect = (field: string, what: string, ok: boolean) => {
    if (ok) return;
    const received = JSON.stringify(connection[field]) ?? "nothing";
    throw new Error(`Expected ${what} in ${field} of the connection file ${file}, received ${received}.`);
  };
  const { transport, ip, key, signature_scheme } = connection;
  expect("transport", '"tcp" or "ipc"', transport === "tcp" || transport === "ipc");
  expect("ip", "an address", typeof ip === "string" && ip !== "");
  expect("key", "a string", typeof key === "string");
  expect("signature_scheme", '"hmac-sha256"', signature_scheme === "hmac-sha256" || (key === "" && !signature_scheme));
  for (const channel of channels) {
    const port = connection[`${channel}_port`];
    expect(
      `${channel}_port`,
      "a port from 1 to 65535",
      Number.isInteger(port) && Number(port) > 0 && Number(port) < 65536,
    );
  }
  return connection as Connection;
}
