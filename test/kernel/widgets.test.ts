/**
 * Widgets in a running kernel, by the messages that JupyterLab's and VS Code's widget manager send and expect; every state is
 * checked against the specification of the models. In a browser: `widgets-lab.test.ts`.
 */
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KernelProcess } from "../../kernel/client/kernel-process.js";
import { temporaryFolder } from "../helpers/folder.js";
import { begin, run, startTestKernel } from "../helpers/kernel.js";
import { WidgetPage } from "../helpers/widget-page.js";

let kernel: KernelProcess;
let page: WidgetPage;
beforeEach(async () => {
  kernel = await startTestKernel();
  page = new WidgetPage(kernel);
});
afterEach(() => kernel.kill());

const cell = (code: string) => run(kernel, code);

/** Waits until `look` gives `expected`. */
const until = (look: () => unknown, expected: unknown) => expect.poll(look).toEqual(expected);

describe("controls", () => {
  it("are typed, take values from both sides, and refuse others", async () => {
    await cell("const rate = slider({ low: 0, high: 0.9, step: 0.05, label: 'rate' });");
    await cell("const seen: number[] = []; rate.on('change', (value) => seen.push(value));");
    expect((await cell("const text0: string = rate.value;")).reply.evalue).toContain("not assignable to type 'string'");
    await page.move(page.only("FloatSliderModel"), { value: 0.30000000000000004 });
    await cell("rate.value = 0.5;");
    expect(page.only("FloatSliderModel").state.value).toBe(0.5);
    expect((await cell("seen")).text).toBe("[ 0.3, 0.5 ]");
    expect((await cell("rate.value = 2;")).reply.evalue).toBe("slider: expected a number from 0 to 0.9, received 2.");
    await page.move(page.only("FloatSliderModel"), { value: 7 });
    await until(() => page.only("FloatSliderModel").state.value, 0.9);
    await page.move(page.only("FloatSliderModel"), { value: "far" });
    await until(() => page.only("FloatSliderModel").state.value, 0.9);
    expect((await cell("rate.value")).text).toBe("0.9");
  });

  it.each([
    ["slider({ low: 1, high: 9, integer: true })", "IntSliderModel", { value: 4 }, 4],
    ["slider({ low: 1e-4, high: 1, log: true, points: 5 })", "FloatLogSliderModel", { value: 0.01 }, 0.01],
    ["checkbox({ label: 'on' })", "CheckboxModel", { value: true }, true],
    ["toggle({ label: 'on' })", "ToggleButtonModel", { value: true }, true],
    ["dropdown({ choices: ['a', 'b'] })", "DropdownModel", { index: 1 }, "'b'"],
    ["text({ label: 'name' })", "TextModel", { value: "Ada" }, "'Ada'"],
    ["tabs({ One: slider({ low: 0, high: 1 }), Two: output() })", "TabModel", { selected_index: 1 }, "'Two'"],
  ])("%s is shown as %s", async (code, name, changes, value) => {
    await cell(`const control = ${code};`);
    const { result } = await cell("control");
    const model = page.only(name);
    expect(result).toMatchObject({ "application/vnd.jupyter.widget-view+json": { model_id: model.id } });
    const next = await begin(kernel, "console.log('on'); const moved = await control.next();");
    await page.move(model, changes);
    await next.done();
    expect((await cell("moved")).text).toBe(String(value));
    expect((await cell("control.value")).text).toBe(String(value));
    await cell("control.close();");
    expect(page.models.has(model.id)).toBe(false);
  });

  it("a button counts, and what its listener prints appears below the cell that made it", async () => {
    const made = await cell(
      "const stop = button({ label: 'Stop' }); stop.on('click', (n) => console.log('pressed', n)); stop",
    );
    const printed = new Promise<string>((resolve) => {
      kernel.client.on("message", ({ header, parent_header }) => {
        if (header.msg_type === "stream") resolve(parent_header.msg_id ?? "");
      });
    });
    await page.send(page.only("ButtonModel").id, { method: "custom", content: { event: "click" } });
    expect(await printed).toBe(made.messages[0]!.parent_header.msg_id);
    expect((await cell("stop.value")).text).toBe("1");
  });

  it("a loop gets each value, the newest where it is slow, while its cell waits", async () => {
    await cell("const level = slider({ low: 0, high: 100, integer: true });");
    const loop = await begin(
      kernel,
      "console.log('on'); const got: number[] = []; for await (const value of level) { got.push(value); if (value === 9) break; while (level.value < 9) await new Promise((go) => setTimeout(go, 5)); }",
    );
    for (let value = 1; value <= 9; value++) await page.move(page.only("IntSliderModel"), { value });
    await loop.done();
    const got = JSON.parse((await cell("JSON.stringify(got)")).text!.slice(1, -1)) as number[];
    expect(got.at(-1)).toBe(9);
    expect(got.length).toBeLessThan(9);
  });

  it("an interrupt ends the wait for a control, which goes on", async () => {
    await cell("const level = slider({ low: 0, high: 1 });");
    const waiting = kernel.client.execute("console.log('on'); await level.next();");
    for await (const { header } of waiting) if (header.msg_type === "stream") break;
    await kernel.client.interrupt();
    expect((await waiting.reply).content).toMatchObject({ status: "error", ename: "Interrupted" });
    await page.move(page.only("FloatSliderModel"), { value: 0.25 });
    expect((await cell("level.value")).text).toBe("0.25");
  });

  it("an error of a listener is told, and the others are called", async () => {
    await cell(
      "const level = slider({ low: 0, high: 1 }); let heard = 0;\nlevel.on('change', () => { throw new RangeError('far'); });\nlevel.on('change', () => { heard += 1; });",
    );
    const errors: string[] = [];
    kernel.client.on("message", ({ content }) => content.name === "stderr" && errors.push(String(content.text)));
    await page.move(page.only("FloatSliderModel"), { value: 0.25 });
    await until(() => errors.join("").includes("RangeError: far"), true);
    expect((await cell("heard")).text).toBe("1");
  });
});

