/**
 * The main thread's part of looking at values: the protocol thread (`../debugger/values.ts`) calls these methods through V8's
 * inspector, which reaches them while a cell runs, and while the debugger has stopped it. What is unfolded is remembered by a
 * number, as the Debug Adapter Protocol has it, until `clear`.
 */
import type { MimeBundle } from "../wire/message.js";
import { bundleNow } from "./formatters.js";
import { oneLine, typeName } from "./one-line.js";
import { mayHavePrivates, namedParts, type Part, type Parts, partsOf } from "./parts.js";
import { type KnownSource, knownSources } from "./traceback.js";

/** The key under which the global object has the inspection. */
export const inspectionKey = "gradbook.inspection";

/** So many items are unfolded at once for a front end that asks for no page; more come in groups of so many. */
const pageSize = 100;

/** One line of a panel; the names are the protocol's own. */
export interface Variable {
  name: string;
  value: string;
  type: string;
  variablesReference: number;
  indexedVariables?: number;
  evaluateName?: string;
  presentationHint?: { lazy?: boolean; kind?: string };
}

/** Which of the parts are asked for. */
export interface Page {
  filter?: "indexed" | "named";
  start?: number;
  count?: number;
}

interface Unfolded {
  parts: Parts;
  /** What they are parts of, where that is one value. */
  whole?: unknown;
  /** How the whole is written. */
  expression: string | undefined;
}

/** A name that the debugger reads in a frame. */
type Read = [name: string, get: () => unknown];

/** One per process. */
export class Inspection {
  readonly #variables: () => Map<string, unknown>;
  readonly #unfolded = new Map<number, Unfolded>();
  readonly #hits = new Map<number, number>();
  #count = 0;

  /** `variables` gives the names that cells have declared, with their values. */
  constructor(variables: () => Map<string, unknown>) {
    this.#variables = variables;
  }

  /** Lets the inspector find it. */
  install(): void {
    Object.defineProperty(globalThis, Symbol.for(inspectionKey), { value: this, configurable: true });
  }

  /** Forgets what was unfolded. */
  clear(): void {
    this.#unfolded.clear();
  }

