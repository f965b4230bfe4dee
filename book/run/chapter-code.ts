/** The cells of a chapter as its page runs them, translated when the book is built: no compiler is needed to run what is stored. */
import { type CodeCell, hasTag } from "gradbook-kernel/runner/notebook-file";
import { type CellCode, translateCell } from "./cell-code.js";
import { type KnobField, knobsOf } from "./knobs.js";

/** What the page of a chapter loads before its first run, by the ids of the cells. Plain data. */
export type ChapterCode = Record<string, CellCode>;

/** What the page knows of a cell from the beginning. Plain data. */
export interface CellFacts {
  id: string;
  /** Whether it stands for itself on its page, with what it needs in its code. */
  isAlone?: true;
  /** What the cell declares, where it is the one with the knobs. */
  knobs?: KnobField[];
  /** Whether it checks the knobs, and takes smaller settings for WebAssembly. */
  checksKnobs?: true;
  /** The exercise that it asks, and the name of its answer where that is a number. */
  exercise?: { name: string; answer?: string };
}

/** @throws Error for a cell that cannot be translated: what the kernel has run a page can run */
export function chapterCode(name: string, cells: readonly CodeCell[]): ChapterCode {
  return Object.fromEntries(
    cells.map(({ id, source }) => {
      const code = translateCell(source, `${id}.ts`);
      if (!("faults" in code)) return [id, code];
      throw new Error(`${name}, ${id}: ${code.faults.map(({ message }) => message).join("; ")}`);
    }),
  );
}

/** What is known of each of a chapter's cells. */
export function cellFacts(cells: readonly CodeCell[]): CellFacts[] {
  const checks = cells.find(({ source }) => /\bcheckKnobs\(/.test(source));
  return cells.map((cell) => {
    const { id, source } = cell;
    const [, exercise] = /\bcheckAnswer\("([\d.]+)"/.exec(source) ?? [];
    const [, answer] = /^const (\w+): number \| undefined = undefined;/m.exec(source) ?? [];
    return {
      id,
      ...(hasTag(cell, "parameters") && { knobs: knobsOf(source, checks?.source) }),
      ...(cell === checks && { checksKnobs: true }),
      ...(exercise !== undefined && { exercise: { name: exercise, ...(answer !== undefined && { answer }) } }),
    };
  });
}
