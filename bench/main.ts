/** `npm run bench`: the measurements, one after the other. */
import { benchHousePrices } from "./house-prices.js";

await benchHousePrices(5);
