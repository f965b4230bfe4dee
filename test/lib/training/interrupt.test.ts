import { expect, it } from "vitest";
import { kernelOfThisTest, run } from "../../helpers/kernel.js";

const setUp = `
import { Adam, Dataset, Dense, fit, meanSquaredError, newHistory, Random, tf } from "gradbook";
const random = new Random(0);
const data = new Dataset(tf.tensor2d(random.normals(640), [64, 10]), tf.tensor2d(random.normals(64), [64, 1]));
const make = () => ({ model: new Dense(10, 1, { random }), optimizer: new Adam(), history: newHistory() });
const train = ({ model, optimizer, history }: ReturnType<typeof make>, steps: number) =>
  fit(model, data, { loss: meanSquaredError(), optimizer, history, steps, batchSize: 10, shuffle: random, progress: "broken" });
const [broken, straight] = [make(), make()];`;

it("a notebook's interrupt stops a training run, which then continues as if nothing had been", async () => {
  const kernel = await kernelOfThisTest();
  expect((await run(kernel, setUp)).reply).toMatchObject({ status: "ok" });
  const training = kernel.client.execute("await train(broken, 1e9)");
  for await (const { header } of training) if (header.msg_type === "stream") break;
  await kernel.client.interrupt();
  expect((await training.done()).reply).toMatchObject({ status: "error", ename: "Interrupted" });
  const { text: stopped } = await run(kernel, "broken.history.step");
  expect(Number(stopped)).toBeGreaterThan(0);
  // It is no longer training, and nothing complained.
  const later = await run(kernel, "await new Promise((go) => setTimeout(go, 200)); broken.history.step");
  expect([later.text, later.stderr]).toEqual([stopped, ""]);
  const { text, reply } = await run(
    kernel,
    `await train(broken, ${stopped} + 25); await train(straight, ${stopped} + 25);
tf.sum(tf.abs(tf.sub(broken.model.weight.value, straight.model.weight.value))).dataSync()[0]`,
  );
  expect(reply).toMatchObject({ status: "ok" });
  expect(text).toBe("0");
});
