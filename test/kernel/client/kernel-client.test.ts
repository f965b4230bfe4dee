/** The client against a kernel that is not ours: tslab's. So it is the protocol that both speak, not a dialect. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { KernelClient } from "../../../kernel/client/kernel-client.js";
import { type KernelProcess, startKernel } from "../../../kernel/client/kernel-process.js";
import { createConnection } from "../../../kernel/wire/connection-file.js";
import { builtKernel, run, startTslab } from "../../helpers/kernel.js";
import { root } from "../../helpers/needs.js";

describe("startKernel", () => {
  it("says why a program cannot be started", async () => {
    await expect(startKernel({ command: ["no-such-program-here"] })).rejects.toThrow(/running kernel.*ENOENT/s);
  });

  it("shows the end of stderr of a kernel that dies before it answers", async () => {
    const command = [process.execPath, "-e", "console.error('no licence today'); process.exit(3)"];
    await expect(startKernel({ command })).rejects.toThrow(/end of its process \(3\).*\nno licence today/s);
  });

  it("gives up a program that does not answer when it is told to", async () => {
    const command = [process.execPath, "-e", "console.error('here'); setInterval(() => {}, 1000)"];
    const enough = new AbortController();
    const onStderr = () => enough.abort(new Error("waited long enough"));
    await expect(startKernel({ command, onStderr, signal: enough.signal })).rejects.toThrow("waited long enough");
    await expect(startKernel({ command, signal: enough.signal })).rejects.toThrow("waited long enough");
  });
});

describe("a client", () => {
  it("ends its requests when it is closed, those of later too", async () => {
    const client = new KernelClient(await createConnection());
    const question = client.kernelInfo();
    client.close();
    await expect(question).rejects.toThrow("received a closed one");
    await expect(client.execute("1").done()).rejects.toThrow("received a closed one");
    client.close();
  });

  it("says so when nobody echoes its heartbeat", async () => {
    const client = new KernelClient(await createConnection());
    await expect(client.heartbeat(50)).rejects.toThrow("within 50 ms, received none");
    client.close();
  });

  it("ends its requests with the kernel's last words when the kernel dies", async () => {
    const { client, exited } = await startKernel({ command: builtKernel });
    const death = client.execute('process.kill(process.pid, "SIGKILL")').done();
    await expect(death).rejects.toThrow(/end of its process \(SIGKILL\)/);
    expect(await exited).toBe("SIGKILL");
    await expect(client.kernelInfo()).rejects.toThrow(/end of its process \(SIGKILL\)/);
    client.close();
  });

  it("ends its requests with the error of a listener that throws", async () => {
    const refuse = () => {
      throw new Error("not as the protocol has it");
    };
    await expect(startKernel({ command: builtKernel, onMessage: refuse })).rejects.toThrow("not as the protocol");
  });
});

describe("a client of tslab's kernel", () => {
  let kernel: KernelProcess;
  beforeAll(async () => {
    kernel = await startTslab(join(root, "notebooks"));
  });

  it("gets the broadcasts of its own cell from busy to idle, and the reply", async () => {
    const { reply, types, stdout } = await run(kernel, "const x: number = 20;\nconsole.log(x + 1)");
    expect([types.at(0), types.at(-1)]).toEqual(["status", "status"]);
    expect(stdout).toBe("21\n");
    expect(reply.status).toBe("ok");
  });

  it("keeps two executions apart that run behind each other", async () => {
    const outcomes = await Promise.all([run(kernel, "console.log('one')"), run(kernel, "console.log('two')")]);
    expect(outcomes.map((outcome) => outcome.stdout)).toEqual(["one\n", "two\n"]);
  });

  it("asks for completion, inspection and completeness", async () => {
    expect((await kernel.client.complete("conso")).matches).toContain("console");
    expect((await kernel.client.inspect("Math.max", 8)).found).toBe(true);
    expect((await kernel.client.isComplete("const y = {")).status).toBe("incomplete");
  });

  it("measures the heartbeat", async () => {
    expect(await kernel.client.heartbeat()).toBeGreaterThan(0);
  });

  it("gets an error as an outcome like any other", async () => {
    const { reply, stderr, types } = await run(kernel, "throw new Error('as planned')");
    expect(reply.status).toBe("error");
    expect(stderr).toContain("as planned");
    expect(types.at(-1)).toBe("status");
  });

  it("ends the kernel and removes its connection file", async () => {
    expect(existsSync(kernel.connectionFile)).toBe(true);
    expect(await kernel.shutdown()).toBe(0);
    expect(existsSync(dirname(kernel.connectionFile))).toBe(false);
  });
});
