/**
 * Keeps an interrupt from ending the process where the user's code has `AsyncLocalStorage` or hooks of `node:async_hooks`.
 *
 * With these Node keeps a stack of ids: pushed before a callback, popped behind it. Code that is terminated pops nothing, and
 * Node aborts when it finds the stack askew. It tells by two numbers whether to look; they are set to "no" whenever hooks are
 * enabled, and after an interrupt the stack is emptied, as Node itself does after an uncaught error. Node 24 gives no access to them;
 * its `AsyncLocalStorage` does without this stack.
 */
import { createHook } from "node:async_hooks";

/** What Node calls its own part of async_hooks; `fields` has one number for each of the constants that name them. */
interface AsyncWrap {
  async_hook_fields: Uint32Array;
  constants: { kCheck: number; kTotals: number };
  clearAsyncIdStack(): void;
}

/** Makes it so for this process. Gives a function that empties the stack: call it after each interrupt. */
export function installAsyncStack(): () => void {
  if (Number.parseInt(process.versions.node, 10) >= 24) return () => {};
  const wrap = asyncWrap();
  const { async_hook_fields: fields, constants } = wrap;
  const hooks = Object.getPrototypeOf(createHook({})) as ReturnType<typeof createHook>;
  const { enable } = hooks;
  hooks.enable = function () {
    enable.call(this);
    fields[constants.kCheck] = 0;
    fields[constants.kTotals] = 0;
    return this;
  };
  return () => wrap.clearAsyncIdStack();
}

/** The only way there is to it: deprecated for good reasons, of which Node would tell the reader of the notebook. */
function asyncWrap(): AsyncWrap {
  const { noDeprecation = false } = process;
  process.noDeprecation = true;
  try {
    return (process as unknown as { binding(name: "async_wrap"): AsyncWrap }).binding("async_wrap");
  } finally {
    process.noDeprecation = noDeprecation;
  }
}
