/**
 * Questions to the user: `await input("Name? ")`, and `prompt("Name?")`, `confirm` and `alert` as browsers have them, for
 * which the thread waits. The protocol thread asks the front end and hands back the answer.
 */
import { MessageChannel, type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import type { Answer, Question } from "../threads.js";
import { currentTask } from "./tasks.js";

interface Asked {
  resolve: (value: string) => void;
  reject: (error: Error) => void;
}

/** One per process. `send` hands a question to the other thread. */
export class Questions {
  /** For the protocol thread: where it puts answers to `prompt`, and the count it adds one to. */
  readonly port: MessagePort;
  readonly memory = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  readonly #send: (question: Question) => void;
  readonly #answers: MessagePort;
  readonly #asked = new Map<number, Asked>();
  #count = 0;

  constructor(send: (question: Question) => void) {
    this.#send = send;
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    this.#answers = port2;
    port2.unref();
  }

  /** Defines the global functions. */
  install(): void {
    const functions = {
      input: (prompt = "", { password = false } = {}) =>
        new Promise<string>((resolve, reject) => {
          this.#asked.set(this.#ask(prompt, password, false), { resolve, reject });
        }),
      prompt: (message = "Prompt", defaultValue = "") => this.#wait(`${message} `) || defaultValue,
      confirm: (message = "Confirm") => /^y(es)?$/i.test(this.#wait(`${message} [y/N] `).trim()),
      alert: (message = "Alert") => void this.#wait(`${message} [Enter] `),
    };
    for (const [name, value] of Object.entries(functions)) {
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true, enumerable: false });
    }
  }

  /** Takes the answer to a question nobody blocks for. */
  answer(answer: Answer): void {
    const asked = this.#asked.get(answer.id);
    this.#asked.delete(answer.id);
    if ("value" in answer) asked?.resolve(answer.value);
    else asked?.reject(new Error(answer.refused));
  }

  #ask(prompt: unknown, password: boolean, sync: boolean): number {
    this.#count += 1;
    const id = this.#count;
    this.#send({ type: "question", id, task: currentTask(), prompt: String(prompt), password, sync });
    return id;
  }

  /** Blocks until the answer is there. An interrupt ends the wait, as it ends a loop. */
  #wait(prompt: string): string {
    const count = new Int32Array(this.memory);
    const id = this.#ask(prompt, false, true);
    for (;;) {
      const seen = Atomics.load(count, 0);
      const answer = receiveMessageOnPort(this.#answers)?.message as Answer | undefined;
      if (answer === undefined) Atomics.wait(count, 0, seen);
      else if (answer.id === id) {
        if ("value" in answer) return answer.value;
        throw new Error(answer.refused);
      }
    }
  }
}
