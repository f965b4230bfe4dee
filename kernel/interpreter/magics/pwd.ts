/** `%pwd`: the working directory. */
import type { RunMagic } from "./context.js";

export const run: RunMagic = () => console.log(process.cwd());
