/** Steps one after the other: each is fitted on what the step before it made. */
import { shown } from "../checks/shown.js";
import type { Column } from "./column.js";
import { expectDifferent, Transformer } from "./transformer.js";

/**
 * A transformer made of `steps`; `state` is the list of their states.
 *
 * @example
 * ```ts
 * import { MinMaxScaler, Pipeline, SimpleImputer } from "gradbook";
 * import { DataFrame } from "gradbook/danfo";
 *
 * const houses = new DataFrame({ area: [50, Number.NaN, 150] });
 * const pipeline = new Pipeline([new SimpleImputer(), new MinMaxScaler()]);
 * console.log(pipeline.fitTransform(houses)["area"].values); // [ 0, 0.5, 1 ]
 * ```
 */
export class Pipeline extends Transformer<unknown[]> {
  readonly steps: readonly Transformer[];

  /** @throws RangeError when there is no step, or one stands twice */
  constructor(steps: readonly Transformer[]) {
    super();
    if (!Array.isArray(steps) || !steps.every((step) => step instanceof Transformer)) {
      throw new TypeError(
        `Pipeline: expected a list of transformers, received ${shown(steps)}: write new Pipeline([…]).`,
      );
    }
    if (steps.length === 0) throw new RangeError("Pipeline: expected at least one step, received none.");
    expectDifferent("Pipeline", steps);
    this.steps = steps;
  }

  protected override innerSteps(): readonly Transformer[] {
    return this.steps;
  }

  protected learn(columns: readonly Column[]): unknown[] {
    let table = columns;
    return this.steps.map((step, k) => {
      step.fitColumns(table);
      if (k < this.steps.length - 1) table = step.transformColumns(table);
      return step.state;
    });
  }

  protected apply(columns: readonly Column[]): Column[] {
    return this.steps.reduce((table, step) => step.transformColumns(table), [...columns]);
  }
}
