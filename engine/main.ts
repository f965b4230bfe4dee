#!/usr/bin/env node
/** The `gradbook-engine` command: `setup` makes the native engine, `doctor` tells what is found and what is missing. */
import { doctor, renderReport } from "./setup/doctor.js";
import { setUpEngine } from "./setup/setup.js";

const [command, ...words] = process.argv.slice(2);
if (command === "setup" && words.every((word) => word === "--retry")) {
  const { name } = await setUpEngine({ retry: words.length > 0 });
  console.log(`Engine: ${name === "native" ? "native TensorFlow" : "WebAssembly"}`);
} else if (command === "doctor" && words.length === 0) {
  const checks = await doctor();
  console.log(renderReport(checks));
  if (checks.some(({ state }) => state === "broken")) process.exitCode = 1;
} else {
  console.error(
    `gradbook-engine: expected setup [--retry] or doctor, received ${process.argv.slice(2).join(" ") || "nothing"}.`,
  );
  process.exitCode = 1;
}
