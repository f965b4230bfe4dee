/**
 * The place where a cell's widgets run in a page: the functions of the kernel's `widgets` look for it under
 * `Symbol.for("gradbook.widgets")`, and open their models here; the page draws them (`../page/widgets.ts`).
 */
import * as gradbook from "gradbook";
import { bundleOf } from "gradbook-kernel/interpreter/formatters";
import type { MimeBundle } from "gradbook-kernel/wire/message";
import { randomUUID } from "./node/crypto.js";
import { outputs } from "./outputs.js";

type Json = Record<string, unknown>;

/** What the page and a model say to each other: "open" with the whole state, "msg" with what has changed, "close". */
export interface CommEvent {
  event: "open" | "msg" | "close";
  id: string;
  data: Json;
}

/** One model's connection to the page. */
interface ModelComm {
  readonly id: string;
  onMessage: ((data: Json, more: { metadata: Json; buffers: Uint8Array[] }) => unknown) | undefined;
  send(data: Json): void;
  close(): void;
}

/** The names of what makes widgets, which cells use as in the kernel. */
const words = ["slider", "checkbox", "dropdown", "text", "button", "toggle", "tabs", "output", "interact", "widget"];

const comms = new Map<string, ModelComm>();
const selfShowing = new WeakSet<object>();
const listeners: (() => void)[] = [];

/** Makes the host known, and defines the words that the library has. `tell` reaches the page. */
export function installWidgets(tell: (event: CommEvent) => void): void {
  const host = {
    models: new Map<string, unknown>(),
    open(_target: string, data: Json): ModelComm {
      const id = randomUUID();
      const comm: ModelComm = {
        id,
        onMessage: undefined,
        send: (data) => tell({ event: "msg", id, data }),
        close() {
          comms.delete(id);
          tell({ event: "close", id, data: {} });
        },
      };
      comms.set(id, comm);
      tell({ event: "open", id, data });
      return comm;
    },
    bundleOf: (value: unknown) => bundleOf(value),
    async show(bundle: MimeBundle | Promise<MimeBundle>, display_id: string, update: boolean): Promise<void> {
      const shown = Promise.resolve(bundle).then((data) => ({
        type: "display" as const,
        data,
        metadata: {},
        display_id,
        update,
      }));
      outputs.show(shown);
      await shown;
    },
    showsItself: (value: object) => void selfShowing.add(value),
    describe: (error: unknown) => String(error),
    onInterrupt: (listener: () => void) => void listeners.push(listener),
  };
  Object.defineProperty(globalThis, Symbol.for("gradbook.widgets"), { value: host, configurable: true });
  for (const name of words) {
    const value: unknown = Reflect.get(gradbook, name);
    if (value !== undefined) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
}

/** Whether `value` shows itself, as what `interact` gives. */
export const isSelfShowing = (value: unknown): value is Promise<unknown> =>
  typeof value === "object" && value !== null && selfShowing.has(value);

/** The page says something to a model. */
export async function hear(id: string, data: Json): Promise<void> {
  await comms.get(id)?.onMessage?.(data, { metadata: {}, buffers: [] });
}

/** The reader has stopped what runs. */
export function interruptWidgets(): void {
  for (const listener of listeners) listener();
}
