import { type Scenario, scenarioOf, SCENARIOS } from "../load/scenarios.ts";

export const BROKERS = ["tidemq", "mosquitto", "aedes", "bare"] as const;
export type BrokerName = typeof BROKERS[number];

export interface CompareArguments {
  readonly scenarios: readonly Scenario[];
  readonly brokers: readonly BrokerName[];
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUp: number;
  /** Undefined: Debian's. */
  readonly mosquitto: string | undefined;
  /** Whether the table, chart and figures of the repository are replaced. */
  readonly save: boolean;
}

export const USAGE = `Usage: deno task bench:compare [OPTIONS]

  --scen a,b,...      Scenarios (all): ${SCENARIOS.map(({ name }) => name).join(", ")}
  --brokers a,b,...   Brokers (all): ${BROKERS.join(", ")}
  --rounds N          How often each is measured (3)
  --seconds N         Measured seconds of each scenario (2)
  --warm-up N         Seconds of load before that (1)
  --mosquitto PATH    Another mosquitto than Debian's
  --save              Writes docs/performance.md, its chart and bench/results/compare.json, as a
                      run of everything does; otherwise figures go to bench/out/compare.json
`;

/** Throws an Error that says what is wrong with them. */
export function parseCompareArguments(args: readonly string[]): CompareArguments {
  const given = new Map<string, string>();
  let save = false;
  for (let index = 0; index < args.length; index++) {
    const flag = args[index]!;
    if (flag === "--save") {
      save = true;
      continue;
    }
    const [name, inline] = flag.split("=", 2) as [string, string | undefined];
    if (!FLAGS.has(name)) throw new Error(`Unknown flag ${name}`);
    const value = inline ?? args[++index];
    if (value === undefined) throw new Error(`${name} needs a value`);
    given.set(name, value);
  }
  const brokers = given.get("--brokers")?.split(",").map(brokerName) ?? BROKERS;
  const whole = !given.has("--scen") && !given.has("--brokers");
  const rounds = number(given, "--rounds", 3, 1, 1_000);
  if (!Number.isInteger(rounds)) throw new Error("--rounds must be a whole number");
  return {
    scenarios: given.get("--scen")?.split(",").map(scenarioOf) ?? SCENARIOS,
    // The first is the one that is compared with the others.
    brokers: BROKERS.filter((name) => brokers.includes(name)),
    rounds,
    seconds: number(given, "--seconds", 2, 0.1, 3_600),
    warmUp: number(given, "--warm-up", 1, 0, 3_600),
    mosquitto: given.get("--mosquitto"),
    save: save || whole,
  };
}

const FLAGS = new Set(["--scen", "--brokers", "--rounds", "--seconds", "--warm-up", "--mosquitto"]);

function brokerName(name: string): BrokerName {
  const found = BROKERS.find((known) => known === name);
  if (found !== undefined) return found;
  throw new Error(`No broker is called "${name}": there are ${BROKERS.join(", ")}`);
}

function number(
  given: ReadonlyMap<string, string>,
  flag: string,
  otherwise: number,
  from: number,
  to: number,
): number {
  const text = given.get(flag);
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!(value >= from && value <= to)) throw new Error(`${flag} must be from ${from} to ${to}`);
  return value;
}
