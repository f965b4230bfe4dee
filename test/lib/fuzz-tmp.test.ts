/** Every reader of files, with files that were changed at random: each is read, or refused by name with what was expected. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, it } from "vitest";
import { readNotebook, writeNotebook } from "../../kernel/runner/notebook-file.js";
import { amesFile } from "../../lib/datasets/ames.js";
import { loadHousePrices } from "../../lib/datasets/house-prices.js";
import { readIdx } from "../../lib/datasets/idx.js";
import { scoreSubmission } from "../../lib/datasets/submission.js";
import { BatchNorm } from "../../lib/layers/batch-norm.js";
import { Conv2D } from "../../lib/layers/conv2d.js";
import { Dense } from "../../lib/layers/dense.js";
import { Dropout } from "../../lib/layers/dropout.js";
import { Sequential } from "../../lib/layers/sequential.js";
import { Adam } from "../../lib/optimizers/adam.js";
import { loadCheckpoint, saveCheckpoint } from "../../lib/persistence/checkpoint.js";
import { loadModel, saveModel } from "../../lib/persistence/model.js";
import { loadTensors, saveTensors } from "../../lib/persistence/tensors.js";
import { readCsv } from "../../lib/preprocessing/read-csv.js";
import { Random } from "../../lib/random.js";
import { reduceOnPlateau } from "../../lib/schedules.js";
import { ResultsFile } from "../../lib/search/results-file.js";
import { tf } from "../../lib/tensor.js";
import { newHistory } from "../../lib/training/history.js";
import { temporaryFolder } from "../helpers/folder.js";
import "../helpers/tensors.js";

const model = () => new Sequential(new Dense(2, 3), new BatchNorm(3), new Dropout(0.5), new Dense(3, 1));
const training = () => ({
  model: model(),
  optimizer: new Adam({ learningRate: reduceOnPlateau(0.1, { patience: 1 }) }),
  randoms: { shuffle: new Random(1) },
});
const idx = Buffer.from([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6]);
const table = 'Id,"a ""b""",c\n1,"x,y",3\n2,NA,4.5e3\n3,"z\nw",-1\n';
const cell = {
  cell_type: "code",
  id: "a",
  metadata: { tags: ["parameters"] },
  execution_count: 1,
  source: ["let a = 1;"],
};
const outputs = [
  { output_type: "stream", name: "stdout", text: ["1\n", "2"] },
  {
    output_type: "execute_result",
    execution_count: 1,
    data: { "text/plain": ["1"], "application/json": { a: [1] } },
    metadata: {},
  },
  { output_type: "error", ename: "E", evalue: "e", traceback: ["at"] },
];
const text = { cell_type: "markdown", id: "b", metadata: {}, source: "# Text" };
const notebook = { cells: [{ ...cell, outputs }, text], metadata: { kernelspec: {} }, nbformat: 4, nbformat_minor: 5 };
const search = { name: "trial", seed: 0 };
const outcome = { status: "done", loss: 1, metrics: { rmse: 2 }, reports: [[1, 0.5]], seconds: 1 };
const lines = [search, [0, outcome], [1, { status: "failed", reason: "lost", reports: [], seconds: 0 }]];
const firstLines = (file: string, count: number) => readFileSync(file, "utf8").split("\n").slice(0, count).join("\n");

/** A file that can be read, and its reader. */
interface Case {
  /** How it is changed: JSON, JSON behind 8 bytes with its length, lines of JSON, cells; undefined for bytes alone. */
  form?: "json" | "header" | "lines" | "cells";
  write(file: string): void;
  read(file: string): void;
}

