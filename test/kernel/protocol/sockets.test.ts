import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout } from "node:timers/promises";
import { expect, it } from "vitest";
import { Sockets } from "../../../kernel/protocol/sockets.js";
import { createConnection } from "../../../kernel/wire/connection-file.js";
import { createMessage } from "../../../kernel/wire/message.js";

const receivers = {
  request() {},
  input() {},
  subscription() {},
  failed(error: Error) {
    throw error;
  },
};

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

it("what is sent while they close, and afterwards, has nobody to go to and is no error", async () => {
  const sockets = new Sockets(await createConnection());
  await sockets.open(receivers);
  const message = createMessage("s", "status", { execution_state: "idle" });
  const sent = [sockets.publish(message), sockets.publish(message)];
  const closed = sockets.close();
  while (sent.length < 50) {
    sent.push(sockets.publish(message), sockets.reply("shell", [Buffer.from("nobody")], message));
    await null;
  }
  await closed;
  sent.push(sockets.publish(message));
  await Promise.all(sent);
  // As the end that a fault brings about may come during an ordinary one.
  await sockets.close();
});
