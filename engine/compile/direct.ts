/** Direct: the binding's calls that need no other thread than ours (see `setup/binding.cc`). */
import { type Binding, nativeBackend } from "./backend.js";

/**
 * Does `work`, in which sessions are loaded as they are written and run on this thread. With the official binary, which knows no such
 * thing, TensorFlow works over each session first and runs it on a thread of its own.
 */
export function directly<Result>(work: (binding: Binding) => Result): Result {
  const { binding } = nativeBackend();
  binding.direct?.(true);
  try {
    return work(binding);
  } finally {
    binding.direct?.(false);
  }
}
