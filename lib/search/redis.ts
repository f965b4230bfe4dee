/** The way to Redis for searches over many machines: two optional packages, and addresses whose passwords nobody sees. */
import type { RedisOptions } from "bullmq";
import type { Redis } from "ioredis";

type Bullmq = typeof import("bullmq");

/** What a search and its workers connect with. */
export interface Connection {
  bullmq: Bullmq;
  /** For connections of their own. */
  options: RedisOptions;
  /** A connection for everything that does not wait; the caller disconnects it. */
  redis: Redis;
  /** The address without the password. */
  shown: string;
  /** Says what has gone wrong with Redis, once a minute at most. */
  report(error: Error): void;
}

/**
 * Loads the packages and makes sure that a Redis server answers. Later, a connection that is lost is sought again and again.
 * @param address `redis://user:password@host:port/database`, or `rediss:` for TLS
 * @throws Error when a package is missing, the address makes no sense, or nothing answers there
 */
export async function connect(address: string): Promise<Connection> {
  if (!URL.canParse(address) || !/^rediss?:$/.test(new URL(address).protocol)) {
    throw new Error(
      "bullmq: expected a URL that begins with redis:// or rediss://, received another text (not shown: it may hold a password).",
    );
  }
  const { protocol, host, pathname, password } = new URL(address);
  const shown = `${protocol}//${host}${pathname}`;
  const secrets = [address, password, decodeURIComponent(password)].filter((secret) => secret !== "");
  const reason = ({ code, message }: NodeJS.ErrnoException) =>
    secrets.reduce((text, secret) => text.replaceAll(secret, "…"), code ?? message);
  const [bullmq, { Redis }] = await Promise.all([import("bullmq"), import("ioredis")]).catch((cause: unknown) => {
    throw new Error(
      "bullmq: expected the optional packages bullmq and ioredis, received nothing: run `npm install bullmq ioredis`.",
      { cause },
    );
  });
  const first = new Redis(address, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  let why: Error | undefined;
  first.on("error", (error: Error) => {
    why ??= error;
  });
  try {
    await first.connect();
    await first.ping();
  } catch (error) {
    throw new Error(
      `bullmq: expected a Redis server at ${shown}, received ${reason(why ?? (error as Error))}: start one, or mend the address, the user or the password.`,
    );
  } finally {
    first.disconnect();
  }
  let reported = Number.NEGATIVE_INFINITY;
  const report = (error: Error) => {
    if (performance.now() - reported < 60_000) return;
    reported = performance.now();
    const what = "code" in error || /closed/i.test(error.message) ? `no connection to ${shown}` : `${shown} refuses`;
    console.error(`gradbook: ${what} (${reason(error)}); going on`);
  };
  const redis = new Redis(address, { maxRetriesPerRequest: null });
  redis.on("error", report);
  return { bullmq, options: { url: address, maxRetriesPerRequest: null }, redis, shown, report };
}
