/** What the library and the kernel ask of Node's `util`, in a page: Node's own way of writing values out. */
import { inspect } from "node-inspect-extracted";

export { inspect };

/** Nothing tells a proxy from what it stands for; what it throws is caught then. */
export const types = { isProxy: (): boolean => false };

export const stripVTControlCharacters = (text: string): string => text;
