/** What `gradbook doctor` looks for beside the engine: what only some parts of Gradbook need. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type Check, checkProgram, found, missing } from "gradbook-engine/setup/doctor";
import { findProgram } from "gradbook-engine/setup/programs";

const require = createRequire(import.meta.url);

function checkDanfo(): Check {
  let entry: string;
  try {
    entry = require.resolve("danfojs-node");
  } catch {
    return missing("danfo", "danfojs-node is not installed; it is optional", "npm install danfojs-node");
  }
  // The entry lies at dist/danfojs-node/src below the package's folder.
  const { version } = JSON.parse(readFileSync(join(dirname(entry), "../../../package.json"), "utf8")) as {
    version: string;
  };
  return found("danfo", `danfojs-node ${version}`);
}

/** The checks, in order. */
export const checkRest = async (): Promise<Check[]> => [
  checkDanfo(),
  await checkProgram("Jupyter", findProgram("jupyter"), "pip install jupyterlab, then `gradbook install`; optional"),
  await checkProgram(
    "browser",
    findProgram("chromium", "chromium-browser", "google-chrome", "microsoft-edge", "firefox"),
    "only tests need one",
  ),
];
