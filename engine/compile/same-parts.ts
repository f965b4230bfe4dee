/** Whether parts of operations are the same: attributes, types, numbers. */
import type { Attribute, TensorType } from "./graph.js";

/** Whether attributes are the same: each is one value, or a list, under the name of its kind. */
export function sameAttributes(a: Record<string, Attribute>, b: Record<string, Attribute>): boolean {
  if (a === b) return true;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => {
      const [kind, ours] = only(a[name]!);
      const [other, theirs] = only(b[name]);
      return kind === other && (Array.isArray(ours) ? sameNumbers(ours, theirs) : Object.is(ours, theirs));
    })
  );
}

const only = (attribute: Attribute | undefined) => Object.entries(attribute ?? {})[0] ?? [];

/** Whether outputs have the same types. */
export const sameTypes = (a: readonly TensorType[], b: readonly TensorType[]): boolean =>
  a.length === b.length && a.every(({ dtype, shape }, i) => dtype === b[i]!.dtype && sameNumbers(shape, b[i]!.shape));

/** Whether numbers are the same, to the bit. */
export const sameNumbers = (a: ArrayLike<number> | undefined, b: ArrayLike<number> | undefined): boolean =>
  a === b || (a?.length === b?.length && Array.prototype.every.call(a, (value, i) => Object.is(value, b![i])));
