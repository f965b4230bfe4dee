/** A code cell in the page: its buttons, its stored outputs and what it has computed here. */
import type { CellFacts } from "../../run/chapter-code.js";
import { Computed } from "./computed.js";
import { button, element } from "./elements.js";

/** What a cell's buttons do. */
export interface CellActions {
  run(): void;
  runAbove(): void;
}

export class CellView {
  readonly computed = new Computed();
  readonly tools = element("div", { className: "tools" });
  /** The number that the reader answers in a field, where the cell is an exercise with one. */
  answer: () => { name: string; value: number } | undefined = () => undefined;
  readonly #stored: HTMLElement;
  readonly #state = element("span", { className: "state" });
  readonly #toggle = button("Show stored", () => this.#showStored(this.#stored.hidden === true));
  readonly #label = element("span", { textContent: "Computed in this page" });
  readonly #mark = element("p", { className: "mark" }, this.#label, this.#toggle);
  /** Whether what is shown is of an earlier run. */
  #isOld = false;
  #begin = 0;

  constructor(
    readonly facts: CellFacts,
    readonly place: HTMLElement,
    actions: CellActions,
  ) {
    this.#stored = place.querySelector<HTMLElement>(".stored")!;
    this.#state.setAttribute("aria-live", "polite");
    const run = button(facts.isAlone ? "Train it here" : "Run", actions.run, "run");
    const above = button("Run all above", actions.runAbove);
    above.title = "Runs every cell above from the beginning, then this one";
    this.tools.append(run, ...(facts.isAlone ? [] : [above]));
    place.querySelector(".code")!.after(this.tools);
    this.#mark.hidden = true;
    this.#stored.before(this.#mark);
    this.#stored.after(this.computed.place);
    this.computed.place.hidden = true;
    this.#toggle.hidden = this.#stored.childElementCount === 0;
  }

  /** The state stands behind the last of the buttons. */
  finishTools(): void {
    this.tools.append(this.#state);
  }

  /** It is going to run. */
  wait(): void {
    this.#state.textContent = "waiting";
    this.place.dataset.state = "waiting";
  }

  begin(): void {
    this.#state.textContent = "running …";
    this.place.dataset.state = "running";
    this.#isOld = true;
    this.#begin = performance.now();
  }

  /** Something new is shown: what was there of an earlier run goes, and not before, so that the page does not jump. */
  take(): Computed {
    if (this.#isOld) {
      this.computed.clear();
      this.#showStored(false);
    }
    this.#isOld = false;
    return this.computed;
  }

  end(state: "done" | "failed" | "stopped"): void {
    this.take();
    const seconds = (performance.now() - this.#begin) / 1000;
    const words = { done: `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`, failed: "failed", stopped: "stopped" };
    this.#state.textContent = words[state];
    this.place.dataset.state = state;
    if (this.computed.place.childElementCount === 0 && this.#stored.childElementCount === 0) this.#mark.hidden = true;
  }

  /** It does not run, for a reason. */
  refuse(reason: string): void {
    this.begin();
    this.take().note(reason);
    this.end("failed");
  }

  /** It has not run, as far as the present names know; with `all` nothing of an earlier run stays in sight. */
  reset(all: boolean): void {
    this.#state.textContent = "";
    delete this.place.dataset.state;
    if (!all) return;
    this.computed.clear();
    this.#showStored(true);
    this.#mark.hidden = true;
  }

  #showStored(stored: boolean): void {
    this.#stored.hidden = !stored;
    this.computed.place.hidden = stored;
    this.#mark.hidden = false;
    this.#label.textContent = stored ? "As stored in the notebook" : "Computed in this page";
    this.#toggle.textContent = stored ? "Show computed" : "Show stored";
  }
}
