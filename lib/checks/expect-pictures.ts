/** Checks of what layers of pictures are told and given. */
import type { Tensor } from "gradbook-engine/tensor";
import type { Padding } from "../layers/padding.js";
import { shown } from "./shown.js";

/** Refuses what is no padding. */
export function expectPadding(where: string, padding: Padding): void {
  if (padding === "valid" || padding === "same" || (Number.isInteger(padding) && Number(padding) >= 0)) return;
  throw new RangeError(
    `${where}: expected the padding "valid", "same" or a number of pixels, received ${shown(padding)}.`,
  );
}

/** Refuses an input that is not [batch, height, width, channels], or is smaller than `least` pixels either way. */
export function expectPictures(where: string, { rank, shape }: Tensor, channels?: number, least = 1): void {
  const [, height = 0, width = 0, depth] = shape;
  if (rank === 4 && height >= least && width >= least && (channels === undefined || depth === channels)) return;
  const size = least === 1 ? "" : ` with at least ${least} pixels each way`;
  throw new RangeError(
    `${where}: expected an input of shape [batch, height, width, ${channels ?? "channels"}]${size}, received [${shape}].`,
  );
}
