/** What cells and the library ask of Node's `os`, in a page. */
export const tmpdir = (): string => "/tmp";
export const homedir = (): string => "/home";
export const platform = (): string => "browser";
export const availableParallelism = (): number => navigator.hardwareConcurrency;
