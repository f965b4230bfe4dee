/** Notes: what Gradbook writes beside the tensors into a safetensors file's metadata, as JSON. */
import { readSafetensors } from "./safetensors-reader.js";
import { type NamedTensors, toTensors } from "./tensors.js";

/** What a file is; the number goes up when older readers would misread it. */
export type Format = "gradbook model 1" | "gradbook checkpoint 1";

/** JSON has no NaN and no infinities: they become { "number": "NaN" }. */
const replacer = (_key: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isFinite(value) ? { number: String(value) } : value;

const reviver = (_key: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && Object.keys(value).join() === "number" && "number" in value
    ? Number(value.number)
    : value;

/** The metadata of a file of this format. */
export const metadataOf = (format: Format, notes: unknown): Record<string, string> => ({
  format,
  notes: JSON.stringify(notes, replacer),
});

/**
 * The notes and tensors of a file, which has to be of this format. The caller disposes the tensors and checks the notes.
 * @throws as `loadTensors` does, and when the file is something else.
 */
export function readNotes(file: string, format: Format): { notes: unknown; tensors: NamedTensors } {
  const content = readSafetensors(file);
  const { format: received, notes } = content.metadata;
  if (received !== format || notes === undefined) {
    throw new RangeError(
      `${file}: expected a file of the format "${format}", received ${received ? `"${received}"` : "one that names none"}: ` +
        "use loadTensors for the tensors alone.",
    );
  }
  try {
    return { notes: JSON.parse(notes, reviver), tensors: toTensors(content) };
  } catch (error) {
    throw new RangeError(`${file}: expected notes in JSON, received ${(error as Error).message}.`, { cause: error });
  }
}
