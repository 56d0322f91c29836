import { ROOT } from "../support/broker_process.ts";
import type { Machine } from "../support/machine.ts";
import { comparisonChart } from "./chart.ts";
import { replaceMeasured } from "../support/document.ts";
import type { Run, SummaryRow } from "./summary.ts";

const DOCUMENT = `${ROOT}docs/performance.md`;
const CHART = `${ROOT}docs/performance.svg`;
const SAVED_RESULTS = `${ROOT}bench/results/compare.json`;
const OTHER_RESULTS = `${ROOT}bench/out/compare.json`;

/** What the figures hold for. */
export interface Conditions {
  /** YYYY-MM-DD */
  readonly date: string;
  readonly machine: Machine;
  /** By broker. */
  readonly versions: Readonly<Record<string, string>>;
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUp: number;
}

export interface Comparison {
  readonly conditions: Conditions;
  readonly brokers: readonly string[];
  readonly runs: readonly Run[];
  readonly rows: readonly SummaryRow[];
  /** The rows as Markdown. */
  readonly table: string;
}

/** Writes all figures to a file; with `save` it is the committed one, and the document follows. */
export async function publish(comparison: Comparison, save: boolean): Promise<void> {
  await Deno.writeTextFile(save ? SAVED_RESULTS : OTHER_RESULTS, resultsJson(comparison));
  if (!save) return;
  await Deno.writeTextFile(CHART, comparisonChart(comparison.rows, comparison.brokers));
  const document = await Deno.readTextFile(DOCUMENT);
  await Deno.writeTextFile(
    DOCUMENT,
    replaceMeasured(document, "bench:compare", section(comparison)),
  );
}

function resultsJson({ conditions, runs, rows }: Comparison): string {
  const summary = rows.map(({ metric, figures, ratios }) => ({
    metric: metric.key,
    unit: metric.unit,
    figures: Object.fromEntries(figures),
    ratios: Object.fromEntries(ratios),
  }));
  return `${JSON.stringify({ ...conditions, summary, runs }, null, 2)}\n`;
}

function section({ conditions, table }: Comparison): string {
  const { date, rounds, seconds, machine, versions } = conditions;
  const { cpu, cores, architecture, kernel } = machine;
  return [
    `Measured on ${date}; medians of ${rounds} rounds, ${seconds} seconds each.`,
    "",
    `- ${cpu}, ${cores} cores (${architecture}), ${kernel}`,
    ...Object.entries(versions).map(([name, version]) => `- ${name} ${version}`),
    "",
    "![The same figures as bars](performance.svg)",
    "",
    table,
  ].join("\n");
}
