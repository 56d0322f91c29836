/** One ping, in milliseconds. */
export interface RoundTrip {
  readonly ms: number;
  /** For how long the broker's main thread has run meanwhile. */
  readonly brokerMs: number;
}

/** Many of them, in milliseconds. */
export interface RoundTrips {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** The longest time that the broker ran before it answered. */
  readonly brokerMax: number;
}

/** All are 0 when there are none. */
export function summarizeRoundTrips(roundTrips: readonly RoundTrip[]): RoundTrips {
  const sorted = Float64Array.from(roundTrips, ({ ms }) => ms).sort();
  const quantile = (part: number) => sorted[Math.floor(part * (sorted.length - 1))] ?? 0;
  return {
    count: sorted.length,
    p50: quantile(0.5),
    p99: quantile(0.99),
    max: quantile(1),
    brokerMax: roundTrips.reduce((max, { brokerMs }) => Math.max(max, brokerMs), 0),
  };
}