const cases: Record<string, Case> = {
  tensors: {
    form: "header",
    write: (file) =>
      saveTensors(file, { x: tf.ones([2, 2]), "a b": tf.tensor1d([1, 2], "int32"), c: tf.tensor1d([true], "bool") }),
    read: (file) => tf.dispose(loadTensors(file)),
  },
  model: {
    form: "header",
    write: (file) => saveModel(file, new Sequential(new Conv2D(1, 1, 2), ...model().layers)),
    read: (file) => loadModel(file).dispose(),
  },
  checkpoint: {
    form: "header",
    write: (file) => saveCheckpoint(file, { ...training(), history: newHistory(), notes: { epoch: 1 } }),
    read: (file) => {
      const own = training();
      try {
        loadCheckpoint(file, own);
      } finally {
        own.model.dispose();
        own.optimizer.dispose();
      }
    },
  },
  idx: { write: (file) => writeFileSync(file, idx), read: (file) => void readIdx(file) },
  packed: { write: (file) => writeFileSync(file, gzipSync(idx)), read: (file) => void readIdx(file) },
  table: { write: (file) => writeFileSync(file, table), read: (file) => void readCsv(file) },
  houses: {
    form: "cells",
    write: (file) => writeFileSync(file, firstLines(amesFile("train.csv"), 4)),
    read: (train) => void loadHousePrices({ train }),
  },
  submission: {
    form: "cells",
    write: (file) => writeFileSync(file, "Id,SalePrice\n1,100\n2,200.5\n"),
    read: (file) => void scoreSubmission(file, file),
  },
  notebook: {
    form: "json",
    write: (file) => writeFileSync(file, JSON.stringify(notebook)),
    read: (file) => writeNotebook(`${file}.out`, readNotebook(file)),
  },
  results: {
    form: "lines",
    write: (file) => writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join("")),
    read: (file) => void new ResultsFile(file, search),
  },
};

/** What stands in the place of something else. */
const parts = [null, -1, 1e308, 0.5, 2 ** 53, 7, [], {}, "x", "", true, "__proto__", [[1]], "NaN", undefined];

/** `value` with another one in place of a part of it, or of all; a text that is JSON, as a model's notes are, has parts too. */
function other(value: unknown, random: Random): unknown {
  const isText = typeof value === "string" && value.startsWith('{"');
  const keys = Object.keys(typeof value === "string" ? {} : Object(value));
  if (random.uniform() < 0.3 || (keys.length === 0 && !isText)) return oneOf(parts, random);
  if (isText) return JSON.stringify(other(JSON.parse(value), random));
  const key = oneOf(keys, random);
  const copy = Array.isArray(value) ? [...value] : { ...Object(value) };
  copy[key] = other(copy[key], random);
  return copy;
}

const oneOf = <T>(values: readonly T[], random: Random): T => values[Math.floor(random.uniform(0, values.length))]!;
const otherJson = (text: string, random: Random) => JSON.stringify(other(JSON.parse(text), random)) ?? "";

/** The bytes of a file after one change: of its form for two thirds of the seeds, else of some bytes. */
function changed(bytes: Buffer, form: Case["form"], seed: number): Buffer {
  const random = new Random(seed);
  const place = Math.floor(random.uniform(0, bytes.length));
  const kind = oneOf(["cut", "twice", "byte", ...Array(6).fill(form ?? "byte")], random);
  if (kind === "cut") return bytes.subarray(0, place);
  if (kind === "twice") return Buffer.concat([bytes, bytes.subarray(place)]);
  if (kind === "byte") return Buffer.from(bytes.map((byte, i) => (i === place ? random.uniform(0, 256) : byte)));
  if (kind === "json") return Buffer.from(otherJson(bytes.toString(), random));
  if (kind === "header") {
    const length = Number(bytes.readBigUInt64LE());
    const header = Buffer.from(otherJson(bytes.toString("utf8", 8, 8 + length), random));
    const count = Buffer.alloc(8);
    count.writeBigUInt64LE(BigInt(header.length));
    return Buffer.concat([count, header, bytes.subarray(8 + length)]);
  }
  const pieces = bytes.toString().split(kind === "lines" ? /(\n)/ : /([,\n])/);
  const i = 2 * Math.floor(random.uniform(0, pieces.length / 2));
  pieces[i] = kind === "lines" && pieces[i] ? otherJson(pieces[i], random) : String(oneOf(parts, random));
  return Buffer.from(pieces.join(""));
}

it.each(Object.keys(cases))("a file that was changed at random is read, or refused by name: %s", (name) => {
  const { form, write, read } = cases[name]!;
  const file = join(temporaryFolder().path, "foreign");
  write(file);
  const bytes: Buffer = readFileSync(file);
  read(file);
  const before = tf.memory().numTensors;
  fc.assert(
    fc.property(fc.noBias(fc.integer()), (seed) => {
      writeFileSync(file, changed(bytes, form, seed));
      tf.tidy(() => {
        try {
          read(file);
        } catch (error) {
          expect(String(error)).toMatch(/\bforeign\b/);
          expect(String(error)).toMatch(/expected .*, received:? /is);
          expect(String(error)).not.toMatch(
            /cannot (read|destructure)|is not (a function|iterable)|Invalid array|call stack/i,
          );
        }
      });
    }),
    { numRuns: 20000 },
  );
  expect(tf.memory().numTensors).toBe(before);
});
