/**
 * Questions to the user: `await input("Name? ")`, and `prompt("Name?")`, `confirm` and `alert` as browsers have them, for
 * which the thread waits. The protocol thread asks the front end and hands back the answer.
 */
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import type { Answer, Question } from "../threads.js";
import { currentTask } from "./tasks.js";

interface Asked {
  resolve: (value: string) => void;
  reject: (error: Error) => void;
}

/** One per process. */
export class Questions {
  readonly #send: (question: Question) => void;
  readonly #answers: MessagePort;
  readonly #answerCount: Int32Array;
  readonly #asked = new Map<number, Asked>();
  #count = 0;

  /**
   * `send` hands a question to the protocol thread, which puts answers to `prompt` into the other end of `answers` and
   * counts them in `memory`.
   */
  constructor(send: (question: Question) => void, answers: MessagePort, memory: SharedArrayBuffer) {
    this.#send = send;
    this.#answers = answers;
    this.#answerCount = new Int32Array(memory);
    answers.unref();
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
    const count = this.#answerCount;
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
