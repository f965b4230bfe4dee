/**
 * Seeded randomness: the one source of every random number in Gradbook (initial weights, shuffling, folds, dropout masks).
 * `seed(n)` at the top of a notebook governs everything that is not given a `Random` of its own.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus, xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";

/** Where a stream stands: its seed and the four 32-bit words of its generator. Plain JSON. */
export interface RandomState {
  seed: number;
  words: number[];
}

/**
 * A stream of random numbers fixed by its seed (xoroshiro128+, Blackman and Vigna 2018, from the package pure-rand).
 *
 * @example
 * ```ts
 * import { Random } from "gradbook";
 *
 * const draw = () => new Random(7).normals(3).join();
 * console.log(draw() === draw()); // true
 * ```
 */
export class Random {
  #seed: number;
  #generator;

  /** @param seed any integer; the same seed gives the same stream on every machine and engine. */
  constructor(seed: number) {
    if (!Number.isInteger(seed)) throw new RangeError(`Random: expected an integer seed, received ${seed}.`);
    this.#seed = seed;
    this.#generator = xoroshiro128plus(seed);
  }

  get seed(): number {
    return this.#seed;
  }

  /** Where the stream stands now: `restore` it to draw the same numbers again. */
  get state(): RandomState {
    return { seed: this.#seed, words: [...this.#generator.getState()] };
  }

  /** Continues from `state`, taken from this or another stream: what is drawn and split next is the same. */
  restore(state: RandomState): void {
    const words = state?.words;
    const isWord = (word: unknown) => typeof word === "number" && word === (word | 0);
    const areWords =
      Array.isArray(words) && words.length === 4 && words.every(isWord) && words.some((word) => word !== 0);
    if (!Number.isInteger(state?.seed) || !areWords) {
      throw new RangeError(`Random: expected a state of a seed and four words, received ${JSON.stringify(state)}.`);
    }
    this.#seed = state.seed;
    this.#generator = xoroshiro128plusFromState(words);
  }

  /**
   * A stream of its own for `key`, independent of how much has been drawn from this one: give each layer, fold or trial
   * its own, and adding one does not change the others.
   */
  split(key: number | string): Random {
    const { buffer, byteOffset } = sha256(new TextEncoder().encode(`${this.seed}/${key}`));
    return new Random(new DataView(buffer, byteOffset).getInt32(0, true));
  }

  /** One number from U[low, high). */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * uniformFloat64(this.#generator);
  }

  /** `count` numbers from U[low, high), as float32. */
  uniforms(count: number, low = 0, high = 1): Float32Array {
    return new Float32Array(count).map(() => this.uniform(low, high));
  }

  /** `count` numbers from N(mean, std²), as float32 (Box and Muller 1958: r = √(−2 ln u), then r cos 2πv and r sin 2πv). */
  normals(count: number, mean = 0, std = 1): Float32Array {
    const values = new Float32Array(count);
    for (let i = 0; i < count; i += 2) {
      const radius = std * Math.sqrt(-2 * Math.log(1 - this.uniform()));
      const angle = 2 * Math.PI * this.uniform();
      values[i] = mean + radius * Math.cos(angle);
      if (i + 1 < count) values[i + 1] = mean + radius * Math.sin(angle);
    }
    return values;
  }

  /** The numbers 0 … count − 1 in random order (Fisher and Yates), as int32. */
  permutation(count: number): Int32Array {
    const order = new Int32Array(count).map((_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = uniformInt(this.#generator, 0, i);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order;
  }
}

let shared = new Random(0);
let draws = 0;

/**
 * Starts all randomness that has no `Random` of its own anew from `value` (an integer; 0 when never called).
 *
 * @example
 * ```ts
 * import { Dense, seed } from "gradbook";
 *
 * const weights = () => new Dense(2, 1).parameters.get("weight")!.value.dataSync().join();
 * seed(1);
 * const first = weights();
 * seed(1);
 * console.log(weights() === first); // true
 * ```
 */
export function seed(value: number): void {
  shared = new Random(value);
  draws = 0;
}

/** The next stream governed by `seed`: each caller gets one of its own, in the order of the calls. */
export function nextRandom(): Random {
  return shared.split(draws++);
}

/** Where the randomness governed by `seed` stands: its seed and how many streams it has given. Plain JSON. */
export interface SeedState {
  seed: number;
  draws: number;
}

/** What `restoreSeed` needs to go on from here. */
export const seedState = (): SeedState => ({ seed: shared.seed, draws });

/** Continues all randomness that has no `Random` of its own from `state`. */
export function restoreSeed(state: SeedState): void {
  if (!Number.isInteger(state?.draws)) {
    throw new RangeError(`restoreSeed: expected a seed and a number of draws, received ${JSON.stringify(state)}.`);
  }
  shared = new Random(state.seed);
  draws = state.draws;
}
