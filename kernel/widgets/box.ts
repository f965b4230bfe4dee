/** Parts one below the other: the controls of `interact`. */
import type { Host } from "./host.js";
import { controlsModel, Part } from "./part.js";

/** Its words are those of the parts. */
export class Box extends Part {
  readonly #parts: readonly Part[];

  constructor(host: Host, parts: readonly Part[]) {
    super(host, { ...controlsModel("VBox"), children: parts.map(({ model }) => model.reference) });
    this.#parts = parts;
    for (const part of parts) part.isIn(this);
  }

  get words(): string {
    return this.#parts.map(({ words }) => words).join(", ");
  }

  /** Closes the parts, too. */
  override close(): void {
    super.close();
    for (const part of this.#parts) part.close();
  }
}
