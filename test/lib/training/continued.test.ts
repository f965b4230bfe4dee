/** A run that an error or an interrupt has ended goes on as if it had not been, whoever computes its steps. */
import { describe, expect, it, onTestFinished } from "vitest";
import { seed } from "../../../engine/random.js";
import { rmse } from "../../../lib/metrics.js";
import { reduceOnPlateau } from "../../../lib/schedules.js";
import { fit } from "../../../lib/training/fit.js";
import { newHistory } from "../../../lib/training/history.js";
import type { FitOptions } from "../../../lib/training/run.js";
import { at, events, formula, outcome, plan, type Setup, trained, validation } from "../../helpers/conformance.js";

describe("a run that was ended goes on as if it had not been, by either runner,", () => {
  const options = (): Partial<FitOptions> => ({
    ...formula({ learningRate: reduceOnPlateau(0.2, { patience: 1, factor: 0.5 }) }),
    validation: validation(),
    metrics: { rmse },
  });

  /** Trains, and each time that an error ends it goes on with the other runner. */
  async function again(setup: Setup, first: boolean): Promise<ReturnType<typeof outcome>> {
    let history = newHistory();
    for (let attempt = 0, compile = first; attempt < 100; attempt++, compile = !compile) {
      try {
        return outcome(setup, await fit(setup.model, setup.data, { ...setup.options, history, compile }));
      } catch (error) {
        expect((error as Error).message).toBe("power cut");
        history = JSON.parse(JSON.stringify(history));
      }
    }
    throw new Error("Expected the run to come to its end.");
  }

  const ways: [string, Partial<FitOptions>][] = [
    ["with validation after epochs", {}],
    ["with validation after steps", { valSteps: 2 }],
  ];
  it.each(ways)("whatever event an error ends it at, %s", { tags: "all" }, async (_, more) => {
    const straight = await trained(() => plan({ ...options(), ...more }), false);
    for (const event of events) {
      for (const nth of [1, 2, 3, 6]) {
        let count = 0;
        const fail = at([event], () => {
          if (++count === nth) throw new Error("power cut");
        });
        seed(11);
        const ended = await again(plan({ ...options(), ...more, callbacks: [fail] }), nth % 2 === 0);
        expect(ended, `${event} ${nth}`).toEqual(straight);
      }
    }
  });

  it("whenever a kernel interrupts it, again and again", async () => {
    const key = Symbol.for("gradbook.interrupt");
    onTestFinished(() => void Reflect.deleteProperty(globalThis, key));
    const straight = await trained(() => plan({ ...options(), epochs: 9 }), true);
    for (const every of [2, 3, 5]) {
      let count = 0;
      const check = () => {
        if (++count % every === 0) throw new Error("power cut");
      };
      Object.defineProperty(globalThis, key, { value: { check }, configurable: true });
      seed(11);
      expect(await again(plan({ ...options(), epochs: 9 }), true), `every ${every}`).toEqual(straight);
      expect(count).toBeGreaterThan(every);
    }
  });
});
