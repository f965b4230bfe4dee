/**
 * The notebook's program in TypeScript's process (`type-server.ts`), kept as `slots.ts` has it. When that process dies or
 * does not answer, another takes its place: all texts are here.
 */
import type { UpdateSnapshotParams, UpdateSnapshotResponse } from "typescript/unstable/proto";
import type { Slots } from "./slots.js";
import { NoAnswer, TypeServer } from "./type-server.js";

/** How long TypeScript may take over one task: 30 s, or as many as GRADBOOK_CHECK_SECONDS says. */
const patienceMs = 1000 * Number(process.env.GRADBOOK_CHECK_SECONDS || 30);

/** One per notebook. */
export class Program {
  readonly #folder: string;
  readonly #slots: Slots;
  #server: TypeServer;
  /** The project that is open, and the state of it that questions are about. */
  #configFile: string | undefined;
  #state: { snapshot: number; project: string } | undefined;
  /** Snapshots that TypeScript still keeps. */
  #outdated: number[] = [];
  readonly #notices: string[] = [];
  #isClosed = false;
  #turn: Promise<unknown> = Promise.resolve();

  /** TypeScript's process starts at once, in `folder`. */
  constructor(folder: string, slots: Slots) {
    this.#folder = folder;
    this.#slots = slots;
    this.#server = new TypeServer(folder, slots.files);
  }

  /** Whether all slots are in the program. */
  get isOpen(): boolean {
    return this.#configFile === this.#slots.configFile;
  }

  /** What has happened to TypeScript since this was called last, if anything. */
  takeNotices(): string[] {
    return this.#notices.splice(0);
  }

  /**
   * Does `task` when it is its turn: once more, when TypeScript's process ended over it. Where TypeScript takes too long it is ended.
   * Where there is no answer after all, `unanswered` is done instead.
   */
  next<Result>(task: () => Promise<Result>, unanswered: (why: NoAnswer) => Result): Promise<Result> {
    const result = this.#turn.then(async () => {
      const late = `TypeScript has not answered for ${patienceMs / 1000} s.`;
      const patience = setTimeout(() => this.#server.kill(late), patienceMs);
      try {
        return await task().catch((error: Error) => {
          if (!(error instanceof NoAnswer && error.isWorthRetry)) throw error;
          return task();
        });
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        return unanswered(error);
      } finally {
        clearTimeout(patience);
        this.#release();
      }
    });
    this.#turn = result.catch(() => {});
    return result;
  }

  /** Lets TypeScript read the files that have `changed`, and the slots that were `rewritten`; as a part of a task. */
  async update(changed: readonly string[], rewritten: readonly string[] = []): Promise<void> {
    const { ended } = this.#server;
    if (ended && this.#isClosed) throw ended;
    if (ended) this.#restart(ended);
    if (!this.isOpen) {
      const closeProjects = this.#configFile ? [this.#configFile] : [];
      await this.#change({
        openProjects: [this.#slots.configFile],
        closeProjects,
        fileChanges: { changed: [...changed, ...rewritten], ...this.#slots.takeRenamed() },
      });
      return;
    }
    if (rewritten.length > 0) {
      await this.#change({ fileChanges: { changed: [...changed, ...rewritten] } });
      return;
    }
    // One by one: TypeScript keeps its program where one file has changed, and builds another where several have.
    for (const file of changed) await this.#change({ fileChanges: { changed: [file] } });
  }

  /** Lets TypeScript read everything anew, what it has looked for in vain too; as a part of a task. */
  async refresh(): Promise<void> {
    await this.#change({ fileChanges: { invalidateAll: true } });
  }

  /** The answer of TypeScript's API to a question about the program as it was updated last; as a part of a task. */
  ask<Result>(method: string, params: object): Promise<Result> {
    return this.#server.request<Result>(method, { ...this.#state, ...params });
  }

  /** Ends TypeScript's process, for good. */
  close(): void {
    this.#isClosed = true;
    this.#server.kill("The checker was closed.");
  }

  async #change(changes: UpdateSnapshotParams): Promise<void> {
    const { configFile } = this.#slots;
    const { snapshot, projects } = await this.#server.request<UpdateSnapshotResponse>("updateSnapshot", changes);
    const project = projects.find((project) => project.configFileName === configFile);
    if (!project) throw new NoAnswer("Expected TypeScript to open the notebook's project, received none.");
    if (this.#state) this.#outdated.push(this.#state.snapshot);
    this.#state = { snapshot, project: project.id };
    this.#configFile = configFile;
  }

  /** Lets TypeScript forget what no question will be about any more: behind a task, which it would only delay. */
  #release(): void {
    // Nobody waits for this; when it fails, so does the next request.
    for (const snapshot of this.#outdated) this.#server.request("release", { snapshot }).catch(() => {});
    this.#outdated = [];
  }

  #restart(why: NoAnswer): void {
    this.#notices.push(`${why.message} The type checker was started again.`);
    this.#server = new TypeServer(this.#folder, this.#slots.files);
    this.#configFile = undefined;
    this.#state = undefined;
    this.#outdated = [];
  }
}
