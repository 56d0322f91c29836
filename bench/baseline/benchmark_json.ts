/** What is kept of one benchmark of `deno bench --json`. */
export interface Measured {
  /** File relative to `bench/`, and name: unique. */
  readonly key: string;
  /** Of an iteration, in nanoseconds. */
  readonly minNs: number;
  readonly averageNs: number;
}

/** The part of the output that is read. */
interface BenchmarkOutput {
  readonly benches: readonly {
    readonly origin: string;
    readonly name: string;
    readonly results: readonly {
      readonly ok?: { readonly min: number; readonly avg: number };
      readonly failed?: unknown;
    }[];
  }[];
}

/** Throws when a benchmark has failed, or there is none. */
export function parseBenchmarks(text: string): Measured[] {
  const { benches } = JSON.parse(text) as BenchmarkOutput;
  if (benches.length === 0) throw new Error("no benchmark ran");
  return benches.map(({ origin, name, results }) => {
    const key = `${origin.slice(origin.lastIndexOf("/bench/") + "/bench/".length)}: ${name}`;
    const ok = results[0]?.ok;
    if (ok === undefined) throw new Error(`${key} has failed`);
    return { key, minNs: ok.min, averageNs: ok.avg };
  });
}
