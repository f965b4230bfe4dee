/** Whether this process computes natively: compiled functions need it. */
import { engine } from "../../lib/tensor.js";
import "./tensors.js";

export const native = engine.name === "native";
