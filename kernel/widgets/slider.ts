/** `slider`: a number between two others. */
import type { Kind } from "./control.js";
import type { Json } from "./host.js";
import type { SliderOptions } from "./types.js";

/** Numbers as they are meant: 0.3, where steps of 0.1 add up to 0.30000000000000004. */
const clean = (value: number) => Number(value.toPrecision(12));

/** How many positions a slider has, where nothing says it. */
const defaultPoints = 101;

/** What a slider's options mean. @throws RangeError for a range that has no positions; `where` begins the message. */
export function sliderKind(options: SliderOptions, where = "slider"): Kind<number> {
  const { low, high, log = false, integer = false, points, label = "", value = low } = options;
  if (!Number.isFinite(low) || !Number.isFinite(high) || low >= high) {
    throw new RangeError(`${where}: expected low < high, received ${low} and ${high}.`);
  }
  if (log && low <= 0) throw new RangeError(`${where}: expected low above 0 on a log scale, received ${low}.`);
  if (integer && !(Number.isInteger(low) && Number.isInteger(high))) {
    throw new RangeError(`${where}: expected whole low and high, received ${low} and ${high}.`);
  }
  if (points !== undefined && !(Number.isInteger(points) && points >= 2)) {
    throw new RangeError(`${where}: expected at least 2 points, received ${points}.`);
  }
  const [min, max] = log ? [Math.log10(low), Math.log10(high)] : [low, high];
  const whole = integer && !log;
  const each = (max - min) / ((points ?? defaultPoints) - 1);
  const { step = whole ? (points === undefined ? 1 : Math.max(1, Math.round(each))) : each } = options;
  if (!(step > 0) || (whole && !Number.isInteger(step))) {
    throw new RangeError(`${where}: expected a ${whole ? "whole " : ""}step above 0, received ${step}.`);
  }
  const near = (given: number) => {
    const inside = Math.min(high, Math.max(low, clean(given)));
    return integer ? Math.round(inside) : inside;
  };
  return {
    name: whole ? "IntSlider" : log ? "FloatLogSlider" : "FloatSlider",
    styleName: "SliderStyle",
    label,
    state: {
      min,
      max,
      step,
      readout_format: integer ? "d" : log ? ".3g" : linearFormat(low, high, step),
      ...(log && { base: 10 }),
    },
    value,
    write(wanted) {
      if (typeof wanted === "number" && wanted >= low && wanted <= high && (!integer || Number.isInteger(wanted))) {
        return { value: wanted };
      }
      const kind = integer ? "a whole number" : "a number";
      throw new RangeError(`${where}: expected ${kind} from ${low} to ${high}, received ${String(wanted)}.`);
    },
    read: ({ value: moved }: Json) => (typeof moved === "number" && Number.isFinite(moved) ? near(moved) : undefined),
  };
}

/** How numbers of such steps are written: with as many decimals as these have, at most 6; smaller ones with their first digits. */
function linearFormat(low: number, high: number, step: number): string {
  if (step < 1e-6) {
    const place = (value: number) => Math.floor(Math.log10(value));
    return `.${place(Math.max(-low, high)) - place(step) + 1}g`;
  }
  const text = Number(step.toPrecision(3)).toFixed(6).replace(/0+$/, "");
  return `.${text.length - text.indexOf(".") - 1}f`;
}
