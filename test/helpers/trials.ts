/** Trial functions for the tests of searches: a module as users write it, imported by processes of the library. */
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  Adam,
  Dataset,
  Dense,
  fit,
  kFold,
  loadHousePrices,
  meanSquaredError,
  Pipeline,
  Random,
  SimpleImputer,
  StandardScaler,
  type TrialContext,
  tf,
  toTensor,
} from "gradbook";

/** Waits until there is something at `path`. */
async function appearance(path: string): Promise<void> {
  while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** A valley whose floor is at rate .01 and width 64, with noise from the trial's own seed. */
export async function valley({ rate, width }: { rate: number; width: number }, { report, random }: TrialContext) {
  const floor = (Math.log10(rate) + 2) ** 2 + ((width - 64) / 64) ** 2 + 0.01 * random.uniform();
  for (let step = 1; step <= 9; step++) await report(step, floor + 1 / step);
  return { loss: floor, twice: 2 * floor };
}

/** The valley; the fifth trial and those behind it wait until there is a file `marker`. */
export async function guarded(parameters: { rate: number; width: number; marker: string }, context: TrialContext) {
  if (context.number > 3) await appearance(parameters.marker);
  return valley(parameters, context);
}

/**
 * Ends in the way that `how` says; "meets 3": when three trials run at a time, "waits for it": when `marker`, a file or folder for
 * such things, is there.
 */
export async function accident({ how, marker }: { how: string; marker: string }, { report, number }: TrialContext) {
  if (how === "throws") throw new Error("the data are gone");
  if (how === "NaN") return Number.NaN;
  if (how === "nothing") return undefined;
  if (how === "reports NaN") await report(1, Number.NaN);
  if (how === "forgets to await") report(1, Number.POSITIVE_INFINITY);
  if (how === "blocks") for (;;);
  if (how === "waits") await new Promise((resolve) => setTimeout(resolve, 1e9));
  if (how.startsWith("waits for it")) await appearance(marker);
  if (how === "killed") process.kill(process.pid, "SIGKILL");
  if (how === "exits") process.exit(3);
  if (how === "meets 3") {
    writeFileSync(join(marker, String(number)), "");
    while (readdirSync(marker).length < 3) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  if (how.endsWith("once") && !existsSync(marker)) {
    writeFileSync(marker, "");
    if (how === "killed once") process.kill(process.pid, "SIGKILL");
    throw new Error("only once");
  }
  return number;
}

let houses: Dataset | undefined;

/** Some numeric columns of the house prices, standardized, and the logarithm of the price. */
function housePrices(): Dataset {
  const columns = ["OverallQual", "GrLivArea", "GarageCars", "TotalBsmtSF", "YearBuilt", "FullBath", "LotArea"];
  const prepare = new Pipeline([new StandardScaler(), new SimpleImputer({ strategy: "constant", fillValue: 0 })]);
  const { train } = loadHousePrices();
  const features = train.loc({ columns });
  const prices = train.loc({ columns: ["SalePrice"] });
  return new Dataset(toTensor(prepare.fit(features).transform(features)), tf.sub(tf.log(toTensor(prices)), 12));
}

/** A small house-price model, validated on one of five folds. */
export async function house({ rate, fold = 0 }: { rate: number; fold?: number }, { report, random }: TrialContext) {
  houses ??= housePrices();
  const all = houses;
  const rows = kFold(all.length, 5, { shuffle: new Random(0) })[fold]!;
  const [train, validation] = [all.rows(rows.train), all.rows(rows.validation)];
  const model = new Dense(all.x.shape[1]!, 1, { random });
  const optimizer = new Adam({ learningRate: rate });
  const options = { optimizer, loss: meanSquaredError(), shuffle: random, batchSize: 64, epochs: 3, validation };
  const history = await fit(model, train, {
    ...options,
    callbacks: [{ epochEnd: ({ history }) => report(history.epoch, history.valLoss.at(-1)!) }],
  });
  tf.dispose([train.x, train.y, validation.x, validation.y]);
  return { loss: history.valLoss.at(-1)!, train: history.loss.at(-1)! };
}
