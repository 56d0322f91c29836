import { type Scenario, scenarioOf, SCENARIOS } from "./scenarios.ts";

export interface LoadArguments {
  readonly scenario: Scenario;
  readonly port: number;
  readonly webSocketPath: string;
  /** Of the broker; undefined: its CPU and memory are reported as 0. */
  readonly pid: number | undefined;
  readonly seconds: number;
  readonly warmUp: number;
  /** How long a delivery may be awaited after the load before it counts as lost, in seconds. */
  readonly lostAfter: number;
}

export const USAGE = `Usage: bench/load/main.ts --port PORT --scenario NAME [OPTIONS]

  --port PORT        Where the broker listens on 127.0.0.1
  --scenario NAME    ${SCENARIOS.map(({ name }) => name).join(", ")}
  --ws-path PATH     The path of the WebSocket upgrade, for a-ws (/mqtt)
  --pid PID          Process id of the broker, to report its CPU and memory
  --seconds N        Measured seconds (2)
  --warm-up N        Seconds of load before that (1)
  --lost-after N     Seconds without a delivery after which what is missing is lost (10)
`;

/** Throws an Error that says what is wrong with them. */
export function parseLoadArguments(args: readonly string[]): LoadArguments {
  const given = pairs(args);
  const whole = (flag: string, from: number, to: number) => {
    const value = number(given, flag, from, to);
    if (value !== undefined && !Number.isInteger(value)) throw new Error(`${flag} is not whole`);
    return value;
  };
  const port = whole("--port", 1, 65_535);
  const scenario = given.get("--scenario");
  if (port === undefined || scenario === undefined) {
    throw new Error("--port and --scenario are needed");
  }
  return {
    port,
    scenario: scenarioOf(scenario),
    webSocketPath: given.get("--ws-path") ?? "/mqtt",
    pid: whole("--pid", 1, 2 ** 31),
    seconds: number(given, "--seconds", 0.1, 3600) ?? 2,
    warmUp: number(given, "--warm-up", 0, 3600) ?? 1,
    lostAfter: number(given, "--lost-after", 0.1, 3600) ?? 10,
  };
}

const FLAGS = new Set([
  "--port",
  "--scenario",
  "--ws-path",
  "--pid",
  "--seconds",
  "--warm-up",
  "--lost-after",
]);

function pairs(args: readonly string[]): Map<string, string> {
  const given = new Map<string, string>();
  for (let index = 0; index < args.length; index += 2) {
    const [flag, value] = [args[index]!, args[index + 1]];
    if (!FLAGS.has(flag)) throw new Error(`Unknown flag ${flag}`);
    if (value === undefined) throw new Error(`${flag} needs a value`);
    given.set(flag, value);
  }
  return given;
}

function number(
  given: ReadonlyMap<string, string>,
  flag: string,
  from: number,
  to: number,
): number | undefined {
  const text = given.get(flag);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!(value >= from && value <= to)) throw new Error(`${flag} must be from ${from} to ${to}`);
  return value;
}
