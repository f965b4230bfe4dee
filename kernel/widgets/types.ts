/**
 * Widgets: what `slider`, `checkbox`, `dropdown`, `text`, `button`, `toggle`, `tabs`, `output`, `interact` and `widget` take and
 * give. Types only, the same for a notebook's front end and a page: what is underneath, they ask of a `Host` (`host.ts`).
 */

/** One value to choose. */
export type Choice = number | string | boolean;

/** Numbers from `low` to `high`, in the words of `search`'s space. */
export interface SliderRange {
  low: number;
  high: number;
  /** The distance between two positions, on a log scale between two exponents of 10. Default: 1 for whole numbers, else (high − low) / 100. */
  step?: number;
  /** Even on a log scale: `low` is then above 0. Default: false. */
  log?: boolean;
  /** Only whole numbers. Default: false. */
  integer?: boolean;
  /** How many positions there are, both ends included, in place of `step`. */
  points?: number;
}

/** What most controls take. */
export interface ControlOptions<Value> {
  /** Stands before the control. Default: nothing. */
  label?: string;
  /** Where it begins. Default: the first position: `low`, the first choice, `false`, "". */
  value?: Value;
}

/** What a slider can be told: its range, and what every control can be told. */
export interface SliderOptions extends SliderRange, ControlOptions<number> {}

/** What a list can be told: its choices, of which the first is the value at first. */
export interface DropdownOptions<Value extends Choice> extends ControlOptions<Value> {
  choices: readonly Value[];
}

export interface TextOptions extends ControlOptions<string> {
  /** Shown while the text is empty. Default: nothing. */
  placeholder?: string;
  /** Whether every letter is a change; else Enter, or leaving the field. Default: false. */
  everyLetter?: boolean;
}

export interface ButtonOptions {
  label?: string;
}

/** Something that shows below a cell, or inside of `tabs`. */
export interface Shown {
  /** Takes it away from the front ends. It keeps its value; waits for `next()` never end. */
  close(): void;
}

/** A control with a value. As the last value of a cell it shows itself. */
export interface Control<Value> extends Shown, AsyncIterable<Value> {
  /** The present value. Setting it moves the control, and calls the listeners. @throws RangeError or TypeError for a value it cannot have. */
  value: Value;
  /** Whether it can be used. Setting it tells the front ends. Default: true. */
  enabled: boolean;
  /** Calls `listener` with each new value; what it prints appears below the cell that has made the control. Gives a function that ends this. */
  on(event: "change", listener: (value: Value) => unknown): () => void;
  /** The next new value. An interrupt ends the wait. */
  next(): Promise<Value>;
  /** Each new value; while the loop is busy only the newest is kept. */
  [Symbol.asyncIterator](): AsyncIterator<Value, never>;
}

/** A button: its value is how often it was pressed. */
export interface Button extends Omit<Control<number>, "on"> {
  readonly value: number;
  on(event: "click" | "change", listener: (count: number) => unknown): () => void;
}

/** Tabs: its value is the title of the one in front. */
export type Tabs<Title extends string = string> = Omit<Control<Title>, "enabled">;

/** A place that shows anything, also inside of tabs. */
export interface OutputPlace extends Shown {
  /** Shows `value` as the last value of a cell would be, in place of what was there. Resolves when it is shown. */
  show(value: unknown): Promise<void>;
  /** Shows `value` below what is there. */
  append(value: unknown): Promise<void>;
  clear(): void;
}

/** What `interact` makes controls of: the same as `search`'s space; `[false, true]` is a checkbox, other lists are dropdowns. */
export type ControlSpace = { readonly [name: string]: SliderOptions | readonly Choice[] };

/** The values that a space's controls have. */
export type ValuesOf<Space extends ControlSpace> = {
  -readonly [Name in keyof Space]: Space[Name] extends readonly (infer Value)[] ? Value : number;
};

/** What `interact` gives: resolves when the first result is shown; rejects with the first run's error. Shows nothing itself. */
export interface Interaction<Values> extends Promise<void> {
  /** The controls by name. */
  readonly controls: { readonly [Name in keyof Values]: Control<Values[Name]> };
  /** Their present values. */
  readonly values: Values;
  /** Resolves when no run is under way or due. */
  settled(): Promise<void>;
  /** Takes the controls away; the last result stays. */
  close(): void;
}

export interface WidgetOptions<State extends object> {
  /** An ES module in anywidget's form: its default export has `render({ model, el })`. The module's text, or its address (https). */
  esm: string;
  /** A style sheet for it. Default: none. */
  css?: string;
  /** What both sides see and change: JSON, and bytes (Uint8Array) at any depth. */
  state: State;
}

/** A widget of one's own. */
export interface Widget<State extends object> extends Shown {
  /** The present state. Setting a property sends it to the front ends: assign, do not change inside of arrays and objects. */
  readonly state: State;
  /** Calls `listener` when the front end, or setting it, has changed the state: any of it, or the property `name`. */
  on(event: "change", listener: (state: State) => unknown): () => void;
  on<Name extends keyof State & string>(event: `change:${Name}`, listener: (value: State[Name]) => unknown): () => void;
  /** Calls `listener` with what the module sends by `model.send(content, undefined, buffers)`. */
  on(event: "message", listener: (content: unknown, buffers: Uint8Array[]) => unknown): () => void;
  /** Sends `content` to the module's `model.on("msg:custom", …)`. */
  send(content: unknown, buffers?: Uint8Array[]): void;
}
