/** Where a stream stands: its seed and the four 32-bit words of its generator. Plain JSON. */
export interface RandomState {
  seed: number;
  words: number[];
}
/** A stream of random numbers fixed by its seed (xoroshiro128+, Blackman and Vigna 2018, from the package pure-rand). */
export declare class Random {
  #private;
  /** @param seed any integer; the same seed gives the same stream on every machine and engine. */
  constructor(seed: number);
  get seed(): number;
  /** Where the stream stands now: `restore` it to draw the same numbers again. */
  get state(): RandomState;
  /** Continues from `state`, taken from this or another stream: what is drawn and split next is the same. */
  restore(state: RandomState): void;
  /**
   * A stream of its own for `key`, independent of how much has been drawn from this one: give each layer, fold or trial
   * its own, and adding one does not change the others.
   */
  split(key: number | string): Random;
  /** One number from U[low, high). */
  uniform(low?: number, high?: number): number;
  /** `count` numbers from U[low, high), as float32. */
  uniforms(count: number, low?: number, high?: number): Float32Array;
  /** `count` numbers from N(mean, std²), as float32 (Box and Muller 1958: r = √(−2 ln u), then r cos 2πv and r sin 2πv). */
  normals(count: number, mean?: number, std?: number): Float32Array;
  /** The numbers 0 … count − 1 in random order (Fisher and Yates), as int32. */
  permutation(count: number): Int32Array;
}
/** Starts all randomness that has no `Random` of its own anew from `value` (an integer; 0 when never called). */
export declare function seed(value: number): void;
/** The next stream governed by `seed`: each caller gets one of its own, in the order of the calls. */
export declare function nextRandom(): Random;
/** Where the randomness governed by `seed` stands: its seed and how many streams it has given. Plain JSON. */
export interface SeedState {
  seed: number;
  draws: number;
}
/** What `restoreSeed` needs to go on from here. */
export declare const seedState: () => SeedState;
/** Continues all randomness that has no `Random` of its own from `state`. */
export declare function restoreSeed(state: SeedState): void;
