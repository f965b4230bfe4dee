/** The values of the main thread, seen from the protocol thread: calls its `Inspection` through V8's inspector. */
import type { Debugger, Runtime } from "node:inspector";
import type { Session } from "node:inspector/promises";
import { setTimeout } from "node:timers/promises";
import type { Inspection, Page, Variable } from "../interpreter/inspection.js";
import { isName } from "../interpreter/parts.js";
import type { KnownSource } from "../interpreter/traceback.js";
import type { MimeBundle } from "../wire/message.js";
import { inspection } from "./expression.js";

/** How often to look whether a kernel that has just started has loaded what is called here. */
const loadMs = 20;

/** How long an expression may take: nothing else reaches the main thread meanwhile, not even an interrupt. */
const evaluateMs = 10_000;

/** What handles of values are called in V8, to be let go of all at once. */
const objectGroup = "gradbook-debugger";

/** What V8's scopes are called; a function's blocks belong to it. Node's own names are left out. */
const scopeNames: { [type in Debugger.Scope["type"]]?: string } = {
  local: "Local",
  block: "Local",
  catch: "Local",
  eval: "Local",
  closure: "Closure",
  module: "Module",
  script: "Cells",
};

/** The numbers of scopes begin here; those of what is unfolded lie below. */
const firstScope = 1_000_000_000;

/** What can be read in a frame, as front ends show it: names that an inner scope hides are left out. */
interface Scope {
  frame: Debugger.CallFrame;
  /** The names, each with the number of V8's scope that it is in. */
  names: Map<string, number>;
  /** What has no name in the code. */
  more: { [name: string]: Runtime.RemoteObject | undefined };
}

/** One per session of the inspector. */
export class Values {
  readonly #session: Session;
  /** By the numbers that front ends unfold them by. */
  readonly #scopes = new Map<number, Scope>();
  #inspection: string | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  /** The cells and local files that run. */
  sources(): Promise<[name: string, source: KnownSource][]> {
    return this.#call("sources");
  }

  /** All names of the top level. */
  topLevel(): Promise<Variable[]> {
    return this.#call("topLevel");
  }

