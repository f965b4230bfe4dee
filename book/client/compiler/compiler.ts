/** The compiler of a page: TypeScript, and the kernel's translation. Loaded for the first cell that a reader edits. */
export { translateCell } from "../../run/cell-code.js";
