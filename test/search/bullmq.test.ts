/** Searches over many machines, with a real Redis and real workers. */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bullmq, type SearchOptions, search, workers } from "gradbook";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../helpers/folder.js";
import { needing, root } from "../helpers/needs.js";
import { freePort, Spoken, startRedis, startWorker, until } from "../helpers/redis.js";

const withRedis = needing("a Redis server");
const module = join(root, "test/helpers/trials.ts");
const space = { rate: { low: 1e-3, high: 1, log: true } };
const house: SearchOptions = { module, export: "house", space, trials: 60, seed: 3, progress: false };

/** A program that runs a search in a process of its own, which says its table at the end. */
function searchElsewhere(options: SearchOptions, url: string): Spoken {
  const program = `import { bullmq, search } from "./dist/entry/ready.js";
    const found = await search({ ...${JSON.stringify(options)}, executor: bullmq({ url: process.env.GRADBOOK_REDIS }) });
    console.log("table " + JSON.stringify(found.table));`;
  const args = ["--input-type=module", "-e", program];
  return new Spoken(spawn(process.execPath, args, { cwd: root, env: { ...process.env, GRADBOOK_REDIS: url } }));
}
const tableOf = ({ text }: Spoken): unknown => JSON.parse(/^table (.*)$/m.exec(text)![1]!);

