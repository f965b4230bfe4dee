/** Pool: what `MaxPool` and `AveragePool` share: a window that goes over each channel of pictures. */
import { expectNumbers } from "../checks/expect-numbers.js";
import { expectOptions } from "../checks/expect-options.js";
import { expectPadding } from "../checks/expect-pictures.js";
import { Layer, type LayerArguments, type LayerConfig } from "./layer.js";
import type { Padding } from "./padding.js";

/** What a pooling layer can be told. */
export interface PoolOptions {
  /** Pixels from one window to the next, in both directions; default `size`, so that windows do not overlap. */
  strides?: number;
  /** As for `Conv2D`. What is added is never the largest; it counts for the mean as 0 with a number, not at all with "same". Default "valid". */
  padding?: Padding;
}

/** x [batch, height, width, channels] to y [batch, height′, width′, channels]; the subclass says what becomes of a window. */
export abstract class Pool extends Layer {
  readonly strides: number;
  readonly padding: Padding;

  /** @param size height and width of the window, in pixels; default 2 */
  constructor(
    readonly size = 2,
    options: PoolOptions = {},
  ) {
    super();
    const { name } = this.constructor;
    const { strides = size, padding = "valid" } = expectOptions(name, options, ["strides", "padding"]);
    expectNumbers(name, "to be a positive integer", { size, strides });
    expectPadding(name, padding);
    if (typeof padding === "number" && padding > size / 2) {
      throw new RangeError(`${name}: expected a padding of at most half the size (${size / 2}), received ${padding}.`);
    }
    this.strides = strides;
    this.padding = padding;
  }

  /** What `from` reads for every such layer. */
  protected static given(given: LayerArguments): [size: number, options: PoolOptions] {
    return [given.number("size"), { strides: given.number("strides"), padding: given.value("padding") as Padding }];
  }

  override get config(): LayerConfig {
    return { ...super.config, size: this.size, strides: this.strides, padding: this.padding };
  }
}
