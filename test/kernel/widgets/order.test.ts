/** Widgets on a host that writes down what reaches it: what stays open, and what is shown last where two answers overtake each other. */
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Bundle, Host, Json, ModelComm } from "../../../kernel/widgets/host.js";
import { interact } from "../../../kernel/widgets/interact.js";
import { allStates, Model } from "../../../kernel/widgets/model.js";
import { OutputPart } from "../../../kernel/widgets/output.js";
import { Runs } from "../../../kernel/widgets/runs.js";
import { sliderKind } from "../../../kernel/widgets/slider.js";

afterEach(() => vi.useRealTimers());

/** What a host was told. */
class Told implements Host {
  readonly models: Host["models"] = new Map();
  readonly comms: (ModelComm & { isOpen: boolean })[] = [];
  readonly shown: string[] = [];

  open(target: string): ModelComm {
    const check = () => {
      if (!comm.isOpen) throw new Error(`Expected an open comm, received ${target}, which was closed.`);
    };
    const id = `model-${this.comms.length}`;
    const close = () => {
      check();
      comm.isOpen = false;
    };
    const comm = { id, onMessage: undefined, onClose: undefined, isOpen: true, send: check, close };
    this.comms.push(comm);
    return comm;
  }
  /** A text is ready at once; a promise's is when it is kept. */
  async bundleOf(value: unknown, isMoving: boolean): Promise<Bundle> {
    return { "text/plain": `${await value}${isMoving ? ", moving" : ""}` };
  }
  async show(bundle: Bundle | Promise<Bundle>): Promise<void> {
    this.shown.push(String((await bundle)["text/plain"]));
  }
  showsItself(): void {}
  describe(error: unknown): string {
    return String(error);
  }
  onInterrupt = () => () => {};
}

/** A promise, and what keeps it. */
function later<Value>(): { promise: Promise<Value>; keep(value: Value): void } {
  let keep: (value: Value) => void = () => {};
  const promise = new Promise<Value>((resolve) => {
    keep = resolve;
  });
  return { promise, keep };
}

describe("the runs of an interact", () => {
  it("show an earlier result no more once a later one has come", async () => {
    vi.useFakeTimers();
    const host = new Told();
    const slow = later<string>();
    const results = [() => "first", () => slow.promise, () => Promise.reject(new Error("last"))];
    const runs = new Runs(host, () => results.shift()!());
    await runs.first();
    const moved = runs.moved();
    await vi.advanceTimersByTimeAsync(0);
    void runs.moved();
    slow.keep("slow");
    await vi.advanceTimersByTimeAsync(10_000);
    await moved;
    expect(host.shown).toEqual(["first", "slow, moving", "Error: last"]);
  });

  it("show the last result as it is to stay when they are closed, and nothing afterwards", async () => {
    vi.useFakeTimers();
    const close = async (isUnderWay: boolean) => {
      const host = new Told();
      const last = later<string>();
      const results = ["first", last.promise];
      const runs = new Runs(host, () => results.shift());
      await runs.first();
      const moved = runs.moved();
      await vi.advanceTimersByTimeAsync(0);
      if (isUnderWay) runs.close();
      last.keep("last");
      await moved;
      if (!isUnderWay) runs.close();
      expect(vi.getTimerCount()).toBe(0);
      await vi.advanceTimersByTimeAsync(10_000);
      return host.shown;
    };
    expect(await close(false)).toEqual(["first", "last, moving", "last"]);
    expect(await close(true)).toEqual(["first", "last, moving", "last"]);
  });
});

describe("a model", () => {
  it("that a front end has closed is changed without it, and is not offered to others", () => {
    const host = new Told();
    const model = new Model(host, { value: 1 });
    const [comm] = host.comms;
    comm!.isOpen = false;
    comm!.onClose?.({}, { metadata: {}, buffers: [] });
    model.set({ value: 2 });
    model.close();
    expect(model.state).toEqual({ value: 2 });
    expect((allStates(host).data as { states: Json }).states).toEqual({});
  });
});

describe("a control whose value is refused", () => {
  it("leaves nothing open, and neither do those beside it", () => {
    const host = new Told();
    const space = { first: { low: 0, high: 1 }, second: { low: 0, high: 1, value: 2 } };
    expect(() => interact(host, space, () => 0)).toThrow(
      "interact, second: expected a number from 0 to 1, received 2.",
    );
    expect(() => interact(host, { only: { low: 0, high: 1, value: 2 } }, () => 0)).toThrow("received 2.");
    expect(host.comms.filter(({ isOpen }) => isOpen)).toEqual([]);
  });
});

describe("a place", () => {
  it("shows what was asked for last, in the order of the calls, however long each takes", async () => {
    const place = new OutputPart(new Told());
    const [slow, slower] = [later<string>(), later<string>()];
    const ends = [place.show(slow.promise), place.show("b"), place.append(slower.promise), place.append("d")];
    await Promise.all([ends[1], ends[3]]);
    expect(place.words).toBe("b\nd");
    slower.keep("c");
    slow.keep("a");
    await Promise.all(ends);
    expect(place.words).toBe("b\nc\nd");
    const late = later<string>();
    const more = [place.show(late.promise), place.append(late.promise)];
    place.clear();
    late.keep("e");
    await Promise.all(more);
    expect(place.words).toBe("");
    await expect(place.show(Promise.reject(new Error("no")))).rejects.toThrow("no");
    await place.append("f");
    expect(place.words).toBe("f");
  });
});

it("what is shown has another name in each process, even in those that begin together", async () => {
  vi.useFakeTimers({ now: 0 });
  const names: string[] = [];
  for (let process = 0; process < 2; process++) {
    vi.resetModules();
    const { nextId } = await import("../../../kernel/widgets/state-line.js");
    names.push(nextId(), nextId());
  }
  expect(new Set(names).size).toBe(4);
});

it.each([
  [{ low: 0, high: 1e-5 }, ".3g"],
  [{ low: -1e-4, high: 0, points: 1001 }, ".4g"],
  [{ low: 1, high: 1 + 1e-6, step: 1e-8 }, ".9g"],
  [{ low: 0, high: 0.9, step: 0.05 }, ".2f"],
])("the steps of a slider over %o are all told apart: %s", (options, format) => {
  expect(sliderKind(options).state!.readout_format).toBe(format);
});