  /** All names of the top level. */
  topLevel(): Variable[] {
    return [...this.#variables()].map(([name, value]) => this.describe(name, value, name));
  }

  /** The number for names that are read when they are unfolded; one that has no value yet is left out. */
  scope(reads: readonly Read[]): number {
    const known = () =>
      reads.flatMap(([name, get]): Part[] => {
        try {
          const value = get();
          return [{ name, get: () => value, path: name }];
        } catch {
          return [];
        }
      });
    return this.#remember({ parts: namedParts(known), expression: "" });
  }

  /** What `reference` stands for, unfolded. @throws Error for a number that is none, or no longer. */
  unfold(reference: number, { filter, start = 0, count = 0 }: Page = {}): Variable[] {
    const { parts, expression } = this.#at(reference);
    const { length } = parts;
    const isPaged = count > 0 || filter === "indexed" || length <= pageSize;
    const end = count > 0 ? Math.min(length, start + count) : length;
    const items = Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i);
    const indexed = isPaged
      ? items.map((index) => this.#show(parts.item(index), expression))
      : this.#groups(parts, expression);
    if (filter === "indexed") return indexed;
    const named = parts.named().map((part) => this.#show(part, expression));
    return filter === "named" ? named : [...indexed, ...named];
  }

  /** What `reference` stands for, if it is one value. */
  whole(reference: number): unknown {
    return this.#at(reference).whole;
  }

  /** `value`, called `name`, as a line. */
  describe(name: string, value: unknown, expression?: string): Variable {
    try {
      return this.#line(name, value, expression);
    } catch {
      // It throws at any question, as one whose prototype is a proxy may: the others are shown all the same.
      return { name, value: "(cannot be shown)", type: typeof value, variablesReference: 0 };
    }
  }

  #line(name: string, value: unknown, expression?: string): Variable {
    const parts = partsOf(value) ?? (mayHavePrivates(value) ? namedParts(() => []) : undefined);
    const length = parts?.length ?? 0;
    return {
      name,
      value: oneLine(value),
      type: typeName(value),
      variablesReference: parts ? this.#remember({ parts, whole: value, expression }) : 0,
      ...(length > 0 && { indexedVariables: length }),
      ...(expression !== undefined && { evaluateName: expression }),
    };
  }

  /** Puts `value` in the place of a part. @throws Error where there is no such part, or none that may be set. */
  set(reference: number, name: string, value: unknown): Variable {
    const { parts, expression } = this.#at(reference);
    const items = Array.from({ length: Math.min(parts.length, 10_000) }, (_, i) => parts.item(i));
    const part = [...items, ...parts.named()].find((each) => each.name === name);
    if (!part?.set) throw new Error(`Expected a part that can be set, received ${name}: set it by an expression.`);
    part.set(value);
    return this.describe(name, value, join(expression, part));
  }

  /** What a notebook would show for `value`; its line where that takes a promise, for which `isStopped` leaves no time. */
  rich(value: unknown, isStopped: boolean): MimeBundle | Promise<MimeBundle> {
    const shown = bundleNow(value);
    return isStopped && shown instanceof Promise ? { "text/plain": oneLine(value) } : shown;
  }

  /** Whether the condition `text` of a breakpoint holds; one that throws does not, and says so. */
  holds(text: string, test: () => unknown): boolean {
    try {
      return Boolean(test());
    } catch (error) {
      console.error(`The breakpoint's condition ${text} fails here: ${oneLine(error)}`);
      return false;
    }
  }

  /** Prints a log point's message, as the cell would, and does not stop. */
  log(words: readonly (string | (() => unknown))[]): false {
    const shown = words.map((word) => {
      if (typeof word === "string") return word;
      try {
        const value = word();
        return typeof value === "string" ? value : oneLine(value);
      } catch (error) {
        return `(${oneLine(error)})`;
      }
    });
    console.log(shown.join(""));
    return false;
  }

  /** Counts how often breakpoint `id` was reached; gives the number. */
  hit(id: number): number {
    const count = (this.#hits.get(id) ?? 0) + 1;
    this.#hits.set(id, count);
    return count;
  }

  /** The cells and local files that run, by their names in V8. */
  sources(): [name: string, source: KnownSource][] {
    return knownSources();
  }

  #at(reference: number): Unfolded {
    const found = this.#unfolded.get(reference);
    if (!found)
      throw new Error(`Expected a variablesReference of this stop, received ${reference}: ask for the scopes again.`);
    return found;
  }

  #remember(unfolded: Unfolded): number {
    this.#count += 1;
    this.#unfolded.set(this.#count, unfolded);
    return this.#count;
  }

  #show(part: Part, above: string | undefined): Variable {
    const expression = join(above, part);
    if (!part.isGetter) return this.describe(part.name, part.get(), expression);
    // Unfolding it runs it.
    const once: Part = { name: "value", get: () => part.get() };
    const variablesReference = this.#remember({ parts: namedParts(() => [once]), expression });
    const line = { name: part.name, value: "(…)", type: "getter", variablesReference };
    return { ...line, ...(expression !== undefined && { evaluateName: expression }), presentationHint: { lazy: true } };
  }

  #groups(parts: Parts, expression: string | undefined): Variable[] {
    return Array.from({ length: Math.ceil(parts.length / pageSize) }, (_, group) => {
      const start = group * pageSize;
      const length = Math.min(pageSize, parts.length - start);
      const page: Parts = { length, item: (index) => parts.item(start + index), named: () => [] };
      const name = `[${start} … ${start + length - 1}]`;
      const variablesReference = this.#remember({ parts: page, expression });
      return { name, value: "", type: "", variablesReference, indexedVariables: length };
    });
  }
}

/** How a part is written: `whole.part`. */
function join(above: string | undefined, { path }: Part): string | undefined {
  return above === undefined || path === undefined ? undefined : above + path;
}
