export interface AdminBenchArguments {
  /** Of 100,000 sessions with ten subscriptions each. */
  readonly scale: number;
  /** Of each of the two measurements, without lists and with them. */
  readonly seconds: number;
  /** What the limits are multiplied by, on machines that do other things, too. */
  readonly tolerance: number;
}

export const USAGE = `Usage: deno task bench:admin [OPTIONS]

  --scale N      Of 100,000 sessions and 1,000,000 subscriptions, 0.001 to 1 (1)
  --seconds N    Of each of the two measurements, 1 to 600 (20)
  --tolerance N  What the limits are multiplied by, 1 to 100 (1)
`;

const BOUNDS: Readonly<Record<keyof AdminBenchArguments, readonly [from: number, to: number]>> = {
  scale: [0.001, 1],
  seconds: [1, 600],
  tolerance: [1, 100],
};

/** Throws an Error that says what is wrong with them. */
export function parseArguments(args: readonly string[]): AdminBenchArguments {
  const given = { scale: 1, seconds: 20, tolerance: 1 };
  for (let index = 0; index < args.length; index += 2) {
    const name = args[index]!.replace(/^--/, "") as keyof typeof given;
    if (!Object.hasOwn(BOUNDS, name)) throw new Error(`Unknown flag ${args[index]}`);
    const [from, to] = BOUNDS[name];
    const value = Number(args[index + 1] ?? NaN);
    if (!(value >= from && value <= to)) {
      throw new Error(`${args[index]} must be from ${from} to ${to}`);
    }
    given[name] = value;
  }
  return given;
}
