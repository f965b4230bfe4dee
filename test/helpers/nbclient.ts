/** Notebooks executed by nbclient, Jupyter's own way to run them, in a kernel of one's choice. */
import { spawnSync } from "node:child_process";
import { delimiter, join } from "node:path";
import { frontEnds } from "./front-ends.js";
import { root } from "./needs.js";

/**
 * Executes argv[1] in place by the kernel argv[2] in the folder argv[3]; stops at an error unless the cell may raise one, and at a
 * cell whose end does not come for ten minutes. After an error, tslab takes no cell for a fifth of a second. Jupyter takes ports
 * from those that every outgoing connection is given one of, seconds before tslab listens there; where one is gone by then, tslab
 * stays silent for ever. So the ports are others here, as `createConnection` takes them.
 */
const script = `
import random, socket, sys, time, nbformat
from nbclient import NotebookClient
file, kernel, folder = sys.argv[1:]
notebook = nbformat.read(file, 4)
resources = {"metadata": {"path": folder}}
client = NotebookClient(notebook, kernel_name=kernel, timeout=600, startup_timeout=600, resources=resources)
manager = client.create_kernel_manager()
manager.cache_ports = False
sockets = []
while len(sockets) < 5:
    try:
        sockets.append(socket.create_server((manager.ip, random.randint(10000, 32767))))
    except OSError:
        pass
for channel, held in zip(["shell", "iopub", "stdin", "hb", "control"], sockets):
    setattr(manager, f"{channel}_port", held.getsockname()[1])
    held.close()
with client.setup_kernel():
    for index, cell in enumerate(notebook.cells):
        client.execute_cell(cell, index)
        if "raises-exception" in cell.metadata.get("tags", []):
            time.sleep(0.5)
nbformat.write(notebook, file)
`;

/**
 * Executes the notebook `file` in place, the kernel working in `folder`. "tslab" is the stock tslab kernel of `node_modules`,
 * as `npx tslab install` registers it.
 * @throws Error with the cell's error, for a cell that fails without the tag `raises-exception`
 */
export async function executeByNbclient(file: string, kernel: "gradbook" | "tslab", folder: string): Promise<void> {
  const { env, folder: prefix, python } = await frontEnds();
  const path = `${join(root, "node_modules/.bin")}${delimiter}${env.PATH}`;
  const options = { cwd: root, env: { ...env, PATH: path }, encoding: "utf8" } as const;
  if (kernel === "tslab") {
    const words = ["tslab", "install", "--python", python, "--prefix", prefix];
    const { status, stderr } = spawnSync("npx", words, { ...options, shell: process.platform === "win32" });
    if (status !== 0) throw new Error(`Expected tslab to be installed, received: ${stderr}`);
  }
  const { status, stderr } = spawnSync(python, ["-c", script, file, kernel, folder], options);
  if (status !== 0) throw new Error(`Expected ${file} to run in ${kernel}, received:\n${stderr}`);
}
