// Starts the kernel whose command line is given as JSON, lets it run a cell, prints its process id, and waits to be killed.
import { startKernel } from "../../kernel/dist/client/kernel-process.js";

const [command, cell = "1"] = process.argv.slice(2);
const kernel = await startKernel({ command: JSON.parse(command) });
const execution = kernel.client.execute(cell);
for await (const { header } of execution) if (header.msg_type === "execute_input") break;
console.log(kernel.child.pid);
setInterval(() => {}, 1000);
