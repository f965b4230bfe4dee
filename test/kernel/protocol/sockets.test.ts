import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout } from "node:timers/promises";
import { expect, it } from "vitest";
import { Sockets } from "../../../kernel/protocol/sockets.js";
import { createConnection } from "../../../kernel/wire/connection-file.js";

const receivers = { request() {}, input() {}, subscription() {} };

it("a port that stays in use is an error", async () => {
  const connection = await createConnection();
  const other = createServer().listen(connection.hb_port, connection.ip);
  await once(other, "listening");
  const sockets = new Sockets(connection);
  await expect(sockets.open(receivers)).rejects.toMatchObject({ code: "EADDRINUSE" });
  await sockets.close();
  other.close();
});

it("a port that is in use for a moment is waited for", async () => {
  const connection = await createConnection();
  const other = createServer().listen(connection.shell_port, connection.ip);
  await once(other, "listening");
  const sockets = new Sockets(connection);
  const opened = sockets.open(receivers);
  await setTimeout(50);
  other.close();
  await opened;
  await sockets.close();
});
