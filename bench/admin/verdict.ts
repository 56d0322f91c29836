/** What lists may cost, and whether they cost more. */
import type { Latencies } from "../load/report.ts";
import type { ListTimes } from "./list_reader.ts";

const LIST_P99_MS_MAX = 100;
/** By how much the median of messages may grow beside the lists. */
const P50_GROWTH_MAX = 0.2;
const MESSAGE_P99_MS_MAX = 5;

export interface Measured {
  /** Of messages, without lists and with them. */
  readonly quiet: Latencies;
  readonly busy: Latencies;
  /** Share of the time for which the broker was ready, but its core was taken. */
  readonly brokerWaited: number;
  readonly lists: readonly ListTimes[];
}

/** A line of the table. */
export interface Finding {
  readonly what: string;
  readonly value: number;
  readonly limit: number;
  readonly ok: boolean;
}

/** `tolerance`: what the limits are multiplied by. */
export function judge({ quiet, busy, lists }: Measured, tolerance: number): Finding[] {
  const finding = (what: string, value: number, limit: number) => {
    const allowed = limit * tolerance;
    return { what, value: Number(value.toFixed(2)), limit: allowed, ok: value < allowed };
  };
  return [
    finding("lists, p99, ms", quantile(lists.map(({ ms }) => ms), 0.99), LIST_P99_MS_MAX),
    finding("messages, p50 grows by", busy.p50 / quiet.p50 - 1, P50_GROWTH_MAX),
    finding("messages, p99, ms", busy.p99 / 1000, MESSAGE_P99_MS_MAX),
  ];
}

/** Figures and limits under each other, what they come from, and the lists that took longest. */
export function table(findings: readonly Finding[], { quiet, busy, lists }: Measured): string {
  const rows = findings.map(({ what, value, limit, ok }) =>
    `${what.padEnd(24)}${String(value).padStart(10)}${String(limit).padStart(10)}  ${
      ok ? "ok" : "MISSED"
    }`
  );
  return [
    `${"".padEnd(24)}${"measured".padStart(10)}${"below".padStart(10)}`,
    ...rows,
    "",
    `messages by themselves: p50 ${quiet.p50} µs, p99 ${quiet.p99} µs`,
    `messages beside lists:  p50 ${busy.p50} µs, p99 ${busy.p99} µs`,
    `${lists.length} lists; the slowest of each, ms:`,
    ...slowest(lists).map(({ list, ms }) => `${ms.toFixed(1).padStart(8)}  ${list}`),
  ].join("\n");
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
}

function slowest(lists: readonly ListTimes[]): ListTimes[] {
  const worst = new Map<string, number>();
  for (const { list, ms } of lists) worst.set(list, Math.max(ms, worst.get(list) ?? 0));
  return [...worst].map(([list, ms]) => ({ list, ms })).toSorted((a, b) => b.ms - a.ms);
}
