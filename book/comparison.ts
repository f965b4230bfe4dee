/** The measured comparisons as tables, from the files that `npm run bench` writes: no figure here is typed by hand. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { escapeHtml } from "./markdown.js";

/** A figure of the bench: what was measured, of which engine or kernel. */
interface Row {
  what: string;
  who: string;
  value: number;
}

/**
 * The rows of a bench's file, its fields under the names that `Row` has; the latest file in `out/`, else the stored one in
 * `docs/`; undefined, and said, where there is neither.
 */
function readRows(
  root: string,
  file: string,
  fields: Record<keyof Row, string>,
): { rows: Row[]; machine: string } | undefined {
  const path = [join(root, "out", file), join(root, "docs", file)].find(existsSync);
  if (path) {
    const { rows, machine } = JSON.parse(readFileSync(path, "utf8"));
    const words = Object.entries(machine).map(([what, value]) => (what === "processor" ? value : `${what} ${value}`));
    const named = (row: Record<string, unknown>): Row => ({
      what: `${row[fields.what]}`,
      who: `${row[fields.who]}`,
      value: Number(row[fields.value]),
    });
    return { rows: rows.map(named), machine: words.join(", ") };
  }
  console.log(`The landing page has no table of ${file}: run npm run bench.`);
  return undefined;
}

const digits = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

/** What was measured down, who was measured across; the best of each line in bold. */
function table(caption: string, corner: string, rows: readonly Row[]): string {
  const names = (key: "what" | "who") => [...new Set(rows.map((row) => row[key]))];
  const columns = names("who");
  const lines = names("what").map((what) => {
    const found = columns.map((who) => rows.find((row) => row.what === what && row.who === who)?.value);
    const best = Math.min(...found.filter((value) => value !== undefined));
    const cells = found.map((value) => {
      if (value === undefined) return "<td>–</td>";
      return value === best ? `<td><strong>${digits(value)}</strong></td>` : `<td>${digits(value)}</td>`;
    });
    return `<tr><th scope="row">${escapeHtml(what)}</th>${cells.join("")}</tr>`;
  });
  return `<div class="output table" tabindex="0"><table>
<caption>${escapeHtml(caption)}</caption>
<thead><tr><th scope="col">${corner}</th>${columns.map((who) => `<th scope="col">${escapeHtml(who)}</th>`).join("")}</tr></thead>
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
  const caption = `Milliseconds, measured side by side on ${bench.machine}; smaller is better.`;
  return [...tables.values()].map((own) => table(caption, "workload", own)).join("\n");
}

/** The kernel beside other kernels, from `npm run bench kernel`. */
export function kernelTable(root: string): string {
  const bench = readRows(root, "bench-kernel.json", { what: "measure", who: "kernel", value: "value" });
  if (!bench) return "";
  return table(`Measured side by side on ${bench.machine}; smaller is better.`, "ms, or MB", bench.rows);
}
