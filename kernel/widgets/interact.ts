/** `interact`: controls for the values of a function, and below them what it gives, anew whenever one of them moves. */
import { Box } from "./box.js";
import { checkboxKind } from "./checkbox.js";
import { ControlPart, type Kind } from "./control.js";
import { dropdownKind } from "./dropdown.js";
import type { Host } from "./host.js";
import { Runs } from "./runs.js";
import { sliderKind } from "./slider.js";
import type { Choice, ControlSpace, Interaction, SliderOptions, ValuesOf } from "./types.js";

/** What the control for an entry of a space is. @throws RangeError for an entry that nothing can be chosen from. */
function kindOf(name: string, entry: SliderOptions | readonly Choice[]): Kind<never> {
  const where = `interact, ${name}`;
  if (!isList(entry)) return sliderKind({ label: name, ...entry }, where) as Kind<never>;
  const [first, second, ...more] = entry;
  if (typeof first === "boolean" && typeof second === "boolean" && more.length === 0) {
    return checkboxKind({ label: name, value: first }) as Kind<never>;
  }
  return dropdownKind({ choices: entry, label: name }, where) as Kind<never>;
}

const isList = (entry: SliderOptions | readonly Choice[]): entry is readonly Choice[] => Array.isArray(entry);

/** See `Widgets` in `types.ts`. @throws what `show` throws for the first position. */
export function interact<Space extends ControlSpace>(
  host: Host,
  space: Space,
  show: (values: ValuesOf<Space>) => unknown,
): Interaction<ValuesOf<Space>> {
  const names = Object.keys(space);
  if (names.length === 0) throw new RangeError("interact: expected a space with an entry, received none.");
  // All labels as wide as the longest, so that the controls stand in one column.
  const labelWidth = `${Math.max(...names.map((name) => name.length)) + 1}ch`;
  const kinds = names.map((name) => kindOf(name, space[name]!));
  // Before any is open: one that is refused leaves none.
  for (const kind of kinds) kind.write(kind.value);
  const parts = kinds.map((kind) => new ControlPart<unknown>(host, kind, labelWidth));
  const values = () => Object.fromEntries(names.map((name, i) => [name, parts[i]!.value])) as ValuesOf<Space>;
  const box = new Box(host, parts);
  const runs = new Runs(host, () => show(values()));
  for (const part of parts) part.on("change", () => runs.moved());
  box.showNow();
  const interaction = Object.assign(runs.first(), {
    controls: Object.fromEntries(names.map((name, i) => [name, parts[i]])) as never,
    values: values(),
    settled: () => runs.settled(),
    close: () => {
      box.close();
      runs.close();
    },
  });
  Object.defineProperty(interaction, "values", { get: values });
  host.showsItself(interaction);
  return interaction;
}
