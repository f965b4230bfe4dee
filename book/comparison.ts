/** The measured comparisons as tables, from the files that `npm run bench` writes: no figure here is typed by hand. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { escapeHtml } from "./escape.js";

/** A figure of the bench: what was measured, of which engine or kernel. */
interface Row {
  what: string;
  who: string;
  value: number;
}

/** What a bench writes. */
interface BenchFile {
  machine: Record<string, string>;
  /** What the workloads of the rows are, where their names do not say it. */
  workloads?: { name: string; title: string; unit: string }[];
  rows: Record<string, string | number>[];
}

/**
 * The rows of a bench's file, its fields under the names that `Row` has, workloads with their titles and units; the latest
 * file in `out/`, else the stored one in `docs/`; undefined, and said, where there is neither.
 */
function readRows(
  root: string,
  file: string,
  fields: Record<keyof Row, string>,
): { rows: Row[]; machine: string } | undefined {
  const path = [join(root, "out", file), join(root, "docs", file)].find(existsSync);
  if (path) {
    const { rows, machine, workloads = [] }: BenchFile = JSON.parse(readFileSync(path, "utf8"));
    const words = Object.entries(machine).map(([what, value]) => (what === "processor" ? value : `${what} ${value}`));
    const titles = new Map(workloads.map(({ name, title, unit }) => [name, `${name}, ${title}: ${unit}`]));
    const named = (row: BenchFile["rows"][number]): Row => ({
      what: titles.get(`${row[fields.what]}`) ?? `${row[fields.what]}`,
      who: `${row[fields.who]}`,
      value: Number(row[fields.value]),
    });
    return { rows: rows.map(named), machine: words.join(", ") };
  }
  console.log(`The landing page has no table of ${file}: run npm run bench.`);
  return undefined;
}

const digits = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

/** What was measured and who was measured, one of them down and the other across; the best of each measure in bold. */
function table(caption: string, corner: string, down: "what" | "who", rows: readonly Row[]): string {
  const across = down === "what" ? "who" : "what";
  const names = (key: "what" | "who") => [...new Set(rows.map((row) => row[key]))];
  const columns = names(across);
  const bestOf = (what: string) => Math.min(...rows.filter((row) => row.what === what).map(({ value }) => value));
  const lines = names(down).map((name) => {
    const cells = columns.map((column) => {
      const row = rows.find((one) => one[down] === name && one[across] === column);
      if (!row) return "<td>–</td>";
      const value = digits(row.value);
      return row.value === bestOf(row.what) ? `<td><strong>${value}</strong></td>` : `<td>${value}</td>`;
    });
    return `<tr><th scope="row">${escapeHtml(name)}</th>${cells.join("")}</tr>`;
  });
  return `<div class="output table" tabindex="0"><table>
${caption && `<caption>${escapeHtml(caption)}</caption>`}
<thead><tr><th scope="col">${corner}</th>${columns.map((column) => `<th scope="col">${escapeHtml(column)}</th>`).join("")}</tr></thead>
<tbody>${lines.join("\n")}</tbody>
</table></div>`;
}

/** Time of training steps and whole experiments, beside the peers of `npm run bench`. */
export function speedTable(root: string): string {
  const bench = readRows(root, "bench.json", { what: "workload", who: "engine", value: "ms" });
  if (!bench) return "";
  const { rows } = bench;
  // Workloads with the same peers make one table.
  const tables = new Map<string, Row[]>();
  for (const what of new Set(rows.map((row) => row.what))) {
    const own = rows.filter((row) => row.what === what);
    const peers = own.map(({ who }) => who).join();
    tables.set(peers, [...(tables.get(peers) ?? []), ...own]);
  }
  const caption = `Measured side by side on ${bench.machine}; smaller is better.`;
  const [first, ...others] = [...tables.values()].map((own, i) => table(i === 0 ? caption : "", "engine", "who", own));
  return `${first}
<details><summary>All that <code>npm run bench</code> measures</summary>
${others.join("\n")}
</details>`;
}

/** The kernel beside other kernels, from `npm run bench kernel`. */
export function kernelTable(root: string): string {
  const bench = readRows(root, "bench-kernel.json", { what: "measure", who: "kernel", value: "value" });
  if (!bench) return "";
  return table(`Measured side by side on ${bench.machine}; smaller is better.`, "ms, or MB", "what", bench.rows);
}
