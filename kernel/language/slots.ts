/**
 * How the checker's files see each other. Which files a file imports from must not change, for then TypeScript rebuilds its
 * program; which names it imports may. So each cell's slot imports from the slots before it in its group, and from the
 * group's hub, which has the names of all groups before: a name is a few steps away, however many cells there are.
 */

/** Where a name was declared last, and whether a later cell may assign to it. */
export interface Known {
  slot: number;
  assignable: boolean;
}

const groupSize = 16;

/** Whether `slot` is the first of a group, which has a hub. */
export function hasHub(slot: number): boolean {
  return slot > 0 && slot % groupSize === 0;
}

/** The file of the hub for the group that begins with `slot`. */
export function hubName(slot: number): string {
  return `hub_${slot}`;
}

/** The files that the file of `slot` imports from: first its hub, if any. */
function sourcesOf(slot: number): string[] {
  const first = slot - (slot % groupSize);
  const cells = Array.from({ length: slot - first }, (_, i) => `cell_${first + i}`);
  return first === 0 ? cells : [hubName(first), ...cells];
}

/** One statement for each of `sources`, with those of `names` that come from it, each written by `write`. */
function statements(
  keyword: "import" | "export",
  sources: readonly string[],
  names: Iterable<readonly [string, Known]>,
  write: (name: string, known: Known) => string,
): string {
  const lists = new Map(sources.map((source): [string, string[]] => [source, []]));
  for (const [name, known] of names) {
    const list = lists.get(`cell_${known.slot}`) ?? lists.get(sources[0]!);
    list!.push(write(name, known));
  }
  return [...lists].map(([source, list]) => `${keyword} { ${list} } from "./__gradbook_${source}.js";`).join(" ");
}

/** The imports of the cell in `slot`: names that may be assigned to come as `__name`, the others as they are. */
export function imports(slot: number, names: Iterable<readonly [string, Known]>): string {
  return statements("import", sourcesOf(slot), names, (name, { assignable }) =>
    assignable ? `${name} as __${name}` : name,
  );
}

/** The text of the hub for the group that begins with `slot`: it hands on all `names`. */
export function hubText(slot: number, names: Iterable<readonly [string, Known]>): string {
  return statements("export", [...sourcesOf(slot - 1), `cell_${slot - 1}`], names, (name) => name);
}
