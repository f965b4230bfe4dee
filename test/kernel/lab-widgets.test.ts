/** What JupyterLab's page needs for widgets, where it cannot be had: that is said, and nothing half done is left. */
import { chmodSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { labWidgets } from "../../kernel/lab-widgets.js";
import { temporaryFolder } from "../helpers/folder.js";

afterEach(() => vi.restoreAllMocks());

it.each([
  ["there is no Python", undefined, "there is no Python."],
  // A program that is found, and knows nothing of pip.
  ["pip fails", process.execPath, "bad option: -m"],
])("%s", (_, python, why) => {
  const said = vi.spyOn(console, "log").mockImplementation(() => {});
  const { path } = temporaryFolder();
  expect(labWidgets(process.execPath, join(path, "lab-widgets"), () => python)).toBeUndefined();
  const text = said.mock.calls.join("\n");
  expect(text).toContain("Sliders and other widgets will not show:");
  expect(text).toContain(why);
  expect(readdirSync(path)).toEqual([]);
});

it.each([
  ["the folder cannot be written", (taken: string) => [process.execPath, join(taken, "lab-widgets")] as const],
  ["jupyter says nothing that is known", (_: string, jupyter: string) => [jupyter, `${jupyter}-widgets`] as const],
])("%s", (_, where) => {
  const said = vi.spyOn(console, "log").mockImplementation(() => {});
  const folder = temporaryFolder();
  const jupyter = folder.write("jupyter", "#!/bin/sh\necho a warning\n");
  chmodSync(jupyter, 0o755);
  const [program, widgets] = where(folder.write("taken", ""), jupyter);
  // A Python whose pip succeeds.
  expect(labWidgets(program, widgets, () => "true")).toBeUndefined();
  expect(said.mock.calls.join("\n")).toContain("Sliders and other widgets will not show:");
  expect(folder.names()).toEqual(["jupyter", "taken"]);
});
