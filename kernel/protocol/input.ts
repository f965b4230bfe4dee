/**
 * Questions of the user's code to the user, one after the other: `input_request` on the stdin channel to the front end that
 * asked to execute the code, `input_reply` back. A front end that cannot answer has said so (`allow_stdin: false`).
 */
import type { Question } from "../threads.js";
import type { Envelope } from "../wire/frames.js";
import { createMessage, type Message } from "../wire/message.js";
import type { Broadcasts } from "./broadcasts.js";
import type { MainThread } from "./main-thread.js";
import type { Sockets } from "./sockets.js";

/** One per kernel. */
export class Input {
  readonly #sockets: Sockets;
  readonly #session: string;
  readonly #broadcasts: Broadcasts;
  readonly #main: () => MainThread;
  #waiting: Question[] = [];
  #asked: { question: Question; msg_id: string } | undefined;
  /** The executing requests, with where their front end is reached. */
  #running: { request: Message; identities: Buffer[] } | undefined;

  constructor(sockets: Sockets, session: string, broadcasts: Broadcasts, main: () => MainThread) {
    this.#sockets = sockets;
    this.#session = session;
    this.#broadcasts = broadcasts;
    this.#main = main;
  }

  /** `request` runs from now on: it may ask whoever sent it. */
  begin(request: Message, identities: Buffer[]): void {
    this.#running = { request, identities };
  }

  /** The request has ended, perhaps by an interrupt: nobody waits for answers any more. */
  end(): void {
    const open = [...(this.#asked ? [this.#asked.question] : []), ...this.#waiting];
    this.#asked = undefined;
    this.#waiting = [];
    this.#running = undefined;
    for (const question of open) this.#refuse(question, "a cell that has ended");
  }

  /** Asks, as soon as earlier questions are answered. */
  ask(question: Question): void {
    const request = this.#broadcasts.requestOf(question.task);
    if (request?.header.msg_id !== this.#running?.request.header.msg_id) {
      this.#refuse(question, "a question of a cell that has ended");
    } else if (request?.content.allow_stdin !== true) {
      this.#refuse(question, "one that cannot (allow_stdin is false)");
    } else {
      this.#waiting.push(question);
      void this.#next();
    }
  }

  /** Takes an `input_reply`; one to a question that nobody waits for any more is dropped. */
  receive({ message }: Envelope): void {
    const { parent_header, content } = message;
    // Some front ends name the question they answer, some do not.
    const isOther = parent_header.msg_type === "input_request" && parent_header.msg_id !== this.#asked?.msg_id;
    if (!this.#asked || isOther) return;
    const { question } = this.#asked;
    this.#asked = undefined;
    this.#main().answer(question, { value: String(content.value ?? "") });
    void this.#next();
  }

  async #next(): Promise<void> {
    if (this.#asked || !this.#running) return;
    const question = this.#waiting.shift();
    if (!question) return;
    const { request, identities } = this.#running;
    const { prompt, password } = question;
    const message = createMessage(this.#session, "input_request", { prompt, password }, { parent: request });
    this.#asked = { question, msg_id: message.header.msg_id };
    // What was printed before is to be read before the question.
    await this.#broadcasts.settled();
    await this.#sockets.ask(identities, message);
  }

  #refuse(question: Question, received: string): void {
    const refused = `Expected a front end that asks the user, received ${received}: set the value in the code instead.`;
    this.#main().answer(question, { refused });
  }
}