  /** The parts of what has this number. */
  async unfold(reference: number, page: Page): Promise<Variable[]> {
    const scope = this.#scopes.get(reference);
    const unfolded = scope ? await this.#readScope(scope) : reference;
    const parts = await this.#call("unfold", [{ value: unfolded }, { value: page }]);
    return scope || page.filter === "indexed" ? parts : [...parts, ...(await this.#privatesOf(reference))];
  }

  /** `value`, called `name`, as a line. */
  describe(name: string, value: Runtime.RemoteObject, expression?: string): Promise<Variable> {
    return this.#call("describe", [{ value: name }, argumentOf(value), { value: expression }]);
  }

  /** Puts `value` in the place of a part of what has this number. */
  async set(reference: number, name: string, value: Runtime.RemoteObject): Promise<Variable> {
    const scope = this.#scopes.get(reference);
    if (scope) {
      const scopeNumber = scope.names.get(name);
      if (scopeNumber === undefined) {
        throw new Error(`Expected a name of this scope, received ${name}: set it by an expression.`);
      }
      const { callFrameId } = scope.frame;
      const newValue = argumentOf(value);
      await this.#session.post("Debugger.setVariableValue", { scopeNumber, variableName: name, newValue, callFrameId });
      return this.describe(name, value, name);
    }
    return this.#call("set", [{ value: reference }, { value: name }, argumentOf(value)]);
  }

  /** Assigns to `name` at the top level; where there is no such name, it is the global object's. @throws Error for what is no name. */
  async setGlobal(name: string, value: Runtime.RemoteObject): Promise<Variable> {
    if (!isName(name)) throw new Error(`Expected a name, received ${name}.`);
    const params = {
      objectId: await this.#handle(),
      functionDeclaration: `function (value) { ${name} = value; }`,
      arguments: [argumentOf(value)],
    };
    resultOf(await this.#session.post("Runtime.callFunctionOn", params));
    return this.describe(name, value, name);
  }

  /** What a notebook would show for `value`. */
  rich(value: Runtime.RemoteObject, isStopped: boolean): Promise<MimeBundle> {
    return this.#call("rich", [argumentOf(value), { value: isStopped }], !isStopped);
  }

  /** The value of `js` in a frame, or at the top level. @throws Error for what it throws. */
  async evaluate(js: string, frame: Debugger.CallFrame | undefined): Promise<Runtime.RemoteObject> {
    const options = { expression: js, objectGroup, silent: true, timeout: evaluateMs };
    const reply = frame
      ? this.#session.post("Debugger.evaluateOnCallFrame", { ...options, callFrameId: frame.callFrameId })
      : // Not in REPL mode, whose promise is not kept while a cell runs.
        this.#session.post("Runtime.evaluate", options);
    return resultOf(await reply);
  }

  /** The scopes of a frame that the reader may look into, the innermost first. */
  async scopes(
    frame: Debugger.CallFrame,
    thrown: Runtime.RemoteObject | undefined,
  ): Promise<{ name: string; reference: number }[]> {
    const more = {
      this: hasThis(frame) ? frame.this : undefined,
      "(exception)": thrown,
      "(result)": frame.returnValue,
    };
    const scopes = new Map<string, Scope>();
    if (Object.values(more).some(isThere)) scopes.set("Local", { frame, names: new Map(), more });
    const seen = new Set<string>();
    let isOutside = false;
    for (const [number, { type, name = "", object }] of frame.scopeChain.entries()) {
      const kind = scopeNames[type];
      if (kind === undefined || object.objectId === undefined) continue;
      const known = kind === "Local" && isOutside ? "Closure" : kind;
      const title = known === "Closure" && name !== "" ? `Closure (${name})` : known;
      isOutside ||= type !== "block" && type !== "catch";
      const names = (await this.#namesOf(object.objectId)).filter((each) => isName(each) && !seen.has(each));
      if (names.length === 0) continue;
      const scope = scopes.get(title) ?? { frame, names: new Map<string, number>(), more: {} };
      for (const each of names) {
        scope.names.set(each, number);
        seen.add(each);
      }
      scopes.set(title, scope);
    }
    return [...scopes].map(([name, scope]) => {
      const reference = firstScope + this.#scopes.size;
      this.#scopes.set(reference, scope);
      return { name, reference };
    });
  }

  /** Forgets what was unfolded, and lets go of the values. */
  async clear(): Promise<void> {
    this.#scopes.clear();
    await this.#call("clear");
    await this.#session.post("Runtime.releaseObjectGroup", { objectGroup });
  }

  /** V8's scope is what was there when the program stopped: names are read anew. */
  async #readScope({ frame, names, more }: Scope): Promise<number> {
    const reads = [...names.keys()].map((name) => `[${JSON.stringify(name)}, () => ${name}]`);
    const live = await this.evaluate(`[${reads}]`, frame);
    const others = Object.entries(more).filter(([, value]) => isThere(value));
    const reply = await this.#session.post("Runtime.callFunctionOn", {
      objectId: await this.#handle(),
      functionDeclaration: `function (reads, names, ...values) {
        return this.scope([...names.map((name, i) => [name, () => values[i]]), ...reads]);
      }`,
      arguments: [
        argumentOf(live),
        { value: others.map(([name]) => name) },
        ...others.map(([, value]) => argumentOf(value!)),
      ],
      returnByValue: true,
    });
    return resultOf(reply).value as number;
  }

  /** The fields of a class that begin with `#`, which V8 alone can read from outside. */
  async #privatesOf(reference: number): Promise<Variable[]> {
    const { objectId } = await this.#callFor("whole", [{ value: reference }]);
    if (objectId === undefined) return [];
    const { privateProperties = [] } = (await this.#session.post("Runtime.getProperties", {
      objectId,
      ownProperties: true,
    })) as { privateProperties?: { name: string; value?: Runtime.RemoteObject }[] };
    const fields = privateProperties.flatMap(({ name, value }) => (value ? [this.describe(name, value)] : []));
    return Promise.all(fields);
  }

  async #namesOf(objectId: string): Promise<string[]> {
    const functionDeclaration = "function () { return Object.keys(this); }";
    const params = { objectId, functionDeclaration, returnByValue: true };
    const { value } = resultOf(await this.#session.post("Runtime.callFunctionOn", params));
    return (value as string[]).filter((name) => !name.startsWith("__"));
  }

  async #handle(): Promise<string> {
    while (this.#inspection === undefined) {
      const { result } = await this.#session.post("Runtime.evaluate", { expression: inspection });
      this.#inspection = result.objectId;
      // The main thread loads it while the kernel answers already.
      if (this.#inspection === undefined) await setTimeout(loadMs);
    }
    return this.#inspection;
  }

  async #call<Name extends keyof Inspection>(
    method: Name,
    args: Runtime.CallArgument[] = [],
    awaitPromise = false,
  ): Promise<Awaited<ReturnType<Inspection[Name]>>> {
    const { value } = await this.#callFor(method, args, { returnByValue: true, awaitPromise });
    return value as Awaited<ReturnType<Inspection[Name]>>;
  }

  async #callFor(
    method: keyof Inspection,
    args: Runtime.CallArgument[],
    how: { returnByValue?: boolean; awaitPromise?: boolean } = {},
  ): Promise<Runtime.RemoteObject> {
    const reply = await this.#session.post("Runtime.callFunctionOn", {
      objectId: await this.#handle(),
      functionDeclaration: `function (...args) { return this.${method}(...args); }`,
      arguments: args,
      objectGroup,
      ...how,
    });
    return resultOf(reply);
  }
}

function argumentOf({ objectId, unserializableValue, value }: Runtime.RemoteObject): Runtime.CallArgument {
  if (objectId !== undefined) return { objectId };
  return unserializableValue === undefined ? { value } : { unserializableValue };
}

/** What V8 answers; Node's types say of some answers that there are none. @throws Error for what the code threw. */
function resultOf(reply: unknown): Runtime.RemoteObject {
  const { result, exceptionDetails } = reply as Runtime.EvaluateReturnType;
  if (exceptionDetails) throw new Error(messageOf(exceptionDetails));
  return result;
}

function messageOf({ exception, text }: Runtime.ExceptionDetails): string {
  const description = exception?.description ?? (exception ? String(exception.value) : text);
  return description.split("\n    at ")[0]!.replace(/^Error: /, "");
}

/** Whether a frame has a `this` worth showing: at the top level it is the global object. */
function hasThis({ this: own }: Debugger.CallFrame): boolean {
  return own.type !== "undefined" && own.className !== "global";
}

function isThere(value: Runtime.RemoteObject | undefined): boolean {
  return value !== undefined && value.type !== "undefined";
}
