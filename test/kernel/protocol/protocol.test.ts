/** A protocol thread that fails, in a kernel of its own: a socket is closed under it. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../helpers/folder.js";
import { kernelOfThisTest } from "../../helpers/kernel.js";
import { root } from "../../helpers/needs.js";

/** Loaded into every thread of the kernel: closes the socket of the broadcasts as soon as the word is to go through it. */
const breaker = `
const { XPublisher } = require(${JSON.stringify(join(root, "node_modules/zeromq"))});
const { send } = XPublisher.prototype;
function breakingSend(frames) {
  if (frames.some((frame) => frame.includes("break" + "-now"))) this.close();
  return send.call(this, frames);
}
Object.defineProperty(XPublisher.prototype, "send", { value: breakingSend });
`;

describe("a fault of the protocol thread", () => {
  it.each([
    ["idle", ""],
    ["printing", "setInterval(() => console.log('on'), 1);"],
  ])("ends a kernel that is %s once, with one message and exit code 1", async (_, code) => {
    const file = temporaryFolder().write("breaker.cjs", breaker);
    let stderr = "";
    const kernel = await kernelOfThisTest({
      env: { NODE_OPTIONS: `--require ${JSON.stringify(file)}` },
      onStderr: (text) => {
        stderr += text;
      },
    });
    const cell = kernel.client.execute(`${code} "break-" + "now"`).done();
    await expect(cell).rejects.toThrow("received the end of its process (1)");
    expect(await kernel.exited).toBe(1);
    expect(stderr.match(/^\S.*/gm)).toEqual(["The kernel failed. Error: Socket is closed"]);
  });
});