describe("a search through BullMQ", () => {
  withRedis("gives the table of one process, whatever becomes of workers and Redis", async () => {
    const redis = await startRedis("pässword/?");
    const options = { ...house, pruning: { rungs: [1, 2], reduction: 2 } };
    const three = [1, 2, 3].map(() => startWorker(redis.url));
    const meeting = { how: ["meets 3"], marker: [temporaryFolder().path], guest: [1, 2, 3] };
    const meet = { ...house, export: "accident", space: meeting, trials: "grid" as const };
    expect((await search({ ...meet, executor: bullmq({ url: redis.url }) })).ranked).toHaveLength(3);
    const found = search({ ...options, executor: bullmq({ url: redis.url }) });
    const ended = (count: number) =>
      until(() => three.reduce((sum, { text }) => sum + (text.match(/^.* house \d/gm)?.length ?? 0), 0) >= count);
    await ended(6);
    three[0]!.child.kill("SIGKILL");
    three[1]!.child.kill("SIGSTOP");
    await ended(16);
    await redis.restart();
    const { table } = await found;
    three[1]!.child.kill("SIGCONT");

    expect(table.map(({ number }) => number)).toEqual(Array.from({ length: 60 }, (_, i) => i));
    const alone = await search({ ...options, executor: workers({ count: 1 }) });
    expect(table).toEqual(alone.table);
    for (const { text } of three) expect(text).not.toMatch(/p(ä|%C3%A4)ssword/);
  });

  withRedis("can be left, goes on without its process, and is taken up by its name", async () => {
    const redis = await startRedis("secret");
    const wide = { ...space, width: { low: 16, high: 256, integer: true } };
    const options = { ...house, export: "valley", name: "the valley", space: wide, trials: 300 };
    const worker = startWorker(redis.url);
    await worker.says("waiting for trials");
    const first = searchElsewhere(options, redis.url);
    await worker.says("the valley 3: done");
    first.child.kill("SIGKILL");
    expect(worker.text).not.toContain("the valley 299");
    await worker.says("the valley 299: done");
    const said = worker.text;
    const second = searchElsewhere(options, redis.url);
    expect(await second.ends(), second.text).toBe(0);
    expect(worker.text).toBe(said);
    expect(tableOf(second)).toEqual((await search({ ...options, executor: workers({ count: 1 }) })).table);
  });

  withRedis("ends every trial once: thrown, late, NaN, a process that dies", async () => {
    const redis = await startRedis("secret");
    startWorker(redis.url, ["--processes", "2"]);
    const how = ["throws", "NaN", "blocks", "killed", "fine"];
    const found = await search({
      ...{ ...house, export: "accident", space: { how, marker: [""] }, trials: "grid" },
      ...{ timeLimit: 2, executor: bullmq({ url: redis.url }) },
    });
    expect(found.trials.map(({ status, reason }) => `${status} ${reason}`.trim())).toEqual([
      "failed the data are gone",
      "failed Trial: expected a finite loss, received NaN.",
      "failed it had not ended after 2 s, the time limit",
      "failed its process was lost 3 times, the last time because it was ended by SIGKILL",
      "done",
    ]);
  });

  withRedis("says what a worker of another version of the project refuses, and waits for the right one", async () => {
    const redis = await startRedis("secret");
    const folder = temporaryFolder();
    const project = (version: string, factor: number) => {
      const place = join(folder.path, version);
      mkdirSync(join(place, "node_modules"), { recursive: true });
      symlinkSync(root, join(place, "node_modules/gradbook"), "junction");
      writeFileSync(join(place, "package.json"), JSON.stringify({ name: "trials", version, type: "module" }));
      writeFileSync(join(place, "trials.js"), `export const twice = ({ x }) => ${factor} * x;\n`);
      return place;
    };
    const [right, old] = [project("1.1.0", 2), project("1.0.0", 3)];
    const edited = join(folder.path, "edited");
    mkdirSync(edited);
    writeFileSync(join(edited, "package.json"), readFileSync(join(right, "package.json")));
    writeFileSync(join(edited, "trials.js"), "export const twice = ({ x }) => 5 * x;\n");

    const options = { ...house, module: join(right, "trials.js"), export: "twice", space: { x: [1, 2] }, trials: 6 };
    const searching = searchElsewhere(options, redis.url);
    await searching.says("no worker is there: start some with `gradbook worker --redis redis://127.0.0.1");
    const wrong = startWorker(redis.url, [], old);
    expect(await wrong.ends()).toBe(1);
    expect(wrong.text).toContain("trials.js: expected the project trials 1.1.0");
    expect(wrong.text).toContain("received trials 1.0.0");
    await searching.says("a worker has refused a trial: trials.js: expected the project trials 1.1.0");
    const changed = startWorker(redis.url, [], edited);
    expect(await changed.ends()).toBe(1);
    expect(changed.text).toContain("expected the module as the search has it, received one with another content");
    startWorker(redis.url, [], right);
    expect(await searching.ends(), searching.text).toBe(0);
    const table = tableOf(searching) as { x: number; loss: number; status: string }[];
    expect(table.map(({ status }) => status)).toEqual(Array(6).fill("done"));
    expect(table.map(({ loss }) => loss)).toEqual(table.map(({ x }) => 2 * x));
    expect(searching.text + wrong.text).not.toContain("secret");
  });

  needing("Redis and openssl")("takes TLS and a user from the address", async () => {
    const { path } = temporaryFolder();
    const [key, certificate] = [join(path, "key.pem"), join(path, "certificate.pem")];
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    const words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, ...subject];
    expect(spawnSync("openssl", words).status).toBe(0);
    const port = await freePort();
    const tls = ["--tls-port", `${port}`, "--tls-cert-file", certificate, "--tls-key-file", key];
    await startRedis("secret", [
      ...tls,
      "--tls-auth-clients",
      "no",
      "--user",
      "ada",
      "on",
      ">engine",
      "~*",
      "&*",
      "+@all",
    ]);
    const url = `rediss://ada:engine@localhost:${port}`;
    const worker = startWorker(url, [], root, { NODE_EXTRA_CA_CERTS: certificate });
    await worker.says(`at rediss://localhost:${port}`);
    const stranger = startWorker(url, [], root);
    expect(await stranger.ends()).toBe(1);
    expect(stranger.text).toContain("SELF_SIGNED_CERT");
    expect(worker.text + stranger.text).not.toContain("engine");
  });

  withRedis("refuses a wrong password without showing it", async () => {
    const redis = await startRedis("secret");
    const wrong = search({ ...house, executor: bullmq({ url: redis.url.replace("secret", "confidential") }) });
    const error = await wrong.catch((thrown: Error) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).toContain("expected a Redis server at redis://127.0.0.1");
    expect(String(error)).toContain("WRONGPASS");
    expect(String(error)).not.toContain("confidential");
  });
});

describe("without a Redis", () => {
  it("says that none is there", async () => {
    const url = `redis://:secret@127.0.0.1:${await freePort()}`;
    const error: unknown = await search({ ...house, executor: bullmq({ url }) }).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain("received ECONNREFUSED: start one");
    expect(String(error)).not.toContain("secret");
  });

  it("refuses what is no address of a Redis, and does not show it", async () => {
    const error: unknown = await search({ ...house, executor: bullmq({ url: "http://u:secret@x" }) }).catch(String);
    expect(error).toContain("expected a URL that begins with redis:// or rediss://");
    expect(error).not.toContain("secret");
  });
});
