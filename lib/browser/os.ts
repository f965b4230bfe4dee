/** What the library asks of the machine, in a browser. */
export const availableParallelism = (): number => navigator.hardwareConcurrency;
