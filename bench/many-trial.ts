/** The trial of S and K where each network is trained in a worker process. */
import { fit, type Hyperparameters } from "../entry/index.js";
import { crossValidation } from "./k-folds.js";
import { type Many, Networks } from "./many.js";
import { smallNetworks } from "./n-small-networks.js";
import { sweep } from "./s-sweep.js";

const workloads: Record<string, Many> = { S: sweep, K: crossValidation, ...smallNetworks };
const loaded = new Map<string, Networks>();

/** Trains one network; the losses that are finite, as "loss 0", "loss 1" … */
export async function train({ workload, group: name, network, steps, shuffled }: Hyperparameters) {
  const key = String(workload);
  const networks = loaded.get(key) ?? new Networks(workloads[key]!);
  loaded.set(key, networks);
  const group = networks.many.groups.find((one) => one.name === name)!;
  const call = networks.call(group, Number(network), Number(steps), shuffled === true);
  const { loss } = await fit(...call);
  const [model, , { optimizer }] = call;
  model.dispose();
  optimizer.dispose();
  const losses = loss.map((value, i) => [`loss ${i}`, value] as const).filter(([, value]) => Number.isFinite(value));
  return { loss: 0, ...Object.fromEntries(losses) };
}
