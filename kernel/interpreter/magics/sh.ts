/** `%%sh`: a script for the plain shell. */
import { runScript } from "./bash.js";
import type { RunMagic } from "./context.js";

export const run: RunMagic = (_, __, body) => runScript("sh", body);
