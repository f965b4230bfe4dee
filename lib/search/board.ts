/**
 * The board: where searches in Redis say what they want, as long as somebody stands behind them. Each search has a queue of its
 * own there (BullMQ, under its id), so that what waits for one project or version stands in nobody else's way.
 *
 * A search in progress renews its lease. One that ends takes its waiting trials away; one whose process is gone cannot: its lease
 * runs out, workers then take nothing more from its queue, and the first worker or search that looks takes the waiting trials
 * away. The outcomes stay for a week after that, for the same call to find.
 *
 *     PREFIX:open            hash, id → Notice: searches that may have waiting trials
 *     PREFIX:lease:ID        there as long as the lease
 *     PREFIX:refusals:ID     set, why workers do not run it
 *     PREFIX:searches        sorted set, id by the time (ms) when it was last wanted
 *     PREFIX:worker          there as long as a worker is
 *     PREFIX:ID:…            BullMQ's queue
 */
import type { Queue } from "bullmq";
import { codeOf } from "./foreign.js";
import type { Connection } from "./redis.js";
import type { Outcome, Task } from "./trial.js";
import type { TrialCode } from "./trial-code.js";

/** What a search says of itself. */
export interface Notice {
  name: string;
  code: TrialCode;
  /** When it began, in ms: earlier ones are served first. */
  since: number;
}

/** A trial in the queue; `stopped` once the search has given up on it. */
export type QueuedTask = Task & { stopped?: boolean };

export type TrialQueue = Queue<QueuedTask, Outcome>;

/** The board, unless another is named. */
export const defaultQueue = "gradbook";

/** How long outcomes are kept after a search was last wanted. */
const keptMs = 7 * 24 * 3600 * 1000;

/** How long others may rely on a worker or a refusal that was seen, in seconds. */
const seenSeconds = 15;

export class Board {
  readonly #connection: Connection;

  constructor(
    connection: Connection,
    readonly prefix: string,
  ) {
    this.#connection = connection;
  }

  /** The queue of a search; the caller closes it. */
  queue(id: string): TrialQueue {
    const { bullmq, redis, report } = this.#connection;
    const queue: TrialQueue = new bullmq.Queue(id, { connection: redis, prefix: this.prefix });
    return queue.on("error", report);
  }

  /** Says that the search is wanted, for so many seconds. */
  async want(id: string, notice: Notice, seconds: number): Promise<void> {
    const renewed = this.#connection.redis
      .multi()
      .set(this.#key("lease", id), "1", "PX", Math.ceil(seconds * 1000))
      .hset(this.#key("open"), id, JSON.stringify(notice))
      .zadd(this.#key("searches"), Date.now(), id);
    await renewed.exec();
  }

  /** Says that the search is not wanted any more, and takes its waiting trials away. Gives their number. */
  async leave(id: string): Promise<number> {
    await this.#connection.redis.del(this.#key("lease", id));
    return this.#clear(id);
  }

  /** The searches that are wanted, earlier ones first. */
  async wanted(): Promise<[id: string, notice: Notice][]> {
    const open = await this.#open();
    return open.filter(({ isWanted }) => isWanted).map(({ id, notice }) => [id, notice]);
  }

  /** Takes away what nobody wants any more: waiting trials at once, outcomes after a week. Tells of the former. */
  async tidy(tell: (text: string) => void): Promise<void> {
    for (const { id, notice, isWanted } of await this.#open()) {
      if (isWanted) continue;
      const count = await this.#clear(id);
      if (count > 0) tell(`${notice.name} is not asked for any more: ${count} waiting trials taken away`);
    }
    const { redis } = this.#connection;
    for (const id of await redis.zrangebyscore(this.#key("searches"), 0, Date.now() - keptMs)) {
      const queue = this.queue(id);
      await queue.obliterate({ force: true });
      await queue.close();
      await redis.zrem(this.#key("searches"), id);
    }
  }

  /** Says why a worker does not run this search. */
  async refuse(id: string, why: string): Promise<void> {
    const key = this.#key("refusals", id);
    await this.#connection.redis.multi().sadd(key, why).expire(key, seenSeconds).exec();
  }

  /** Why workers do not run this search, as far as they have said so lately. */
  refusals(id: string): Promise<string[]> {
    return this.#connection.redis.smembers(this.#key("refusals", id));
  }

  /** Says that a worker is there. */
  async attend(): Promise<void> {
    await this.#connection.redis.set(this.#key("worker"), "1", "EX", seenSeconds);
  }

  /** Whether a worker was there lately. */
  async isAttended(): Promise<boolean> {
    return (await this.#connection.redis.exists(this.#key("worker"))) > 0;
  }

  #key(...parts: string[]): string {
    return [this.prefix, ...parts].join(":");
  }

  /** What stands on the board; what is no notice is taken off. */
  async #open(): Promise<{ id: string; notice: Notice; isWanted: boolean }[]> {
    const { redis } = this.#connection;
    const entries = Object.entries(await redis.hgetall(this.#key("open")));
    if (entries.length === 0) return [];
    const leases = await redis.mget(entries.map(([id]) => this.#key("lease", id)));
    const open = entries.map(([id, text], i) => ({ id, notice: noticeOf(text), isWanted: leases[i] !== null }));
    for (const { id, notice } of open) if (!notice) await redis.hdel(this.#key("open"), id);
    return open
      .flatMap(({ notice, ...rest }) => (notice ? [{ notice, ...rest }] : []))
      .sort((a, b) => a.notice.since - b.notice.since);
  }

  async #clear(id: string): Promise<number> {
    const queue = this.queue(id);
    const count = await queue.count();
    await queue.drain(true);
    await queue.close();
    await this.#connection.redis.hdel(this.#key("open"), id);
    return count;
  }
}

/** The notice in a text, or undefined where it says something else. */
function noticeOf(text: string): Notice | undefined {
  try {
    const { name, code, since } = Object(JSON.parse(text)) as Record<string, unknown>;
    if (typeof name !== "string" || !Number.isFinite(since)) return undefined;
    return { name, code: codeOf(code), since: Number(since) };
  } catch {
    return undefined;
  }
}
