import type { Metric } from "./metrics.ts";
import { type Figure, type SummaryRow, timesBetter } from "./summary.ts";
import { verdictOf } from "./targets.ts";

/** Behind a figure that the generator may have limited. */
const LIMITED = "†";
/** Behind a figure that something else may have spoilt. */
const DISTURBED = "‡";

/** The whole comparison as a Markdown table with aligned columns, and its footnotes. */
export function markdownTable(rows: readonly SummaryRow[], brokers: readonly string[]): string {
  const others = brokers.slice(1);
  const head = ["scenario", "unit", ...brokers, ...others.map((name) => `× ${name}`), "wanted"];
  const body = rows.map((row) => {
    const { metric, figures, ratios } = row;
    return [
      `${metric.key}. ${metric.title}`,
      metric.unit,
      ...brokers.map((name) => cell(metric, figures.get(name))),
      ...others.map((name) => ratioText(ratios.get(name))),
      wantedText(row, rows),
    ];
  });
  return [aligned([head, ...body]), ...footnotes(rows)].join("\n\n");
}

export function formatFigure({ unit }: Pick<Metric, "unit">, value: number): string {
  if (unit === "s") return value.toFixed(2);
  return Math.round(value).toLocaleString("en");
}

function cell(metric: Metric, figure: Figure | undefined): string {
  if (figure === undefined) return "";
  if (figure.median === undefined) return "failed";
  const marks = [figure.loadWasLimit && LIMITED, figure.disturbed && DISTURBED].filter(Boolean);
  return [formatFigure(metric, figure.median), ...marks].join(" ");
}

function ratioText(ratio: number | undefined): string {
  if (ratio === undefined) return "";
  return ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(2);
}

function wantedText(row: SummaryRow, rows: readonly SummaryRow[]): string {
  const verdict = verdictOf(row, rows);
  if (verdict === undefined) return "";
  if (verdict.reached !== false) return verdict.target;
  const { metric, figures } = row;
  const bare = timesBetter(metric, figures.get("bare"), figures.get("mosquitto"));
  const limit = bare === undefined ? "" : `; bare: ${ratioText(bare)}`;
  return `${verdict.target} (missed${limit})`;
}

function footnotes(rows: readonly SummaryRow[]): string[] {
  const notes: string[] = [];
  const failures = new Set<string>();
  const retries = new Set<string>();
  let [limited, anyDisturbed] = [false, false];
  for (const { metric, figures } of rows) {
    for (const [broker, { failure, retried, loadWasLimit, disturbed }] of figures) {
      const where = `${metric.scenario}, ${broker}`;
      if (failure !== undefined) failures.add(`- ${where}: ${failure}`);
      if (retried.length > 0) retries.add(`- ${where}: ${retried.join("; ")}`);
      limited ||= loadWasLimit;
      anyDisturbed ||= disturbed;
    }
  }
  if (limited) {
    notes.push(`${LIMITED} The load generator used a whole core: the broker may do more.`);
  }
  if (anyDisturbed) {
    notes.push(`${DISTURBED} The broker or the generator waited for its core: something else ran.`);
  }
  if (failures.size > 0) notes.push(`Failed:\n\n${[...failures].join("\n")}`);
  if (retries.size > 0) notes.push(`Failed, and measured again:\n\n${[...retries].join("\n")}`);
  return notes;
}

function aligned([head, ...body]: readonly (readonly string[])[]): string {
  const widths = head!.map((_, column) =>
    Math.max(...[head!, ...body].map((cells) => cells[column]!.length))
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(head!), rule, ...body.map(line)].join("\n");
}
