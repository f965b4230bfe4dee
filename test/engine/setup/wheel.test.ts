import { mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { run } from "../../../engine/setup/programs.js";
import { setUpEngine } from "../../../engine/setup/setup.js";
import { wheelEngine } from "../../../engine/setup/wheel.js";
import { emptyMachine } from "../../helpers/engine.js";
import { needing } from "../../helpers/needs.js";

afterEach(() => vi.unstubAllEnvs());

describe("the engine from the TensorFlow wheel", () => {
  it("asks for Python where there is none", async () => {
    const machine = emptyMachine();
    vi.stubEnv("PATH", machine.folder);
    const { name, reasons } = await setUpEngine({ ...machine, makers: [wheelEngine] });
    expect([name, reasons]).toEqual(["wasm", ["the TensorFlow wheel: no Python found"]]);
  });

  needing("Python and a compiler")("asks for a compiler where there is none", async () => {
    const machine = emptyMachine();
    const bin = join(machine.folder, "bin");
    mkdirSync(bin);
    const python = (await run("python3", ["-c", "import sys; print(sys.executable)"])).trim();
    symlinkSync(python, join(bin, "python3"));
    vi.stubEnv("PATH", bin);
    const { name, reasons } = await setUpEngine({ ...machine, makers: [wheelEngine] });
    expect([name, reasons]).toEqual(["wasm", ["the TensorFlow wheel: no C++ compiler found (g++, c++ or clang++)"]]);
  });

  needing("Python and a compiler")(
    "tells what pip says where it cannot be fetched, and leaves nothing behind",
    async () => {
      const machine = emptyMachine();
      const empty = join(machine.folder, "empty");
      mkdirSync(empty);
      vi.stubEnv("PIP_CONFIG_FILE", join(empty, "none"));
      vi.stubEnv("PIP_NO_INDEX", "1");
      vi.stubEnv("PIP_FIND_LINKS", empty);
      const { name, reasons } = await setUpEngine({ ...machine, makers: [wheelEngine] });
      expect(name).toBe("wasm");
      expect(reasons[0]).toContain("No matching distribution found for tensorflow");
    },
  );
});

describe("running a program", () => {
  it("gives its output, and the gist of its errors when it fails", async () => {
    expect(await run(process.execPath, ["-p", "1 + 1"])).toBe("2\n");
    await expect(run(process.execPath, ["-e", "throw new Error('broken')"])).rejects.toThrow(
      /-e: expected exit code 0, received 1: Error: broken$/,
    );
    await expect(run(join(dirname(process.execPath), "no such program"), [])).rejects.toThrow("ENOENT");
  });
});