describe("interact", () => {
  it("runs with the first position, then with the last that was moved to, never twice at once", async () => {
    const folder = temporaryFolder();
    const go = JSON.stringify(join(folder.path, "go"));
    const made = await cell(
      [
        'import { existsSync } from "node:fs";',
        "const runs: number[] = []; let busy = 0;",
        "interact({ rate: { low: 0, high: 10, step: 1 }, layers: [1, 2], wide: [false, true] }, async ({ rate, layers, wide }) => {",
        "  const types: [number, 1 | 2, boolean] = [rate, layers, wide];",
        `  busy += 1; runs.push(rate); while (rate > 0 && !existsSync(${go})) await new Promise((on) => setTimeout(on, 5)); busy -= 1;`,
        "  return types.join(' ') + ' ' + busy;",
        "})",
      ].join("\n"),
    );
    expect(made.reply.status).toBe("ok");
    expect(made.result).toBeUndefined();
    expect(page.texts).toEqual(["rate: 0, layers: 1, wide: false", "'0 1 false 0'"]);
    for (let value = 1; value <= 10; value++) await page.move(page.only("FloatSliderModel"), { value });
    await page.move(page.only("CheckboxModel"), { value: true });
    await kernel.client.request("shell", "kernel_info_request", {}); // It has arrived behind them.
    folder.write("go", "");
    await until(() => page.texts, ["rate: 10, layers: 1, wide: true", "'10 1 true 0'"]);
    const runs = JSON.parse((await cell("JSON.stringify(runs)")).text!.slice(1, -1)) as number[];
    expect(runs.length).toBeLessThan(8);
  });

  it("keeps the kernel busy until what has moved is computed, and runs no more once it is closed", async () => {
    await cell(
      "const { stop } = { stop: interact({ x: [1, 2, 3] }, async ({ x }) => { await new Promise((go) => setTimeout(go, 300)); return x; }) };",
    );
    const shownAtIdle: string[] = [];
    kernel.client.on("message", ({ header, content, parent_header }) => {
      if (header.msg_type !== "status" || parent_header.msg_type !== "comm_msg") return;
      if (content.execution_state === "idle") shownAtIdle.push(page.texts.at(-1)!);
    });
    await page.move(page.only("DropdownModel"), { index: 1 });
    await until(() => shownAtIdle, ["2"]);
    const { reply } = await cell("stop.close()");
    expect(reply.status).toBe("ok");
    const before = page.texts.length;
    await kernel.client.interrupt();
    await cell("1");
    expect(page.texts.slice(before).join()).not.toContain("Interrupted");
  });

  it("shows an error of a later run below the controls, and fails the cell with that of the first", async () => {
    await cell(
      "interact({ x: { low: 0, high: 1 } }, ({ x }) => { if (x > 0.5) throw new RangeError('far: ' + x); return x; })",
    );
    await page.move(page.only("FloatSliderModel"), { value: 0.75 });
    await until(() => page.texts.at(-1)?.includes("RangeError: far: 0.75"), true);
    expect(page.texts.at(-1)).toContain("cell-1.ts:1:");
    await page.move(page.only("FloatSliderModel"), { value: 0.25 });
    await until(() => page.texts.at(-1), "0.25");
    for (const show of [
      "() => { throw new RangeError('at once'); }",
      "async () => { throw new RangeError('at once'); }",
    ]) {
      const { reply } = await cell(`interact({ x: [1, 2] }, ${show})`);
      expect([reply.status, reply.evalue]).toEqual(["error", "at once"]);
    }
  });

  it.each([
    ["a loop", "for (;;);"],
    [
      "training",
      "await fit(net, data, { loss: meanSquaredError(), optimizer: new SGD({ learningRate: 0.1 }), epochs: 1e6 });",
    ],
  ])(
    "an interrupt stops %s that a moved control has begun, and the controls go on",
    { tags: "all" },
    async (_, code) => {
      await cell(
        'import { Dataset, Dense, fit, meanSquaredError, Sequential, SGD, tf } from "gradbook";\nconst net = new Sequential(new Dense(1, 1)); const data = new Dataset(tf.ones([4, 1]), tf.ones([4, 1]));',
      );
      await cell(
        `interact({ on: [false, true] }, async ({ on }) => { if (on) { console.log("begun"); ${code} } return on; })`,
      );
      const begun = new Promise((resolve) =>
        kernel.client.on("message", ({ header }) => header.msg_type === "stream" && resolve(0)),
      );
      await page.move(page.only("CheckboxModel"), { value: true });
      await begun;
      await kernel.client.interrupt();
      await until(() => page.texts.at(-1), "Interrupted. The controls can be moved on.");
      await page.move(page.only("CheckboxModel"), { value: false });
      await until(() => page.texts.at(-1), "false");
    },
  );

  it("leaves a figure with its picture when the hand rests, and none while it moves", { tags: "all" }, async () => {
    await cell('import { curvesFigure } from "gradbook";');
    await cell(
      "interact({ x: { low: 0, high: 1 } }, ({ x }) => curvesFigure({ loss: [1, x] }, { title: 'at ' + x, yTitle: 'loss' }))",
    );
    const figure = () => [...page.shown.values()].at(-1)!;
    const first = String(figure()["image/png"]);
    expect(first.length).toBeGreaterThan(1000);
    const kinds: boolean[] = [];
    kernel.client.on("message", ({ header, content }) => {
      if (header.msg_type === "update_display_data" && /at 0.5/.test(JSON.stringify(content)))
        kinds.push("image/png" in Object(content.data));
    });
    await page.move(page.only("FloatSliderModel"), { value: 0.5 });
    await until(() => kinds, [false, true]);
    expect(figure()["text/plain"]).toContain("at 0.5");
  });
});

