import { afterEach, expect, it, vi } from "vitest";
import { checkRest } from "../../cli/doctor.js";
import { temporaryFolder } from "../helpers/folder.js";

afterEach(() => vi.unstubAllEnvs());

it("looks for what only some parts need, each with what mends it", async () => {
  const checks = await checkRest();
  expect(checks.map(({ name }) => name)).toEqual(["danfo", "Jupyter", "browser"]);
  expect(checks[0]!.detail).toBe("danfojs-node 1.2.0");
  for (const { state, mend } of checks) expect(mend === undefined).toBe(state === "found");
});

it("names what is missing where no program is", async () => {
  vi.stubEnv("PATH", temporaryFolder().path);
  const states = (await checkRest()).map(({ name, state }) => [name, state]);
  expect(states).toEqual([
    ["danfo", "found"],
    ["Jupyter", "missing"],
    ["browser", "missing"],
  ]);
});
