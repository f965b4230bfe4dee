/**
 * `npm start`: sets up what is due and runs the main job, the house-price notebook in the Gradbook kernel. Further words go to
 * `gradbook run`: `npm start -- -p data DIR`.
 */
import { join } from "node:path";
import { prepare, root, runNode } from "./prepare.mjs";

const gradbook = join(root, "dist/cli/main.js");
const out = (name) => join("out", name);

try {
  await prepare();
  runNode(gradbook, ["setup"]);
  const parameters = ["-p", "submission", out("submission.csv"), ...process.argv.slice(2)];
  runNode(gradbook, ["run", join("notebooks", "14-house-prices.ipynb"), out("house-prices.ipynb"), ...parameters]);
} catch (error) {
  console.error(`npm start: ${error.message}`);
  process.exitCode = 1;
}
