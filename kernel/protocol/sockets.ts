/**
 * The five ZeroMQ sockets of a kernel. What arrives goes to `Receivers`, answers and broadcasts come in; the heartbeat
 * answers by itself.
 */
import { setTimeout } from "node:timers/promises";
import { Reply, Router, XPublisher } from "zeromq";
import { type Channel, type Connection, endpoint } from "../wire/connection-file.js";
import { decode, type Envelope, encode, SeenSignatures, WireError } from "../wire/frames.js";
import type { Message } from "../wire/message.js";
import { log } from "./log.js";

/** Where a request came from, and where its answer goes. */
export type RequestChannel = "shell" | "control";

/** How often, and after which pause, a port that is in use is asked for again. */
const bindTries = 30;
const bindPauseMs = 100;

/**
 * So many broadcasts may wait for a front end that is slower than the kernel. Then the kernel waits, trying again after the
 * pause; but for a front end that has taken nothing for so long, they are lost.
 */
const broadcastsWaiting = 200;
const broadcastPauseMs = 10;
const broadcastPatienceMs = 10_000;

/** How long the end waits for what was sent before. */
const closeMs = 2000;

/** Takes what arrives. */
export interface Receivers {
  request(channel: RequestChannel, envelope: Envelope): void;
  /** An answer of the user's. */
  input(envelope: Envelope): void;
  /** A front end listens to the broadcasts from now on; an empty topic stands for all of them. */
  subscription(topic: string): void;
  /** A message could not be sent, and those behind it may not be either. */
  failed(error: Error): void;
}

/** Open them with `open`, end them with `close`: a process that exits before that aborts. */
export class Sockets {
  readonly #connection: Connection;
  readonly #seen = new SeenSignatures();
  readonly #shell = new Router({ linger: 1000, sendHighWaterMark: 0 });
  readonly #control = new Router({ linger: 1000, sendHighWaterMark: 0 });
  readonly #stdin = new Router({ linger: 0 });
  readonly #iopub = new XPublisher({
    linger: 1000,
    sendHighWaterMark: broadcastsWaiting,
    noDrop: true,
    verbosity: "allSubs",
  });
  readonly #heartbeat = new Reply({ linger: 0 });
  #fullPatienceMs = broadcastPatienceMs;
  /** How long front ends are still waited for; as long as at first, once they take something. */
  #patienceMs = broadcastPatienceMs;
  readonly #sent = new Map<Router | XPublisher, Promise<void>>();
  #isClosing = false;
  #failed: Receivers["failed"] | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Binds all sockets and hands what arrives to `receivers`; what cannot be read is logged and dropped. */
  async open(receivers: Receivers): Promise<void> {
    this.#failed = (error) => receivers.failed(error);
    await this.#bind(this.#shell, "shell");
    await this.#bind(this.#control, "control");
    await this.#bind(this.#stdin, "stdin");
    await this.#bind(this.#iopub, "iopub");
    await this.#bind(this.#heartbeat, "hb");
    void this.#receive("shell", this.#shell, (envelope) => receivers.request("shell", envelope));
    void this.#receive("control", this.#control, (envelope) => receivers.request("control", envelope));
    void this.#receive("stdin", this.#stdin, (envelope) => receivers.input(envelope));
    void this.#welcome(receivers);
    void this.#echo();
  }

  /**
   * Front ends choose ports that are free and let them go again. Before the kernel takes one it may serve some program's
   * outgoing connection, which seldom lasts: so a port in use is asked for again.
   */
  async #bind(socket: Router | XPublisher | Reply, channel: Channel): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await socket.bind(endpoint(this.#connection, channel));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE" || tries === bindTries) throw error;
        await setTimeout(bindPauseMs);
      }
    }
  }

  /** Answers the request that came from `identities` on `channel`. */
  reply(channel: RequestChannel, identities: Buffer[], message: Message<unknown>): Promise<void> {
    return this.#send(channel === "shell" ? this.#shell : this.#control, message, identities);
  }

  /** Sends a question for the user to the front end behind `identities`. */
  ask(identities: Buffer[], message: Message<unknown>): Promise<void> {
    return this.#send(this.#stdin, message, identities);
  }

  /** Sends `message` to all who listen. The topic is its type. */
  publish(message: Message<unknown>): Promise<void> {
    return this.#send(this.#iopub, message, [Buffer.from(message.header.msg_type)]);
  }

  /** The end is near: from now on no front end is waited for. */
  hurry(): void {
    this.#fullPatienceMs = 0;
    this.#patienceMs = 0;
  }

  /** Waits for the slowest front end, but not for one that takes nothing. */
  async #broadcast(frames: Buffer[]): Promise<void> {
    for (;;) {
      try {
        await this.#iopub.send(frames);
        this.#patienceMs = this.#fullPatienceMs;
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      }
      if (this.#patienceMs === 0) {
        this.#iopub.noDrop = false;
        await this.#iopub.send(frames);
        this.#iopub.noDrop = true;
        return;
      }
      await setTimeout(broadcastPauseMs);
      this.#patienceMs = Math.max(0, this.#patienceMs - broadcastPauseMs);
      if (this.#patienceMs === 0) log("A front end takes no broadcasts any more: it loses some.");
    }
  }

  /** Closes all sockets, once what was sent is on its way or hangs. What comes from now on has nobody to go to. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.race([Promise.all(this.#sent.values()), setTimeout(closeMs)]);
    for (const socket of [this.#shell, this.#control, this.#stdin, this.#iopub, this.#heartbeat]) {
      if (!socket.closed) socket.close();
    }
  }

  /** A socket takes one message at a time. */
  #send(socket: Router | XPublisher, message: Message<unknown>, identities: Buffer[]): Promise<void> {
    if (this.#isClosing) return Promise.resolve();
    const frames = encode(this.#connection.key, message, identities);
    const send = () => (socket instanceof XPublisher ? this.#broadcast(frames) : socket.send(frames));
    const sent = (this.#sent.get(socket) ?? Promise.resolve()).then(send).catch((error) => void this.#failed?.(error));
    this.#sent.set(socket, sent);
    return sent;
  }

  async #receive(name: string, socket: Router, receive: (envelope: Envelope) => void): Promise<void> {
    for await (const frames of socket) {
      try {
        receive(decode(this.#connection.key, frames, this.#seen));
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        log(`A message on ${name} was dropped. ${error.message}`);
      }
    }
  }

  /** ZeroMQ tells of a subscription by a byte 1 and the topic. */
  async #welcome(receivers: Receivers): Promise<void> {
    for await (const [frame] of this.#iopub) {
      if (frame?.[0] === 1) receivers.subscription(frame.subarray(1).toString());
    }
  }

  async #echo(): Promise<void> {
    for await (const frames of this.#heartbeat) {
      if (this.#isClosing) return;
      await this.#heartbeat.send(frames);
    }
  }
}
