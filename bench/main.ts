/** `npm run bench`: the measurements, one after the other; a word chooses one: `npm run bench kernel`. */
import { benchHousePrices } from "./house-prices.js";
import { benchKernel } from "./kernel.js";

const benches: { [name: string]: () => Promise<void> } = {
  "house-prices": () => benchHousePrices(5),
  kernel: () => benchKernel(3),
};
const chosen = process.argv.slice(2);
const unknown = chosen.find((name) => !(name in benches));
if (unknown !== undefined) throw new Error(`Expected one of ${Object.keys(benches).join(", ")}, received ${unknown}.`);
for (const [name, bench] of Object.entries(benches)) if (chosen.length === 0 || chosen.includes(name)) await bench();
