/** Counts what is asked of tfjs-node's binding, whose own functions cannot be spied on. */
import { vi } from "vitest";
import { nativeBackend } from "../../engine/compile/backend.js";

/** Mocks that pass on calls to run and to load saved models, until `restore`. */
export function watchBinding() {
  const backend = nativeBackend() as { binding: ReturnType<typeof nativeBackend>["binding"] };
  const { binding } = backend;
  const runs = vi.fn(binding.runSavedModel);
  const loads = vi.fn(binding.loadSavedModel);
  backend.binding = Object.create(binding, { runSavedModel: { value: runs }, loadSavedModel: { value: loads } });
  const restore = () => {
    backend.binding = binding;
  };
  return { runs, loads, restore };
}
