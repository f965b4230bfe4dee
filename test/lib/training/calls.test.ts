/** How much `fit` does in one native call, and what ends one. */
import { expect, it, onTestFinished, vi } from "vitest";
import { rmse } from "../../../lib/metrics.js";
import { SGD } from "../../../lib/optimizers/sgd.js";
import { reduceOnPlateau } from "../../../lib/schedules.js";
import { EarlyStopping } from "../../../lib/training/early-stopping.js";
import { fit } from "../../../lib/training/fit.js";
import type { Callback, FitOptions } from "../../../lib/training/run.js";
import { weightsOf } from "../../helpers/line.js";
import { describeNative } from "../../helpers/native.js";
import { examples, network, plan } from "../../helpers/noisy-line.js";
import { watchBinding } from "../../helpers/watch-binding.js";

describeNative("short epochs", () => {
  it("go together in a call where nobody looks at their ends, with the same outcome to the bit", {
    tags: "all",
  }, async () => {
    const run = async (callbacks: Callback[], options: Partial<FitOptions> = {}) => {
      const { runs, restore } = watchBinding();
      onTestFinished(restore);
      const model = network();
      const history = await fit(model, examples(16), plan({ epochs: 200, callbacks, ...options }));
      return { calls: runs.mock.calls.length, outcome: [{ ...history, seconds: 0 }, weightsOf(model)] };
    };
    const together = await run([]);
    const apart = await run([{ epochEnd: () => {} }]);
    expect(together.outcome).toEqual(apart.outcome);
    expect(together.calls).toBeLessThan(apart.calls / 2);
    const some = { epochs: undefined, steps: 33, valEpochs: 3 };
    expect((await run([], some)).outcome).toEqual((await run([{ epochEnd: () => {} }], some)).outcome);
    const drawn = { replacement: true, valSteps: 7 };
    expect((await run([], drawn)).outcome).toEqual((await run([{ epochEnd: () => {} }], drawn)).outcome);
  });

  it("with a smaller last batch, validation and metrics do so too, and an event that is listened to ends a call", async () => {
    // Where no time passes a call may have four times as many rounds as the one before.
    const clock = vi.spyOn(performance, "now").mockReturnValue(0);
    onTestFinished(() => clock.mockRestore());
    const calls = async (callbacks: Callback[], options: Partial<FitOptions> = {}) => {
      const { runs, restore } = watchBinding();
      onTestFinished(restore);
      const held = { validation: examples(10, 2), metrics: { rmse } };
      await fit(network(), examples(20), plan({ ...held, epochs: 100, callbacks, ...options }));
      restore();
      return runs.mock.calls.length;
    };
    // 100 epochs of five rounds each: three steps and two evaluations.
    expect(await calls([])).toBeLessThan(20);
    expect(await calls([], { valEpochs: 50, callbacks: [{ valEnd() {} }] })).toBeLessThan(20);
    expect(await calls([{ fitEnd() {} }])).toBeLessThan(20);
    expect(await calls([new EarlyStopping({ patience: 1000 })])).toBeLessThan(20);
    const optimizer = new SGD({ learningRate: reduceOnPlateau(0.01, { patience: 1000 }) });
    expect(await calls([], { optimizer })).toBeLessThan(20);
    for (const event of ["epochStart", "epochEnd", "valEnd"]) {
      expect(await calls([{ onlyLooks: true, [event]() {} }]), event).toBeGreaterThanOrEqual(100);
    }
  });
});
