/** Notes: what Gradbook writes beside the tensors into a safetensors file's metadata, as JSON. */
import { type Described, readSafetensors } from "./safetensors-reader.js";
import { type NamedTensors, toTensors } from "./tensors.js";

/** What a file is; the number goes up when older readers would misread it. */
export type Format = "gradbook model 1" | "gradbook checkpoint 1" | "gradbook pytorch 1";

/** The numbers that JSON has not, or loses; they become { "$number": "NaN" }. */
const special: ReadonlyMap<unknown, number> = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
  ["-0", -0],
]);

function replacer(_key: string, value: unknown): unknown {
  for (const [name, number] of special) if (Object.is(value, number)) return { $number: name };
  return value;
}

const reviver = (_key: string, value: unknown): unknown =>
  (typeof value === "object" && value !== null && "$number" in value ? special.get(value.$number) : undefined) ?? value;

/** The metadata of a file of this format. */
export const metadataOf = (format: Format, notes: unknown): Record<string, string> => ({
  format,
  notes: JSON.stringify(notes, replacer),
});

/**
 * The notes and tensors of a file, which has to be of one of these formats. The caller disposes the tensors.
 * @param accept looks at the notes and at what the tensors are, before they are read, and throws for what is not wanted
 * @throws as `loadTensors` does, and when the file is something else.
 */
export function readNotes(
  file: string,
  formats: readonly Format[],
  accept: (notes: unknown, tensors: Described, format: Format) => void,
): { notes: unknown; tensors: NamedTensors; format: Format } {
  let notes: unknown;
  let format: Format | undefined;
  const content = readSafetensors(file, ({ metadata, tensors }) => {
    const { format: received, notes: text } = metadata;
    format = formats.find((one) => one === received);
    if (!format || text === undefined) {
      throw new RangeError(
        `${file}: expected a file of the format "${formats[0]}", received ${received ? `"${received}"` : "one that names none"}: ` +
          "use loadTensors for the tensors alone.",
      );
    }
    try {
      notes = JSON.parse(text, reviver);
    } catch (error) {
      throw new RangeError(`${file}: expected notes in JSON, received ${(error as Error).message}.`, { cause: error });
    }
    accept(notes, tensors, format);
  });
  return { notes, tensors: toTensors(content), format: format! };
}
