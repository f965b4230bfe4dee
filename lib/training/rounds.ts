/** Rounds: what a call of a program does, in the form in which its loop is told. */

/** What is done, in rounds: as much to a round as is in the order of the parts, one turn of each; −1 where it has none. */
export function inRounds(turns: readonly number[], slots: readonly number[], parts: number): number[][] {
  const rounds: number[][] = [];
  for (const [i, turn] of turns.entries()) {
    if (i === 0 || turn <= turns[i - 1]!) rounds.push(new Array<number>(parts).fill(-1));
    rounds.at(-1)![turn] = slots[i]!;
  }
  return rounds;
}

/**
 * What a loop is told: of each part where its turns of this round begin and where they end; of the first as many as follow each other, of the
 * others one at most.
 */
export function inRuns(turns: readonly number[], slots: readonly number[], parts: number): number[][] {
  const runs: number[][] = [];
  for (const [i, turn] of turns.entries()) {
    const previous = turns[i - 1] ?? parts;
    if (turn < previous || (turn === previous && turn > 0)) runs.push(new Array<number>(2 * parts).fill(0));
    const run = runs.at(-1)!;
    if (turn !== turns[i - 1] || run[parts + turn] === 0) run[turn] = slots[i]!;
    run[parts + turn] = slots[i]! + 1;
  }
  return runs;
}

export function oneAfterTheOther(batches: readonly Int32Array[], size: number, count: number): Int32Array {
  const all = new Int32Array(count * size);
  for (const [i, batch] of batches.entries()) all.set(batch, i * size);
  return all;
}
