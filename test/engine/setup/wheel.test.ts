import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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

  needing("Python and a compiler", "all")(
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

  needing("Python and a compiler")(
    "takes no other wheel of that name than the one that its sum was taken of",
    async () => {
      const machine = emptyMachine();
      const offer = join(machine.folder, "offer");
      mkdirSync(offer);
      for (const name of [
        "tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64",
        "tensorflow-2.21.0-cp311-cp311-manylinux_2_27_aarch64",
        "tensorflow-2.21.0-cp311-cp311-macosx_12_0_arm64",
      ]) {
        writeFileSync(join(offer, `${name}.whl`), "another wheel");
      }
      vi.stubEnv("PIP_CONFIG_FILE", join(offer, "none"));
      vi.stubEnv("PIP_NO_INDEX", "1");
      vi.stubEnv("PIP_FIND_LINKS", offer);
      const { name, reasons } = await setUpEngine({ ...machine, makers: [wheelEngine] });
      expect(name).toBe("wasm");
      expect(reasons[0]).toMatch(/PACKAGES DO NOT MATCH THE HASHES/);
      expect(readdirSync(machine.cache)).toEqual(["failure.json"]);
    },
  );
});
