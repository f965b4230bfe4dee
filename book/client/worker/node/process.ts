/** What cells and the library ask of the process, in a page: a folder, no environment, and the output below the cell. */
import { outputs } from "../outputs.js";

/** The folder that cells run in: where the package's data lie. */
export const folder = "/gradbook";

export const env: Record<string, string | undefined> = {};
export const argv: string[] = [];
export const platform = "browser";
export const stdout = { write: (text: string): void => outputs.write("stdout", text) };
export const stderr = { write: (text: string): void => outputs.write("stderr", text) };
export const cwd = (): string => folder;
export const on = (): void => {};
export const off = (): void => {};

export default { env, argv, platform, stdout, stderr, cwd, on, off };
