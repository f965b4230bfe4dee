/** An exercise in the page: a field for an answer that is a number, a check, hints one by one, and a mark when it is solved. */
import type { CellCode } from "../../run/cell-code.js";
import type { CellView } from "./cell-view.js";
import { button, element } from "./elements.js";
import { keepSolved, solved } from "./store.js";

/** What an exercise needs of its chapter. */
export interface ExerciseActions {
  /** Runs the cell, and what it needs from above. Gives what it has printed. */
  check(): Promise<string>;
  /** Runs code that belongs to no cell; gives what it prints. */
  ask(code: CellCode): Promise<string>;
}

/** Adds the buttons of the exercise in `view`, if it has one. */
export function addExercise(view: CellView, actions: ExerciseActions): void {
  const { exercise } = view.facts;
  if (!exercise) return;
  const { name, answer } = exercise;
  const hints = element("ol", { className: "hints" });
  const mark = element("span", { className: "solved", textContent: "✓ solved" });
  mark.hidden = !solved().has(name);
  const check = async () => {
    if (!/^Right\.$/m.test(await actions.check())) return;
    keepSolved(name);
    mark.hidden = false;
    countSolved();
  };
  if (answer !== undefined) {
    const input = element("input", { type: "number", step: "any", ariaLabel: `Your answer to exercise ${name}` });
    input.placeholder = answer.startsWith("prediction") ? "your prediction" : "your answer";
    input.addEventListener("keydown", ({ key }) => key === "Enter" && void check());
    view.answer = () => (input.value === "" ? undefined : { name: answer, value: Number(input.value) });
    view.tools.append(input);
  }
  const hint = button("Hint", async () => {
    const given = new Set(Array.from(hints.children, ({ textContent }) => textContent));
    // A worker that was started anew begins with the first again.
    for (let asked = 0; asked <= given.size; asked++) {
      const line = (await actions.ask(hintCode(name))).trim();
      if (line === "" || given.has(line)) continue;
      hints.append(element("li", {}, line));
      return;
    }
  });
  view.tools.append(button("Check", check), hint, mark);
  view.tools.after(hints);
}

/** Asks for the next hint. */
const hintCode = (name: string): CellCode => ({
  js: `"use strict"; (await __import("gradbook")).hint(${JSON.stringify(name)});`,
  names: [],
  words: [],
});

/** `code` with the reader's number in the place of `undefined`. */
export function answered(code: CellCode, answer: { name: string; value: number } | undefined): CellCode {
  if (!answer) return code;
  const place = new RegExp(`\\(${answer.name}\\s*= undefined\\)`);
  return { ...code, js: code.js.replace(place, `(${answer.name} = ${answer.value})`) };
}

/** Shows in the list of chapters how many of each chapter's exercises are solved. */
export function countSolved(): void {
  const all = [...solved()];
  for (const link of document.querySelectorAll<HTMLAnchorElement>(".sidebar a[href]")) {
    const chapter = Number(/^(\d\d)-/.exec(link.getAttribute("href")!)?.[1]);
    const count = all.filter((name) => Number(name.split(".")[0]) === chapter).length;
    link.querySelector(".count")?.remove();
    if (count === 0) continue;
    link.append(element("span", { className: "count", title: `${count} exercises solved` }, ` ${"✓".repeat(count)}`));
  }
}
