/**
 * What times code (`%time`, `%%time`, `%timeit`): `__now` and `__lap` begin and end a timing by being read; `__timeit` is asked
 * before every loop, and says when it was enough.
 */

/** How long one run of `%timeit` is to take, and how many there are. */
const runMs = 100;
const usualRuns = 7;

/** Defines the three. They cost nothing until a cell reads them. */
export function installTiming(): void {
  const starts: number[] = [];
  const loops = new Loops();
  Object.defineProperties(globalThis, {
    __now: { configurable: true, get: () => void starts.push(performance.now()) },
    __lap: { configurable: true, get: () => console.log(`Wall time: ${duration(performance.now() - starts.pop()!)}`) },
    __timeit: {
      configurable: true,
      get: () => loops.goesOn(),
      set: (options: { loops: number; runs: number }) => loops.begin(options),
    },
  });
}

/** Counts loops: first ten times as many again and again, until a run is long enough, then the runs that count. */
class Loops {
  #loops = 1;
  #runs = usualRuns;
  #isFound = false;
  #left = 0;
  #start = 0;
  /** Milliseconds of one loop, by run. */
  #times: number[] = [];

  begin({ loops, runs }: { loops: number; runs: number }): void {
    this.#loops = loops || 1;
    this.#isFound = loops > 0;
    this.#runs = runs || usualRuns;
    this.#times = [];
    this.#left = 0;
    this.#start = 0;
  }

  goesOn(): boolean {
    if (this.#left > 0) {
      this.#left -= 1;
      return true;
    }
    const now = performance.now();
    if (this.#start > 0) this.#count(now - this.#start);
    if (this.#times.length === this.#runs) {
      this.#report();
      return false;
    }
    this.#left = this.#loops - 1;
    this.#start = performance.now();
    return true;
  }

  #count(ms: number): void {
    if (this.#isFound) this.#times.push(ms / this.#loops);
    else if (ms >= runMs) this.#isFound = true;
    else this.#loops = Math.ceil(ms > 1 ? (1.2 * runMs * this.#loops) / ms : 10 * this.#loops);
  }

  #report(): void {
    const runs = this.#times.length;
    const mean = this.#times.reduce((sum, ms) => sum + ms, 0) / runs;
    const deviation = Math.sqrt(this.#times.reduce((sum, ms) => sum + (ms - mean) ** 2, 0) / runs);
    const loops = this.#loops.toLocaleString("en");
    console.log(
      `${duration(mean)} ± ${duration(deviation)} per loop (mean ± standard deviation of ${runs} runs, ${loops} loops each)`,
    );
  }
}

function duration(ms: number): string {
  if (ms < 1e-3) return `${(ms * 1e6).toPrecision(3)} ns`;
  if (ms < 1) return `${(ms * 1000).toPrecision(3)} µs`;
  return ms < 1000 ? `${ms.toPrecision(3)} ms` : `${(ms / 1000).toPrecision(3)} s`;
}
