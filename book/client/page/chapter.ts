/**
 * The chapter of a page as a program: its cells run in one worker, in their order, when the reader asks for it; nothing is loaded
 * before. What a cell needs from above runs first.
 */
import type { CellCode } from "../../run/cell-code.js";
import type { CellFacts, ChapterCode } from "../../run/chapter-code.js";
import { CellView } from "./cell-view.js";
import { checkCell, typeInCell } from "./compiler.js";
import { Editing } from "./editing.js";
import { button, element } from "./elements.js";
import { addExercise, answered, countSolved } from "./exercise.js";
import { Knobs } from "./knobs.js";
import { asset } from "./load.js";
import { fromFolder, Session } from "./session.js";
import { takeAlong, withKnobs } from "./take-along.js";

/** How a cell has ended; `replaced`: everything was begun anew while it ran. */
type Outcome = "done" | "failed" | "stopped" | "replaced";

export class Chapter {
  readonly #name: string;
  readonly #views: CellView[];
  readonly #texts = new Map<CellView, Editing>();
  readonly #knobs: Knobs;
  /** What runs, said to the reader; `data-runs` counts the runs that have ended. */
  readonly #bar = element("div", { className: "running", hidden: true });
  #code: Promise<ChapterCode> | undefined;
  #session: Session | undefined;
  /** The cells that have run in this session. */
  readonly #done = new Set<CellView>();
  /** Cells that wait, in their order. */
  #queue: CellView[] = [];
  /** The cell that runs now. */
  #running: CellView | undefined;
  /** What the worker is asked, one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  #isToStop = false;

  /** Gives the cells of the page, which is the chapter `name`, their buttons. */
  constructor(name: string, places: readonly HTMLElement[]) {
    this.#name = name;
    this.#views = places.map((place, index) => {
      const facts = JSON.parse(place.dataset.facts!) as CellFacts;
      const run = () => this.run(index);
      const view = new CellView(facts, place, { run, runAbove: () => this.runTo(index) });
      const typeAt = (position: number) => typeInCell(this.#sourcesTo(view), position);
      if (!facts.isAlone) this.#texts.set(view, new Editing(view, name, { run, typeAt }));
      addExercise(view, { check: () => this.#printed(view, run), ask: (code) => this.#ask(code, view) });
      view.finishTools();
      return view;
    });
    countSolved();
    const first = this.#views.find(({ facts }) => facts.knobs);
    this.#knobs = new Knobs(first?.facts.knobs ?? [], () => void this.runAll());
    first?.tools.after(this.#knobs.place);
    this.#bar.setAttribute("role", "status");
    document.body.append(this.#bar);
    const take = button("Download with my changes", () => this.#takeAlong());
    document.querySelector(".source")?.append(" ", take);
  }

  /**
   * Runs a cell. Where it needs a cell above that has not run, all above run before it, since random numbers are drawn in the order of
   * the cells; before an exercise only those that it needs.
   */
  async run(index: number): Promise<void> {
    const view = this.#views[index]!;
    const code = await this.#loaded(view);
    if (!code) return;
    const isDue = (each: number) => !this.#done.has(this.#views[each]!) && this.#views[each] !== this.#running;
    const needed = [...this.#neededBy(index, code)].filter(isDue);
    const above = [...this.#views.keys()].slice(0, index).filter(isDue);
    const first = view.facts.exercise ? needed.sort((a, b) => a - b) : needed.length > 0 ? above : [];
    await this.#enqueue([...first.map((each) => this.#views[each]!), view]);
  }

  /** The cells above whose names a cell uses, and those that these need. */
  #neededBy(index: number, code: ChapterCode, found = new Set<number>()): Set<number> {
    for (const word of new Set(this.#wordsIn(this.#views[index]!, code).words)) {
      const place = this.#views.findLastIndex((view, i) => i < index && this.#wordsIn(view, code).names.includes(word));
      if (place < 0 || found.has(place)) continue;
      found.add(place);
      this.#neededBy(place, code, found);
    }
    return found;
  }

  /** The words in a cell that may be names of others, and the names that it declares: where it was edited, any of its words. */
  #wordsIn(view: CellView, code: ChapterCode): Pick<CellCode, "words" | "names"> {
    const texts = this.#texts.get(view);
    if (!texts?.isEdited) return code[view.facts.id]!;
    const words = texts.text.match(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu) ?? [];
    return { words, names: words };
  }

  /** Runs all cells above from the beginning, then this one. */
  async runTo(index: number): Promise<void> {
    if (!(await this.#loaded(this.#views[index]!))) return;
    if (this.#session) this.#restart();
    await this.#enqueue(this.#views.slice(0, index + 1));
  }

  /** Runs the whole chapter from the beginning. */
  runAll(): Promise<void> {
    return this.runTo(this.#views.length - 1);
  }

  stop(): void {
    for (const view of this.#queue.splice(0)) view.reset(false);
    this.#isToStop = true;
    this.#session?.stop();
  }

  /** Forgets what was computed: the stored outputs stand again. */
  reset(): void {
    this.#restart();
    for (const view of this.#views) view.reset(true);
    this.#bar.hidden = true;
  }

  /** The chapter's code; undefined, said at `view`, where it cannot be had. */
  async #loaded(view: CellView): Promise<ChapterCode | undefined> {
    this.#code ??= loadCode(this.#name);
    try {
      return await this.#code;
    } catch (error) {
      this.#code = undefined;
      view.refuse((error as Error).message);
      return undefined;
    }
  }

  #restart(): void {
    this.#queue = [];
    this.#session?.end();
    this.#session = undefined;
    this.#running = undefined;
    this.#done.clear();
    for (const view of this.#views) view.reset(false);
  }

  /** Does something when all that was begun before has ended. */
  #next<Value>(act: () => Promise<Value>): Promise<Value> {
    const ended = this.#turn.then(act);
    this.#turn = ended.catch(() => {});
    return ended;
  }

  /** Resolves when these cells have run, or will not. */
  #enqueue(views: readonly CellView[]): Promise<void> {
    for (const view of views) if (!this.#queue.includes(view)) this.#queue.push(view);
    for (const view of this.#queue) view.wait();
    return this.#next(() => this.#work());
  }

  async #work(): Promise<void> {
    let outcome: Outcome | undefined;
    for (let view = this.#queue.shift(); view; view = this.#queue.shift()) {
      const left = this.#queue.length;
      this.#show(left > 0 ? `${left + 1} cells to run …` : "Running …", true);
      this.#running = view;
      outcome = await this.#runOne(view);
      this.#running = undefined;
      // What waits behind a reset belongs to what was begun then.
      if (outcome === "done" || outcome === "replaced") continue;
      for (const waiting of this.#queue.splice(0)) waiting.reset(false);
    }
    // These cells have run with those of a call before.
    if (outcome === undefined) return;
    const words = { done: "Ready", failed: "A cell has failed", stopped: "Stopped", replaced: "" };
    this.#show(words[outcome], false);
    this.#bar.hidden = outcome === "replaced";
    this.#bar.dataset.runs = `${Number(this.#bar.dataset.runs ?? 0) + 1}`;
  }

  async #runOne(view: CellView): Promise<Outcome> {
    view.begin();
    this.#isToStop = false;
    if (!this.#session) this.#show("Loading the library …", true);
    let session: Session | undefined;
    let code: CellCode;
    try {
      session = await this.#opened();
      if (!session) return "replaced";
      code = await this.#codeOf(view);
    } catch (error) {
      if (session && session !== this.#session) return "replaced";
      view.refuse((error as Error).message);
      return "failed";
    }
    if (session !== this.#session) return "replaced";
    if (this.#isToStop) {
      view.end("stopped");
      return "stopped";
    }
    view.computed.widgets = session.widgets;
    session.onOutput = (output) => view.take().add(output);
    const ended = await session.run(code, `${view.facts.id}.ts`);
    if (session !== this.#session) return "replaced";
    if (ended.status === "ok") {
      await this.#turnKnobs(view.facts, session);
      if (session !== this.#session) return "replaced";
      if (ended.result) view.take().show(ended.result);
      this.#done.add(view);
      view.take().offer(ended.files, async (path) => session.file(path));
    } else if (ended.status === "error") {
      view.take().fail(ended.error);
      if (session.isBroken) this.#restart();
    } else {
      if (session.isOver) this.#restart();
      view.take().note(session.isOver ? "Stopped. The names of all cells are gone: run all above." : "Stopped.");
    }
    const state = { ok: "done", error: "failed", stopped: "stopped" } as const;
    view.end(state[ended.status]);
    return state[ended.status];
  }

  /** The session, once the library is there; undefined where everything was begun anew meanwhile. @throws Error where it cannot be had */
  async #opened(): Promise<Session | undefined> {
    this.#session ??= new Session();
    const session = this.#session;
    try {
      await session.ready;
    } catch (error) {
      if (session !== this.#session) return undefined;
      this.#session = undefined; // The next try starts another.
      throw error;
    }
    return session === this.#session ? session : undefined;
  }

  /** The texts of all cells from the first to this one. */
  #sourcesTo(view: CellView): string[] {
    const cells = this.#views.slice(0, this.#views.indexOf(view) + 1);
    return cells.map((each) => this.#texts.get(each)!.text);
  }

  /** What a cell runs: as stored, or translated anew where it was edited. @throws Error with what is wrong with it */
  async #codeOf(view: CellView): Promise<CellCode> {
    const texts = this.#texts.get(view);
    if (!texts?.isEdited) return answered((await this.#code!)[view.facts.id]!, view.answer());
    this.#show("TypeScript looks at the cell …", true);
    const checked = await checkCell(this.#sourcesTo(view), `${view.facts.id}.ts`);
    texts.mark("faults" in checked ? checked.faults : []);
    if ("code" in checked) return answered(checked.code, view.answer());
    const lines = checked.faults.map(({ start, message }) => {
      const line = texts.text.slice(0, start).split("\n").length;
      return `Line ${line}: ${message}`;
    });
    throw new Error(lines.join("\n"));
  }

  /** The notebook with the reader's texts and knobs. */
  async #takeAlong(): Promise<void> {
    const texts = new Map<string, string>();
    for (const [{ facts }, editing] of this.#texts) {
      const turned = facts.knobs ? this.#knobs.turned : new Map();
      if (editing.isEdited || turned.size > 0) texts.set(facts.id, withKnobs(editing.text, turned));
    }
    await takeAlong(this.#name, texts).catch((error: Error) => this.#show(error.message));
  }

  /** Does something that runs `view`; gives what the cell has printed then. */
  async #printed(view: CellView, act: () => Promise<void>): Promise<string> {
    await act();
    return [...view.computed.place.querySelectorAll("pre.stdout")].map(({ textContent }) => textContent).join("\n");
  }

  /** Runs code that belongs to no cell, once nothing else runs; gives what it prints. */
  #ask(code: CellCode, view: CellView): Promise<string> {
    return this.#next(async () => {
      let text = "";
      try {
        const session = await this.#opened();
        if (!session) return "";
        const { onOutput } = session;
        session.onOutput = (output) => {
          if (output.type === "stream") text += output.text;
          else onOutput(output);
        };
        await session.run(code, "hint.ts");
        session.onOutput = onOutput;
      } catch (error) {
        view.refuse((error as Error).message);
      }
      return text;
    });
  }

  /**
   * What the reader has turned holds where the chapter declares its knobs, and again behind the cell that checks them: for
   * WebAssembly a chapter takes smaller settings there, but not in the place of what was asked for.
   */
  async #turnKnobs({ knobs, checksKnobs }: CellFacts, session: Session): Promise<void> {
    if (!knobs && !checksKnobs) return;
    const values = await session.assign(Object.fromEntries(this.#knobs.turned), this.#knobs.names);
    if (checksKnobs) this.#knobs.tell(values);
  }

  #show(text: string, isRunning = false): void {
    this.#bar.hidden = false;
    const stop = button("Stop", () => this.stop());
    const reset = button("Reset", () => this.reset());
    this.#bar.replaceChildren(text, ...(isRunning ? [stop, reset] : [reset]));
    this.#bar.classList.toggle("busy", isRunning);
  }
}

/** The code of a chapter. @throws Error where it cannot be loaded */
async function loadCode(name: string): Promise<ChapterCode> {
  const response = await fetch(asset(`run/${name}.json`)).catch(() => undefined);
  if (response?.ok) return (await response.json()) as ChapterCode;
  if (location.protocol === "file:") throw new Error(fromFolder);
  throw new Error(`${name}: expected the code of this chapter, received none: load the page again.`);
}
