/**
 * What notebooks made for Deno's kernel ask of `Deno`: how to show something, and versions. Only cells see it (`../language/emit.ts`):
 * packages take a `Deno` on `globalThis` for the real one.
 */
import type { Broadcast } from "../threads.js";
import { asJson, displaySymbol } from "./formatters.js";
import { currentTask } from "./tasks.js";

type Tag = (source: TemplateStringsArray | string, ...values: unknown[]) => object;

/** The kernel's own functions that it stands on. */
interface Functions {
  display(value: unknown, options?: { raw?: boolean; display_id?: string; update?: boolean }): Promise<void>;
  html: Tag;
  markdown: Tag;
  svg: Tag;
}

/** Defines `__deno`, on top of the functions of `display.ts`; `broadcast` sends a message of any type to the front ends. */
export function installDeno(broadcast: (message: Broadcast) => void): void {
  const { display, html, markdown: md, svg } = globalThis as unknown as Functions;
  const jupyter = {
    $display: displaySymbol,
    display,
    html,
    md,
    svg,
    async broadcast(msgType: string, content: object, { metadata = {} }: { metadata?: object } = {}) {
      const what = `in Deno.jupyter.broadcast("${msgType}", …)`;
      const message = { msg_type: msgType, content: asJson(content, what), metadata: asJson(metadata, what) };
      broadcast({ type: "broadcast", ...message, task: currentTask() });
    },
  };
  const version = { deno: "2.0.0", v8: process.versions.v8, typescript: "7.0.2" };
  const deno = new Proxy<{ [name: string]: unknown }>(
    { jupyter, version },
    {
      get(target, name) {
        if (name in target || typeof name === "symbol") return Reflect.get(target, name);
        throw new Error(`Expected Deno.jupyter or Deno.version, received Deno.${name}: use what Node has for it.`);
      },
    },
  );
  Object.defineProperty(globalThis, "__deno", { value: deno, configurable: true });
}
