/**
 * Runs JavaScript in V8's REPL mode, as DevTools' console does: `let` again in a later cell, `await` at the top level,
 * the value of the last expression. Knows neither sockets nor TypeScript.
 */
import { type Runtime, Session } from "node:inspector";
import { promiseHooks } from "node:v8";

/** How a run ended: with a value (the live one), with whatever was thrown, or by an interrupt. */
export type Outcome =
  | { status: "ok"; value: unknown }
  | { status: "error"; thrown: unknown }
  | { status: "interrupted" };

const objectGroup = "cell";

/** One per process: the code it runs shares the process's globals. */
export class Interpreter {
  readonly #session = new Session();
  /** Takes values out of V8's inspector, which speaks of them only by handle. */
  readonly #hand: { value?: unknown } = {};
  readonly #handId: string;
  #stop: (() => void) | undefined;
  /**
   * The promises of runs that have not ended, those given up included: V8 reports one that is collected unsettled, from
   * within its garbage collector, and Node 24 aborts over that.
   */
  readonly #unsettled = new Set<Promise<unknown>>();

  constructor() {
    // Connected to its own thread, so that another thread's session can terminate what runs here.
    this.#session.connect();
    const key = "__gradbook_hand";
    Object.defineProperty(globalThis, key, { value: this.#hand, configurable: true });
    this.#handId = this.#call("Runtime.evaluate", { expression: key }).result.objectId!;
    Reflect.deleteProperty(globalThis, key);
  }

  /** Runs `js` to its end, promises awaited. One at a time. */
  evaluate(js: string): Promise<Outcome> {
    return new Promise((resolve) => {
      const finish = (outcome: Outcome) => {
        this.#stop = undefined;
        // Handles keep their values alive.
        this.#session.post("Runtime.releaseObjectGroup", { objectGroup });
        resolve(outcome);
      };
      this.#stop = () => finish({ status: "interrupted" });
      const stop = this.#stop;
      const params = { expression: js, replMode: true, awaitPromise: true, objectGroup };
      // The first promise that a run makes is the one V8 awaits for it.
      let promise: Promise<unknown> | undefined;
      const unhook = promiseHooks.onInit((made: Promise<unknown>) => {
        if (promise) return;
        promise = made;
        this.#unsettled.add(made);
      }) as () => void;
      this.#session.post("Runtime.evaluate", params, (error, reply: Runtime.EvaluateReturnType) => {
        if (promise && !error) this.#unsettled.delete(promise);
        if (this.#stop !== stop) return;
        // The only error there is: "Execution was terminated".
        if (error) finish({ status: "interrupted" });
        else if (reply.exceptionDetails) {
          finish({ status: "error", thrown: this.#live(reply.exceptionDetails.exception ?? { type: "undefined" }) });
        } else finish({ status: "ok", value: this.#live(reply.result) });
      });
      unhook();
    });
  }

  /** The names that cells have declared, with their values; those with `_` in front are the kernel's and of helpers. */
  variables(): Map<string, unknown> {
    const { names } = this.#call("Runtime.globalLexicalScopeNames", {});
    const found = new Map<string, unknown>();
    for (const name of names.filter((each) => !each.startsWith("_")).sort()) {
      const { result, exceptionDetails } = this.#call("Runtime.evaluate", { expression: name, objectGroup });
      // One whose declaration has failed has no value.
      if (!exceptionDetails) found.set(name, this.#live(result));
    }
    this.#session.post("Runtime.releaseObjectGroup", { objectGroup });
    return found;
  }

  /** Lets go of the value of each of these names. */
  forget(names: Iterable<string>): void {
    for (const name of names) this.#call("Runtime.evaluate", { expression: `${name} = undefined; 0` });
  }

  /**
   * Gives up what is being awaited: V8 never settles a run that was terminated behind an `await`. A loop is stopped by
   * another thread, with `Runtime.terminateExecution`.
   */
  abandon(): void {
    this.#stop?.();
  }

  /** The value itself. Most primitives come by value, all others by handle or, as `NaN` and bigints do, in words. */
  #live({ objectId, unserializableValue, value }: Runtime.RemoteObject): unknown {
    if (!objectId && !unserializableValue) return value;
    const argument = objectId ? { objectId } : { unserializableValue: unserializableValue! };
    const functionDeclaration = "function (value) { this.value = value; }";
    this.#call("Runtime.callFunctionOn", { objectId: this.#handId, functionDeclaration, arguments: [argument] });
    const live = this.#hand.value;
    delete this.#hand.value;
    return live;
  }

  /** A command that the session of one's own thread answers at once. */
  #call(method: "Runtime.evaluate", params: Runtime.EvaluateParameterType): Runtime.EvaluateReturnType;
  #call(
    method: "Runtime.callFunctionOn",
    params: Runtime.CallFunctionOnParameterType,
  ): Runtime.CallFunctionOnReturnType;
  #call(
    method: "Runtime.globalLexicalScopeNames",
    params: Runtime.GlobalLexicalScopeNamesParameterType,
  ): Runtime.GlobalLexicalScopeNamesReturnType;
  #call(method: string, params: object): unknown {
    let answer: unknown;
    this.#session.post(method, params, (error: Error | null, reply?: object) => {
      if (error) throw error;
      answer = reply;
    });
    return answer;
  }
}
