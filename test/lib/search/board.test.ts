/** The board of searches, on a real Redis: what stands on it, and what is taken off it. */
import { expect, onTestFinished } from "vitest";
import { Board } from "../../../lib/search/board.js";
import { connect } from "../../../lib/search/redis.js";
import { needing } from "../../helpers/needs.js";
import { startRedis, until } from "../../helpers/redis.js";

needing("a Redis server")("keeps a search on the board as long as its lease, and its outcomes for a week", async () => {
  const connection = await connect((await startRedis("secret")).url);
  onTestFinished(() => connection.redis.disconnect());
  const { redis } = connection;
  const board = new Board(connection, "board");
  const code = { project: "own 1.0.0", path: "trials.js", export: "twice", hash: "0" };
  const notice = (since: number) => ({ name: "twice", code, since });
  for (const [id, since, seconds] of [
    ["second", 2, 600],
    ["first", 1, 600],
    ["crashed", 0, 1],
  ] as const) {
    await board.want(id, notice(since), seconds);
    const queue = board.queue(id);
    await queue.add("twice", { number: 0 } as never);
    await queue.close();
  }
  await until(async () => (await redis.exists("board:lease:crashed")) === 0);
  expect((await board.wanted()).map(([id]) => id)).toEqual(["first", "second"]);
  const said: string[] = [];
  for (let i = 0; i < 2; i++) await board.tidy((text) => said.push(text));
  expect(said).toEqual(["twice is not asked for any more: 1 waiting trials taken away"]);
  expect(await board.leave("first")).toBe(1);
  expect((await board.wanted()).map(([id]) => id)).toEqual(["second"]);

  expect(await redis.keys("board:crashed:*")).not.toEqual([]);
  const days = (count: number) => Date.now() - count * 24 * 3600 * 1000;
  await redis.zadd("board:searches", days(8), "crashed", days(6), "first");
  await board.tidy((text) => said.push(text));
  expect(await redis.keys("board:crashed:*")).toEqual([]);
  expect(await redis.keys("board:first:*")).not.toEqual([]);
  expect((await redis.zrange("board:searches", "0", "-1")).sort()).toEqual(["first", "second"]);
  expect(said).toHaveLength(1);
});
