/** AdamW: Adam with decoupled weight decay. */
import { expectOptions } from "../checks/expect-options.js";
import { Adam, type AdamOptions } from "./adam.js";

/**
 * w ← w − learningRate · weightDecay · w, then Adam's step, whose moments know nothing of the decay: every weight decays at
 * the same pace, however large its gradients are. weightDecay default 0.01, learningRate 0.001. Loshchilov and Hutter 2019;
 * PyTorch's rule (the paper's own algorithm multiplies the decay by a schedule only, not by the learning rate).
 */
export class AdamW extends Adam {
  protected override readonly decoupled = true;

  constructor(given: AdamOptions = {}) {
    const { weightDecay = 0.01, ...options } = expectOptions(new.target.name, given);
    super({ weightDecay, ...options });
  }
}
