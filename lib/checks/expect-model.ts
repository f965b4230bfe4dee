/** Checks of what has to be a model, or the parameters of one. */
import { shown } from "./shown.js";

/** Throws where `model` is no layer. */
export function expectModel(where: string, model: unknown): void {
  const { parameters, forward } = Object(model) as Record<string, unknown>;
  if (parameters instanceof Map && typeof forward === "function") return;
  throw new TypeError(
    `${where}: expected a model, received ${shown(model)}: write new Sequential(…), and give it here.`,
  );
}

/** Throws where `parameters` are not those of a model. */
export function expectParameters(where: string, parameters: unknown): void {
  if (parameters instanceof Map) return;
  throw new TypeError(`${where}: expected parameters, received ${shown(parameters)}: write model.parameters.`);
}
