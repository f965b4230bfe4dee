// Starts the kernel whose command line is given as JSON, lets it run a cell, prints its process id, and waits to be killed. With a
// third word the debugger is attached, and the cell has stopped before.
import { startKernel } from "../../kernel/dist/client/kernel-process.js";

const [command, cell = "1", debug] = process.argv.slice(2);
const kernel = await startKernel({ command: JSON.parse(command) });
const { client } = kernel;
if (debug) {
  const request = { type: "request", seq: 1, command: "initialize", arguments: { adapterID: "gradbook" } };
  await client.request("control", "debug_request", request);
}
const execution = client.execute(cell);
const stopped = new Promise((resolve) =>
  client.on("message", ({ content }) => content.event === "stopped" && resolve()),
);
for await (const { header } of execution) if (header.msg_type === "execute_input") break;
if (debug) await stopped;
console.log(kernel.child.pid);
setInterval(() => {}, 1000);