describe("without a page", () => {
  it("a run shows the first position: its state, and what the function gives", async () => {
    const metadata = { gradbook: { static: true } };
    const code = "interact({ x: { low: 2, high: 3 } }, async ({ x }) => 10 * x)";
    const { reply, messages } = await run(kernel, code, { metadata });
    expect([reply.status, page.texts]).toEqual(["ok", ["x: 2", "20"]]);
    const control = await run(kernel, "slider({ low: 2, high: 3, value: 2.5, label: 'y' })", { metadata });
    expect(page.texts.at(-1)).toBe("y: 2.5");
    expect(JSON.stringify([...messages, ...control.messages])).not.toContain("widget-view");
  });
});

describe("training", () => {
  it("follows a slider while its cell runs, and is interrupted as ever", { tags: "all" }, async () => {
    await cell(
      [
        'import { Dataset, Dense, fit, meanSquaredError, Sequential, SGD, tf } from "gradbook";',
        "const net = new Sequential(new Dense(1, 1)); const data = new Dataset(tf.ones([4, 1]), tf.ones([4, 1]));",
        "const rate = slider({ low: 0, high: 1, value: 0.1 });",
        "const optimizer = new SGD({ learningRate: 0.1 }); let rates = new Set<number>();",
        "const follow = { epochStart: () => { optimizer.learningRate = rate.value; rates.add(rate.value); if (rates.size === 2) console.log('followed'); } };",
      ].join("\n"),
    );
    const training = kernel.client.execute(
      "console.log('on'); await fit(net, data, { loss: meanSquaredError(), optimizer, epochs: 1e7, callbacks: [follow] });",
    );
    let said = "";
    for await (const { header, content } of training) {
      if (header.msg_type !== "stream") continue;
      said += String(content.text);
      if (said === "on\n") await page.move(page.only("FloatSliderModel"), { value: 0.5 });
      if (said.includes("followed")) break;
    }
    await kernel.client.interrupt();
    expect((await training.reply).content).toMatchObject({ ename: "Interrupted" });
    expect((await cell("[...rates, optimizer.learningRate]")).text).toBe("[ 0.1, 0.5, 0.5 ]");
  });
});

