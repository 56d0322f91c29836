import type { Measured } from "./benchmark_json.ts";

/** Below this ratio a benchmark is called slower: smaller differences are noise. */
const SLOWER_BELOW = 0.8;
const FASTER_ABOVE = 1.25;

export interface ComparedBenchmark {
  readonly key: string;
  readonly minNs: number;
  /** How many times as fast as the baseline it is; undefined when the baseline does not have it. */
  readonly ratio: number | undefined;
  readonly verdict: "slower" | "faster" | "same" | "new";
}

/**
 * Compares the shortest iterations: whatever else the machine does only makes them longer, and on a
 * busy machine it does so to the average first.
 */
export function compareWithBaseline(
  measured: readonly Measured[],
  baseline: readonly Measured[],
): ComparedBenchmark[] {
  const before = new Map(baseline.map((benchmark) => [benchmark.key, benchmark]));
  return measured.map(({ key, minNs }) => {
    const old = before.get(key);
    if (old === undefined) return { key, minNs, ratio: undefined, verdict: "new" };
    const ratio = old.minNs / minNs;
    const verdict = ratio < SLOWER_BELOW ? "slower" : ratio > FASTER_ABOVE ? "faster" : "same";
    return { key, minNs, ratio, verdict };
  });
}

/** One line for each benchmark. */
export function formatComparison(compared: readonly ComparedBenchmark[]): string {
  const width = Math.max(...compared.map(({ key }) => key.length));
  return compared.map(({ key, minNs, ratio, verdict }) => {
    const times = ratio === undefined ? "" : `${ratio.toFixed(2)} ×`;
    return `${key.padEnd(width)}  ${formatNs(minNs).padStart(9)}  ${times.padStart(7)}  ` +
      (verdict === "same" ? "" : verdict);
  }).map((line) => line.trimEnd()).join("\n");
}

function formatNs(ns: number): string {
  if (ns < 1e3) return `${ns.toFixed(1)} ns`;
  if (ns < 1e6) return `${(ns / 1e3).toFixed(1)} µs`;
  return `${(ns / 1e6).toFixed(1)} ms`;
}
