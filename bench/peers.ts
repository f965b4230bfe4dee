/**
 * The kernels of `kernel.ts`: how each is started, and the same cells in its language. tslab is a dependency of development;
 * Deno and ipykernel are fetched into the cache folder once, where npm and Python can.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "gradbook-engine/setup/paths";
import { kernelCommand } from "gradbook-kernel/kernelspec";

/** One kernel. */
export interface Peer {
  name: string;
  /** Its command line, with `{connection_file}`. */
  command: readonly string[];
  /** Where it is to run, if anywhere special. */
  cwd?: string;
  /** How many typed cells are run. */
  typedCells?: number;
  cells: Cells;
}

/** What is run, in the kernel's language. What a kernel cannot do, or never ends, is left out. */
export interface Cells {
  light: string;
  tenLines(i: number): string;
  completion: string;
  imports?: string;
  typed?(i: number): string;
  print?(lines: number): string;
}

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL("../..", import.meta.url));

/** A new array, a function and a loop over it: ten lines in which every statement counts. */
const tenLines = (i: number) => `const xs${i}: number[] = [];
for (let k = 0; k < 10; k++) {
  xs${i}.push(k * k);
}
function mean${i}(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
const centre${i} = mean${i}(xs${i});
const spread${i} = Math.sqrt(mean${i}(xs${i}.map((x) => (x - centre${i}) ** 2)));
spread${i}`;

const typed = (i: number) => `const frame${i} = new dfd.DataFrame({ a: [1, 2, 3], b: [4, 5, 6] });
const matrix${i} = tf.tensor2d(frame${i}.values as number[][]);
const centred${i} = tf.tidy(() => {
  const mean = matrix${i}.mean(0);
  const spread = matrix${i}.sub(mean).square().mean(0).sqrt();
  return matrix${i}.sub(mean).div(spread);
});
const column${i} = frame${i}.column("a");
const shape${i}: number[] = centred${i}.shape;
shape${i}[0] + column${i}.shape[0]`;

const typescript: Cells = {
  light: "1 + 1",
  tenLines,
  completion: "Math.fl",
  print: (lines) => `for (let i = 0; i < ${lines}; i++) console.log("line " + i);`,
};

/** tslab knows packages of the folder it runs in; so that both read the same typings, this kernel runs there too. */
const withPackages: Cells = {
  ...typescript,
  imports: 'import { tf } from "gradbook";\nimport * as dfd from "gradbook/danfo";',
  typed,
};

const python: Cells = {
  light: "1 + 1",
  tenLines: (i) => `xs${i} = []
for k in range(10):
    xs${i}.append(k * k)

def mean${i}(values):
    return sum(values) / len(values)

centre${i} = mean${i}(xs${i})
spread${i} = mean${i}([(x - centre${i}) ** 2 for x in xs${i}]) ** 0.5
spread${i}`,
  completion: "str.spl",
  print: (lines) => `for i in range(${lines}): print("line", i)`,
};

/** This kernel first, then the others that can be had here; says which cannot. */
export async function peers(): Promise<Peer[]> {
  const tslab = join(dirname(require.resolve("tslab/package.json")), "bin", "tslab");
  const { print: _, ...withoutPrint } = withPackages;
  const all: Peer[] = [
    { name: "gradbook", command: kernelCommand(root), cwd: root, cells: withPackages, typedCells: 200 },
    // Of 100,000 lines tslab sends some hundreds and is busy for ever.
    {
      name: "tslab",
      command: [process.execPath, tslab, "kernel", "--config-path", "{connection_file}"],
      cwd: root,
      cells: withoutPrint,
      // Each takes longer than the one before: 200 would take minutes.
      typedCells: 30,
    },
  ];
  const deno = findDeno();
  if (deno)
    all.push({
      name: "Deno",
      command: [deno, "jupyter", "--kernel", "--conn", "{connection_file}"],
      cells: typescript,
    });
  const ipython = findIpython();
  if (ipython) {
    all.push({
      name: "ipykernel",
      command: [ipython, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
      cells: python,
    });
  }
  return all;
}

/** Deno's own file, by npm, or undefined with a word about why. */
function findDeno(): string | undefined {
  const folder = join(cacheFolder(), "bench");
  mkdirSync(folder, { recursive: true });
  const script = join(folder, "node_modules", "deno", "bin.cjs");
  const windows = process.platform === "win32";
  if (!existsSync(script)) {
    const words = ["install", "--prefix", folder, "--no-fund", "--no-audit", "deno@2.9.6"];
    const { status, stderr } = spawnSync("npm", words, { encoding: "utf8", shell: windows });
    if (status !== 0) return missing("Deno", stderr);
  }
  // npm's script starts Deno in a process of its own; started once, it has put the program beside itself.
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, "eval", "console.log(Deno.execPath())"], {
    encoding: "utf8",
  });
  return status === 0 ? stdout.trim() : missing("Deno", stderr);
}

/** A Python with ipykernel: the one on the PATH, or a virtual environment. */
function findIpython(): string | undefined {
  const python = ["python3", "python", "py"].find((name) => spawnSync(name, ["--version"]).status === 0);
  if (python === undefined) return missing("ipykernel", "there is no Python 3");
  const folder = join(cacheFolder(), "bench", "ipykernel");
  const own = process.platform === "win32" ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
  const hasKernel = () => spawnSync(own, ["-c", "import ipykernel"]).status === 0;
  if (hasKernel()) return own;
  for (const [command, ...words] of [
    [python, "-m", "venv", "--clear", folder],
    [own, "-m", "pip", "install", "--quiet", "ipykernel==7.4.0"],
  ]) {
    const { status, stderr } = spawnSync(command!, words, { encoding: "utf8" });
    if (status !== 0) return missing("ipykernel", stderr);
  }
  return own;
}

function missing(name: string, reason: string): undefined {
  console.log(`Without ${name}, which cannot be had here: ${reason.trim().split("\n").at(-1)}`);
}
