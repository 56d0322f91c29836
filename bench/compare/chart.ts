import type { Metric } from "./metrics.ts";
import type { SummaryRow } from "./summary.ts";
import { barChart, type Panel } from "./svg_chart.ts";
import { formatFigure } from "./table.ts";

const TITLES: Readonly<Record<Metric["unit"], string>> = {
  "messages/s": "Messages delivered per second on one core: more is better",
  "µs": "Latency in microseconds: less is better",
  "% of a core": "Processor time in per cent of a core: less is better",
  s: "Seconds: less is better",
  bytes: "Bytes for a connection: less is better",
};

/** The comparison as a picture: one panel for each unit. */
export function comparisonChart(rows: readonly SummaryRow[], brokers: readonly string[]): string {
  const panels = Object.entries(TITLES).map(([unit, title]): Panel => ({
    title,
    rows: rows.filter(({ metric }) => metric.unit === unit).map((row) => panelRow(row, brokers)),
  }));
  return barChart(brokers, panels.filter(({ rows }) => rows.length > 0));
}

function panelRow({ metric, figures }: SummaryRow, brokers: readonly string[]) {
  const bars = brokers.flatMap((broker, series) => {
    const value = figures.get(broker)?.median;
    // Less than nothing has no place on a logarithmic axis.
    if (value === undefined || value <= 0) return [];
    return [{ series, value, text: formatFigure(metric, value) }];
  });
  return { label: `${metric.scenario}. ${metric.title}`, bars };
}