describe("a widget of one's own", () => {
  const made =
    "const chart = widget({ esm: 'export default { render() {} }', css: '.a {}', state: { count: 1, bytes: new Uint8Array([1, 2]), list: [new Uint8Array([3])] } });";

  it("shares its state, with bytes, in both directions", async () => {
    await cell(made);
    const model = page.only("AnyModel");
    expect(model.state).toMatchObject({ _model_module: "anywidget", _css: ".a {}", count: 1, list: [null] });
    const { data, buffers } = page.messages.find(({ id }) => id === model.id)!;
    expect(data.buffer_paths).toEqual([["bytes"], ["list", 0]]);
    expect(buffers.map((bytes) => [...bytes])).toEqual([[1, 2], [3]]);
    await cell(
      "const log: unknown[] = []; chart.on('change:count', (n: number) => log.push(n)); chart.on('message', (what, bytes) => log.push(what, bytes.length));",
    );
    await page.send(model.id, { method: "update", state: { count: 2, _esm: "x" }, buffer_paths: [["bytes"]] }, [
      Buffer.from([9]),
    ]);
    await page.send(model.id, { method: "custom", content: "hi" }, [Buffer.from([1])]);
    await until(async () => (await cell("log")).text, "[ 2, 'hi', 1 ]");
    expect((await cell("[chart.state.count, ...chart.state.bytes]")).text).toBe("[ 2, 9 ]");
    await cell("chart.state.count = 5; chart.send({ ping: 1 });");
    expect(model.state).toMatchObject({ count: 5, _esm: "export default { render() {} }" });
    expect(page.messages.at(-1)!.data).toEqual({ method: "custom", content: { ping: 1 } });
    expect((await cell("chart.state.count = 'five';")).reply.evalue).toContain("not assignable to type 'number'");
  });
});

describe("the widget manager's messages", () => {
  it("an update is echoed to all pages, as an answer to the one that has sent it, before anything else", async () => {
    await cell("const level = slider({ low: 0, high: 1 });");
    const model = page.only("FloatSliderModel");
    const sent = await page.move(model, { value: 7 });
    await until(
      () => page.messages.filter(({ parent }) => parent === sent).map(({ data }) => [data.method, data.state]),
      [
        ["echo_update", { value: 7 }],
        ["update", { value: 1 }],
      ],
    );
  });

  it("a page that is opened later gets all states at once, bytes too; another asks model by model", async () => {
    await cell(
      "const level = slider({ low: 0, high: 1, value: 0.5 }); const own = widget({ esm: '', state: { bytes: new Uint8Array([7]) } });",
    );
    const content = { comm_id: "control", target_name: "jupyter.widget.control", data: {} };
    await kernel.client.send("shell", "comm_open", content);
    await page.send("control", { method: "request_states" });
    const answer = () => page.messages.find(({ id }) => id === "control");
    await until(() => answer()?.data.method, "update_states");
    const { states, buffer_paths } = answer()!.data as { states: { [id: string]: object }; buffer_paths: unknown };
    const [level, own] = [page.only("FloatSliderModel"), page.only("AnyModel")];
    expect(new Set(Object.keys(states))).toEqual(new Set(page.models.keys()));
    expect(states[level.id]).toMatchObject({
      model_name: "FloatSliderModel",
      model_module: "@jupyter-widgets/controls",
      model_module_version: "2.0.0",
      state: { value: 0.5, _view_name: "FloatSliderView" },
    });
    expect([buffer_paths, answer()!.buffers.map((bytes) => [...bytes])]).toEqual([[[own.id, "bytes"]], [[7]]]);
    const sent = await page.send(level.id, { method: "request_state" });
    await until(() => page.messages.find(({ parent }) => parent === sent)?.data.state, level.state);
    const { comms } = (await kernel.client.request("shell", "comm_info_request", { target_name: "jupyter.widget" }))
      .content;
    expect(Object.keys(Object(comms))).toEqual([...page.models.keys()]);
    await kernel.client.send("shell", "comm_close", { comm_id: level.id, data: {} });
    expect((await cell("level.value = 0.25; level.value")).text).toBe("0.25");
  });

  it.each([
    ["no state", { method: "update" }],
    ["a state that is none", { method: "update", state: 7, buffer_paths: "x" }],
    [
      "paths that lead nowhere",
      { method: "update", state: { value: 0.25 }, buffer_paths: [["a", "b"], ["__proto__", "c"], []] },
    ],
    ["another method", { method: "dance" }],
    ["none", {}],
  ])("what is not as the protocol has it changes nothing: %s", async (_, data) => {
    await cell("const level = slider({ low: 0, high: 1 });");
    await page.send(page.only("FloatSliderModel").id, data, [Buffer.from([1]), Buffer.from([2]), Buffer.from([3])]);
    expect((await cell("({} as { c?: unknown }).c === undefined && level.value <= 0.25")).text).toBe("true");
  });
});
