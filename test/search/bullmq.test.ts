/** Searches over many machines, with a real Redis and real workers. */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { Queue } from "bullmq";
import { bullmq, type SearchOptions, search, workers } from "gradbook";
import { Redis } from "ioredis";
import { describe, expect, it, onTestFinished } from "vitest";
import { describeCode } from "../../search/trial-code.js";
import { temporaryFolder } from "../helpers/folder.js";
import { needing, root } from "../helpers/needs.js";
import { freePort } from "../helpers/port.js";
import { Spoken, startRedis, startWorker, until } from "../helpers/redis.js";

const withRedis = needing("a Redis server");
const inTestAll = needing("a Redis server", "all");
const module = join(root, "test/helpers/trials.ts");
const space = { rate: { low: 1e-3, high: 1, log: true } };
const house: SearchOptions = { module, export: "house", space, trials: 36, seed: 3, progress: false };

/** A program that runs a search in a process of its own, which says its table at the end. */
function searchElsewhere(options: SearchOptions, url: string, abandonedAfter = 600): Spoken {
  const program = `import { bullmq, search } from "./dist/entry/ready.js";
    const executor = bullmq({ url: process.env.GRADBOOK_REDIS, abandonedAfter: ${abandonedAfter} });
    const found = await search({ ...${JSON.stringify(options)}, executor });
    console.log("table " + JSON.stringify(found.table));`;
  const args = ["--input-type=module", "-e", program];
  return new Spoken(spawn(process.execPath, args, { cwd: root, env: { ...process.env, GRADBOOK_REDIS: url } }));
}
const tableOf = ({ text }: Spoken): unknown => JSON.parse(/^table (.*)$/m.exec(text)![1]!);

/** A project whose trial gives x times `factor`, which another file says; gives its folder. */
function project(place: string, version: string, factor: number): string {
  mkdirSync(join(place, "node_modules"), { recursive: true });
  symlinkSync(root, join(place, "node_modules/gradbook"), "junction");
  writeFileSync(join(place, "package.json"), JSON.stringify({ name: "trials", version, type: "module" }));
  writeFileSync(join(place, "factor.mjs"), `export const factor = ${factor};\n`);
  writeFileSync(
    join(place, "trials.js"),
    `import { factor } from "./factor.mjs";
    const { TRIALS_LACK: lack } = process.env;
    if (lack) throw new Error(lack + " is missing");
    export const twice = ({ x }) => factor * x;\n`,
  );
  return place;
}

/** A connection to the Redis at `url`, and the queues there. */
function connected(url: string) {
  const redis = new Redis(url, { maxRetriesPerRequest: null });
  const queues: Queue[] = [];
  onTestFinished(async () => {
    for (const each of queues) await each.close();
    redis.disconnect();
  });
  const queue = (name: string, prefix: string) => {
    const made = new Queue(name, { connection: redis, prefix });
    queues.push(made);
    return made;
  };
  return { redis, queue };
}

/** How many trials of the only search of this Redis are in which state; states without trials are left out. */
async function look(url: string) {
  const { redis, queue } = connected(url);
  const states = async () => {
    const [id] = await redis.zrange("gradbook:searches", "0", "-1");
    const counts = id === undefined ? {} : await queue(id, "gradbook").getJobCounts();
    return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)) as Record<string, number>;
  };
  return { states };
}

/**
 * Leaves in a Redis what an earlier version of Gradbook would have left there, what is no search, and a search that somebody has
 * written by hand for the project in `place`, with good and bad trials.
 */
async function leaveThings(url: string, place: string) {
  const { redis, queue } = connected(url);
  const { code } = await describeCode(join(place, "trials.js"), "twice");
  const task = (x: unknown, path = code.path) => ({
    ...{ search: "by hand", trial: { number: 0, parameters: { x }, seed: 1 } },
    ...{ code: { ...code, path }, attempt: 0, rungs: [] },
  });
  const earlier = queue("gradbook", "bull");
  await earlier.add("house", { ...task(1), code: { ...code, project: "trials 0.9.0 (gradbook 0.0.9)" } });
  const byHand = queue("by-hand", "gradbook");
  const jobs = {
    fine: task(7),
    object: task({}),
    packages: task(1, "node_modules/gradbook/dist/lib/index.js"),
    outside: task(1, "../old/trials.js"),
    none: [1],
  };
  for (const [jobId, job] of Object.entries(jobs)) await byHand.add("by hand", job, { jobId });
  const notice = (path: string) => JSON.stringify({ name: "by hand", code: { ...code, path }, since: 0 });
  const notices = {
    "by-hand": notice("trials.js"),
    packages: notice("node_modules/gradbook/dist/lib/index.js"),
    rubbish: "{",
    none: "null",
  };
  await redis.hset("gradbook:open", notices);
  for (const id of Object.keys(notices)) await redis.set(`gradbook:lease:${id}`, "1");
  return {
    /** What has become of the trials by hand: their loss, why they failed, or that they wait. */
    async ends() {
      const ends = Object.keys(jobs).map(async (id) => {
        const job = await byHand.getJob(id);
        return [id, job?.failedReason ?? job?.returnvalue?.loss ?? "waits"] as const;
      });
      return Object.fromEntries(await Promise.all(ends));
    },
    leftover: () => earlier.count(),
  };
}

