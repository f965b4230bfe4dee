/**
 * The outputs of one cell as they grow out of a kernel's broadcasts: what a front end would show, what the file keeps.
 * Source: "Messaging in Jupyter", iopub; the rules agree with nbclient's.
 */
import type { DisplayContent, ErrorContent, ExecuteResult, Message, StreamContent } from "../wire/message.js";
import type { Output } from "./notebook-file.js";

type Shown = Extract<Output, { data: unknown }>;

/** Every display of a run that carries a `display_id`, and whose it is: any later cell may update it. */
export type Displays = Map<string, { output: Shown; owner: CellOutputs }[]>;

/** Feed it every broadcast of one cell with `add`; take the result from `outputs`. */
export class CellOutputs {
  #outputs: Output[] = [];
  #clearOnNext = false;
  #revision = 0;
  readonly #displays: Displays;

  /** `displays` is shared by the cells of one run. */
  constructor(displays: Displays) {
    this.#displays = displays;
  }

  /** The outputs so far, carriage returns done as a terminal does them. */
  get outputs(): Output[] {
    return this.#outputs.map((output) =>
      output.output_type === "stream" ? { ...output, text: overwriteLines(output.text) } : output,
    );
  }

  /** Another number whenever `outputs` may have changed. */
  get revision(): number {
    return this.#revision;
  }

  /** Adds an error that no broadcast could tell of: the kernel is gone. */
  fail(error: ErrorContent): void {
    this.#revision += 1;
    this.#push({ output_type: "error", ...error });
  }

  /** Takes one broadcast; types that show nothing change nothing. */
  add({ header, content }: Message<unknown>): void {
    this.#revision += 1;
    switch (header.msg_type) {
      case "stream":
        this.#addStream(content as StreamContent);
        break;
      case "display_data":
        this.#addShown({ output_type: "display_data", ...shown(content) }, content as DisplayContent);
        break;
      case "execute_result": {
        const { execution_count } = content as ExecuteResult;
        this.#addShown(
          { output_type: "execute_result", execution_count, ...shown(content) },
          content as DisplayContent,
        );
        break;
      }
      case "update_display_data": {
        const id = (content as DisplayContent).transient?.display_id ?? "";
        for (const { output, owner } of this.#displays.get(id) ?? []) {
          Object.assign(output, shown(content));
          owner.#revision += 1;
        }
        break;
      }
      case "error": {
        const { ename, evalue, traceback } = content as ErrorContent;
        this.#push({ output_type: "error", ename, evalue, traceback });
        break;
      }
      case "clear_output":
        this.#clearOnNext = true;
        if (!(content as { wait: boolean }).wait) this.#clearIfDue();
    }
  }

  #addStream({ name, text }: StreamContent): void {
    this.#clearIfDue();
    const last = this.#outputs.at(-1);
    if (last?.output_type === "stream" && last.name === name) last.text += text;
    else this.#push({ output_type: "stream", name, text });
  }

  #addShown(output: Shown, { transient }: DisplayContent): void {
    this.#push(output);
    const id = transient?.display_id;
    if (id !== undefined) this.#displays.set(id, [...(this.#displays.get(id) ?? []), { output, owner: this }]);
  }

  #push(output: Output): void {
    this.#clearIfDue();
    this.#outputs.push(output);
  }

  #clearIfDue(): void {
    if (this.#clearOnNext) this.#outputs = [];
    this.#clearOnNext = false;
  }
}

const shown = (content: unknown) => {
  const { data, metadata } = content as DisplayContent;
  return { data, metadata };
};

/** What a terminal shows of `text`: `\r` goes back to the start of the line, and what follows overwrites it. */
export function overwriteLines(text: string): string {
  if (!text.includes("\r")) return text;
  return text
    .split("\n")
    .map((line) => line.split("\r").reduce((before, after) => after + before.slice(after.length)))
    .join("\n");
}
