/**
 * One run of some code in a kernel, as the client sees it: an async iterable of the broadcasts it caused, up to and
 * with its own `idle`, and the promise of its reply.
 */
import type { ExecuteReply, ExecuteRequest, Message, StatusContent } from "../wire/message.js";

/** Made by `KernelClient.execute`. Iterate it once, or call `done` for everything at the end. */
export class Execution implements AsyncIterable<Message> {
  readonly request: Message<ExecuteRequest>;
  /** The kernel's answer; rejects when the kernel dies first. */
  readonly reply: Promise<Message<ExecuteReply>>;
  readonly onInput: ((prompt: string, password: boolean) => string | Promise<string>) | undefined;
  readonly #queue: Message[] = [];
  #wake = () => {};
  #ended = false;
  #failure: Error | undefined;

  constructor(request: Message<ExecuteRequest>, reply: Promise<Message<ExecuteReply>>, onInput?: Execution["onInput"]) {
    this.request = request;
    this.reply = reply;
    this.onInput = onInput;
    // Whoever iterates learns of a dead kernel there; the reply may go unread.
    reply.catch(() => {});
  }

  /** Takes one broadcast; true when it was the last. For the client only. */
  push(message: Message): boolean {
    this.#queue.push(message);
    const state = (message.content as Partial<StatusContent>).execution_state;
    this.#ended = message.header.msg_type === "status" && state === "idle";
    this.#wake();
    return this.#ended;
  }

  /** Ends the iteration with `error` behind what has arrived. For the client only. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }

  /** The broadcasts in order of arrival, `busy` first and `idle` last; throws when the kernel dies in between. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Message> {
    for (;;) {
      const message = this.#queue.shift();
      if (message) yield message;
      else if (this.#ended) return;
      else if (this.#failure) throw this.#failure;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }

  /** Waits for the end; gives all broadcasts and the content of the reply. */
  async done(): Promise<{ messages: Message[]; reply: ExecuteReply }> {
    const messages: Message[] = [];
    for await (const message of this) messages.push(message);
    return { messages, reply: (await this.reply).content };
  }
}
