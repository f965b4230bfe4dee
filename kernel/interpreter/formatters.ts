/**
 * Values as notebooks show them: the MIME bundle of anything a cell ends with or displays. Tables, tensors and figures
 * are recognised by their shape, not by their class: they may come from any copy of any package.
 */
import { inspect, types } from "node:util";
import type { MimeBundle } from "../wire/message.js";
import { plotlyFigure, vegaLiteBuilder, vegaSpec } from "./charts.js";
import { address, arrowTable, danfoTable, plainMap, records, shapedArray } from "./collections.js";
import type { Kind } from "./kind.js";
import { canvas, element, pictureBlob } from "./pictures.js";

/** A method of this name gives a value's MIME bundle, or a promise of it. Deno's kernel knows the same name. */
export const displaySymbol: unique symbol = Symbol.for("Jupyter.display") as never;

/** A tensor of TensorFlow.js. */
export interface Tensor {
  dtype: string;
  shape: number[];
  size: number;
  isDisposed: boolean;
  dataSync(): ArrayLike<unknown>;
  toString(verbose?: boolean): string;
}

/** Whether it is one, of whatever copy of TensorFlow.js. */
export function isTensor(value: object): value is Tensor {
  if (!("dataId" in value)) return false;
  const { shape, dataSync } = value as Partial<Tensor>;
  return Array.isArray(shape) && typeof dataSync === "function";
}

const tensor: Kind<Tensor> = {
  is: isTensor,
  show: (value) => ({ "text/plain": tensorText(value) }),
};

/** What is shown otherwise than as Node's `inspect` has it; the first that fits. */
const kinds = [
  danfoTable,
  tensor,
  plotlyFigure,
  vegaSpec,
  vegaLiteBuilder,
  element,
  canvas,
  arrowTable,
  records,
  plainMap,
  shapedArray,
  address,
  pictureBlob,
] as Kind<unknown>[];

/**
 * The representations of `value` by MIME type; with `isMoving` without those that only readers of a stored notebook need: the value will
 * soon be replaced. Default: false. @throws what its own display method throws, and Error when that gives no bundle.
 */
export async function bundleOf(value: unknown, isMoving = false): Promise<MimeBundle> {
  return bundleNow(value, isMoving);
}

/** The same, at once where that is possible: while the debugger has stopped the program no promise is ever kept. */
export function bundleNow(value: unknown, isMoving = false): MimeBundle | Promise<MimeBundle> {
  if (hasDisplay(value)) {
    const origin = `from the method Symbol.for("Jupyter.display") of ${value.constructor?.name ?? "the value"}`;
    const shown = value[displaySymbol]({ isMoving });
    return shown instanceof Promise ? shown.then((bundle) => sendable(bundle, origin)) : sendable(shown, origin);
  }
  const kind = isObject(value) ? kinds.find((each) => fits(each, value)) : undefined;
  return kind ? kind.show(value, isMoving) : { "text/plain": inspect(value) };
}

/** An object may throw at any question; it is then of no kind. */
function fits(kind: Pick<Kind<unknown>, "is">, value: { [key: string]: unknown }): boolean {
  try {
    return kind.is(value);
  } catch {
    return false;
  }
}

/** `bundle`, made by the user's code `origin`, as it can be sent. @throws TypeError for what is no bundle. */
export function sendable(bundle: unknown, origin: string): MimeBundle {
  const parts = isObject(bundle) ? Object.entries(bundle) : [];
  if (parts.length === 0) {
    throw new TypeError(`Expected an object of representations by MIME type ${origin}, received ${inspect(bundle)}.`);
  }
  return Object.fromEntries(
    parts.map(([mime, part]) => {
      if (typeof part === "string") return [mime, part];
      if (/json$/.test(mime)) return [mime, asJson(part, `${mime} ${origin}`)];
      throw new TypeError(`Expected text for ${mime} ${origin}, received ${inspect(part)}.`);
    }),
  );
}

/** `value` as JSON has it: what the other thread and the front ends get. @throws TypeError for a function, a cycle, a bigint. */
export function asJson<Value>(value: Value, what: string): Value {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw new TypeError(`Expected a value of JSON as ${what}, received another: ${(error as Error).message}.`, {
      cause: error,
    });
  }
  if (text === undefined) throw new TypeError(`Expected a value of JSON as ${what}, received a ${typeof value}.`);
  return JSON.parse(text) as Value;
}

function hasDisplay(value: unknown): value is { [displaySymbol](how: { isMoving: boolean }): unknown } {
  if (!isObject(value)) return false;
  const is = () => typeof Reflect.get(value, displaySymbol) === "function";
  // A proxy may refuse every question, and is then shown as Node does; what another object's getter throws is the cell's error.
  return types.isProxy(value) ? fits({ is }, value) : is();
}

function isObject(value: unknown): value is { [key: string]: unknown } {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function tensorText(tensor: Tensor): string {
  const title = `Tensor ${tensor.dtype} [${tensor.shape}]`;
  if (tensor.isDisposed) return `${title}, disposed`;
  // tfjs shortens long axes itself; its first line is the word "Tensor".
  return tensor.toString().replace(/^Tensor/, title);
}