describe("a search through BullMQ", () => {
  needing("a Redis server", "all")(
    "gives the table of one process, whatever becomes of workers and Redis",
    async () => {
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

      expect(table.map(({ number }) => number)).toEqual(Array.from({ length: 36 }, (_, i) => i));
      const alone = await search({ ...options, executor: workers({ count: 1 }) });
      expect(table).toEqual(alone.table);
      for (const { text } of three) expect(text).not.toMatch(/p(ä|%C3%A4)ssword/);
    },
  );

  inTestAll("can be left, goes on without its process, and is taken up by its name", async () => {
    const redis = await startRedis("secret");
    const board = await look(redis.url);
    const marker = join(temporaryFolder().path, "go");
    const wide = { ...space, width: { low: 16, high: 256, integer: true }, marker: [marker] };
    const options = { ...house, export: "guarded", name: "the valley", space: wide, trials: 120 };
    const worker = startWorker(redis.url);
    await worker.says("waiting for trials");
    const first = searchElsewhere(options, redis.url);
    await until(async () => isDeepStrictEqual(await board.states(), { active: 1, completed: 4, waiting: 115 }));
    first.child.kill("SIGKILL");
    expect(worker.text).not.toContain("the valley 119");
    writeFileSync(marker, "");
    await worker.says("the valley 119: done");
    const said = worker.text;
    const second = searchElsewhere(options, redis.url);
    expect(await second.ends(), second.text).toBe(0);
    expect(worker.text).toBe(said);
    expect(tableOf(second)).toEqual((await search({ ...options, executor: workers({ count: 1 }) })).table);
  });

  inTestAll("ends every trial once: thrown, late, NaN, a process that dies", async () => {
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

  inTestAll(
    "serves two versions at once; a worker leaves alone what it cannot run, and what others have left or written",
    async () => {
      const redis = await startRedis("secret");
      const place = temporaryFolder().path;
      const right = project(join(place, "right"), "1.1.0", 2);
      const old = project(join(place, "old"), "1.0.0", 3);
      const edited = project(join(place, "edited"), "1.1.0", 5);
      const board = await leaveThings(redis.url, right);

      const trial = { ...house, export: "twice", space: { x: [1, 2] }, trials: 6 };
      const searching = searchElsewhere({ ...trial, module: join(right, "trials.js") }, redis.url);
      await searching.says("no worker is there: start some with `gradbook worker --redis redis://127.0.0.1");
      const [other, changed] = [startWorker(redis.url, [], old), startWorker(redis.url, [], edited)];
      await other.says("left to others: trials.js: expected the project trials 1.1.0");
      expect(other.text).toContain("received trials 1.0.0");
      await changed.says(
        /expected the module as the search has it \(trials\.js, factor\.mjs.*received one with another content/,
      );
      await searching.says("a worker has refused a trial: trials.js: expected the project trials 1.1.0");
      const poor = startWorker(redis.url, [], right, { TRIALS_LACK: "a library" });
      await searching.says("trials.js: expected a module that can be imported, received Error: a library is missing");
      const before = search({ ...trial, module: join(old, "trials.js"), executor: bullmq({ url: redis.url }) });
      const mine = startWorker(redis.url, [], right);
      expect((await before).table.map(({ x, loss }) => loss === 3 * Number(x))).toEqual(Array(6).fill(true));
      expect(await searching.ends(), searching.text).toBe(0);
      const table = tableOf(searching) as { x: number; loss: number; status: string }[];
      expect(table.map(({ x, loss, status }) => [status, loss === 2 * x])).toEqual(Array(6).fill(["done", true]));

      // What others have written fails with its reason, or is left alone; the one good trial among it has run.
      expect(await board.ends()).toEqual({
        fine: 14,
        object: "expected a finite number, a truth value or a text of at most 10000 letters as x, received {}",
        packages: "expected the code of the search, trials.js, received node_modules/gradbook/dist/lib/index.js",
        outside: "expected the code of the search, trials.js, received ../old/trials.js",
        none: "expected a trial with its code, received [1]",
      });
      expect(mine.text).toContain("index.js: expected a module in the project, received a path that leads out of it");
      for (const { child, text } of [other, changed, poor, mine]) expect(child.exitCode, text).toBe(null);
      expect(await board.leftover()).toBe(1);
      for (const { text } of [searching, other, changed, poor, mine]) expect(text).not.toContain("secret");
    },
  );

  inTestAll("takes the waiting trials away when a search is given up, and finds the others again", async () => {
    const redis = await startRedis("secret");
    const board = await look(redis.url);
    const marker = join(temporaryFolder().path, "go");
    const how = ["fine", ...Array<string>(20).fill("waits for it")].map((each, i) => `${each} ${i}`);
    const options = { ...house, export: "accident", space: { how, marker: [marker] }, trials: "grid" as const };
    const worker = startWorker(redis.url);
    await worker.says("waiting for trials");

    const killed = searchElsewhere(options, redis.url, 10);
    await until(async () => isDeepStrictEqual(await board.states(), { active: 1, completed: 1, waiting: 19 }));
    killed.child.kill("SIGKILL");
    await worker.says(/accident is not asked for any more: 19 waiting trials taken away\n/);
    expect(await board.states()).toEqual({ active: 1, completed: 1 });

    const leave = new AbortController();
    const left = search({ ...options, executor: bullmq({ url: redis.url }), signal: leave.signal });
    const reason = expect(left).rejects.toThrow("enough for today");
    await until(async () => (await board.states()).waiting === 19);
    leave.abort(new Error("enough for today"));
    await reason;
    expect(await board.states()).toEqual({ completed: 1, active: 1 });

    writeFileSync(marker, "");
    await worker.says("accident 1: done");
    const { ranked } = await search({ ...options, executor: bullmq({ url: redis.url }) });
    expect(ranked).toHaveLength(21);
    for (let i = 0; i < 21; i++) expect(worker.text.match(new RegExp(`accident ${i}: done`, "g"))).toHaveLength(1);
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
