/** Which module of a PyTorch model is which layer here: by the same name, by a map, or by shape and order. */

/** A layer with parameters, or a module: the shapes of its tensors in PyTorch's layouts, by their last name. */
export type Shapes = ReadonlyMap<string, readonly number[]>;

/** "weight [8,6], bias [8]" */
const described = (shapes: Shapes): string =>
  Array.from(shapes, ([name, shape]) => `${name} [${shape}]`)
    .toSorted()
    .join(", ");

/** BatchNorm's counter, which nothing here needs. */
const isCounter = (name: string): boolean => /(^|\.)num_batches_tracked$/.test(name);

/** The modules of a state dict: "fc1.weight" is the tensor "weight" of the module "fc1". */
export function modulesOf(
  tensors: Readonly<Record<string, { readonly shape: readonly number[] }>>,
): Map<string, Shapes> {
  const modules = new Map<string, Map<string, readonly number[]>>();
  for (const [name, { shape }] of Object.entries(tensors)) {
    if (isCounter(name)) continue;
    const dot = name.lastIndexOf(".");
    const module = name.slice(0, Math.max(dot, 0));
    modules.set(module, (modules.get(module) ?? new Map()).set(name.slice(dot + 1), shape));
  }
  return modules;
}

/** Compares names with the numbers in them as numbers: layer2 before layer10. */
const byNumbers = new Intl.Collator("en", { numeric: true }).compare;

/**
 * For each of `layers` its module among `modules`. Where every layer's name is a module's, that is it. Else those in `names`
 * are taken as said, and the others by their shapes: of several of the same shapes in the order of the numbers in their names.
 * @throws where that leaves a doubt
 */
export function matchModules(
  layers: ReadonlyMap<string, Shapes>,
  modules: ReadonlyMap<string, Shapes>,
  names: Readonly<Record<string, string>>,
): Map<string, string> {
  for (const [layer, module] of Object.entries(names)) {
    if (!layers.has(layer)) refuse(`names of layers (${[...layers.keys()].join(", ")})`, layer, "");
    if (!modules.has(module)) refuse(`names for modules (${[...modules.keys()].join(", ")})`, module, "");
  }
  const found = new Map(Object.entries(names));
  if ([...layers.keys()].every((layer) => modules.has(found.get(layer) ?? layer))) {
    for (const layer of layers.keys()) found.set(layer, found.get(layer) ?? layer);
    return found;
  }
  const taken = new Set(found.values());
  const open = [...layers].filter(([layer]) => !found.has(layer));
  const left = [...modules].filter(([module]) => !taken.has(module));
  for (const shapes of new Set(open.map(([, one]) => described(one)))) {
    const same = (all: [string, Shapes][]) => all.filter(([, one]) => described(one) === shapes).map(([name]) => name);
    const [ours, theirs] = [same(open), same(left).toSorted(byNumbers)];
    if (ours.length !== theirs.length) {
      const there = left.map(([name, one]) => `${name} (${described(one)})`).join("; ");
      refuse(
        `${ours.length} of ${shapes} for ${ours.join(", ")}`,
        `${theirs.length} (${theirs.join(", ") || "none"})`,
        ` among ${there}`,
      );
    }
    const stems = new Set(theirs.map((name) => name.replace(/\d+/g, "#")));
    if (stems.size > 1) {
      const example = JSON.stringify({ [ours[0]!]: theirs[0] });
      refuse(
        `names that tell the order of ${shapes} for ${ours.join(", ")}`,
        theirs.join(", "),
        `: say which is which, names: ${example}`,
      );
    }
    for (const [i, layer] of ours.entries()) found.set(layer, theirs[i]!);
  }
  return found;
}

function refuse(expected: string, received: string, rest: string): never {
  throw new RangeError(`fromPyTorch: expected ${expected}, received ${received}${rest}.`);
}
