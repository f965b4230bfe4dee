/** danfo, loaded when it is first needed: it is an optional companion of the library. */
import { createRequire } from "node:module";
import "./tensor.js";

const require = createRequire(import.meta.url);

/** The package danfojs-node. */
export const danfo = (): typeof import("danfojs-node") => require("danfojs-node") as typeof import("danfojs-node");
