/** What is more than types, in a page: there is nothing to translate it with. In the place of the kernel's `lower.ts`. */
export function isToBeLowered(code: string): boolean {
  return /^\s*@\w|\busing\s+\w+\s*=/m.test(code);
}

export function lower(): never {
  throw new SyntaxError("JSX, decorators and `using` run in the kernel, not in a page.");
}
