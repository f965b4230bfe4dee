// Starts the kernel whose command line is given as JSON, prints its process id, and waits to be killed.
import { startKernel } from "../../dist/kernel/client/kernel-process.js";

const kernel = await startKernel({ command: JSON.parse(process.argv[2]) });
console.log(kernel.child.pid);
