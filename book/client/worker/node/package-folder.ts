/** Where the data of the package lie for a page: in its worker's memory, put there before a cell that needs them (`../data.ts`). */
export { folder as packageFolder } from "./process.js";
