/** What was seen at one moment of the run. */
export interface Sample {
  /** Since the load began. */
  readonly seconds: number;
  readonly residentBytes: number;
  /** Of the deliveries since the last sample. */
  readonly p99Us: number;
  /** By name, as the broker reports them. */
  readonly counts: Readonly<Record<string, number>>;
}

/** How much more the last minute may have than the third. */
const MEMORY_GROWTH_MAX = 0.05;
const LATENCY_GROWTH_MAX = 0.2;
/** Clients come and go: a count may be higher by chance, by so much. */
const COUNT_GROWTH_MAX = 0.05;
const WINDOW_SECONDS = 60;
const REFERENCE_SECONDS = 120;

export interface Check {
  readonly what: string;
  /** Means of the windows that are compared. */
  readonly before: number;
  readonly after: number;
  readonly ok: boolean;
}

/**
 * Compares the last minute with the third; in a run of less than four minutes, the last quarter with
 * the one before. Throws when there are no samples to compare.
 */
export function judge(samples: readonly Sample[], totalSeconds: number): Check[] {
  const window = Math.min(WINDOW_SECONDS, totalSeconds / 4);
  const from = Math.min(REFERENCE_SECONDS, totalSeconds / 2);
  const reference = samples.filter(({ seconds }) => seconds > from && seconds <= from + window);
  const last = samples.filter(({ seconds }) => seconds > totalSeconds - window);
  if (reference.length === 0 || last.length === 0) throw new Error("there are too few samples");
  const check = (what: string, growthMax: number, of: (sample: Sample) => number): Check => {
    const before = mean(reference.map(of));
    const after = mean(last.map(of));
    return { what, before, after, ok: after <= before * (1 + growthMax) };
  };
  return [
    check("resident memory, bytes", MEMORY_GROWTH_MAX, ({ residentBytes }) => residentBytes),
    check("latency p99, µs", LATENCY_GROWTH_MAX, ({ p99Us }) => p99Us),
    ...Object.keys(last.at(-1)!.counts).map((name) =>
      check(name, COUNT_GROWTH_MAX, ({ counts }) => counts[name] ?? 0)
    ),
  ];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
