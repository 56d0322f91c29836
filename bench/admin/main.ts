/**
 * What the lists of the admin API cost: `deno task bench:admin`. A broker with many sessions carries
 * 20,000 messages a second, once by itself and once while ten lists a second are asked for. Needs
 * Linux, two cores and `taskset`. The exit code is 1 when a limit is missed, and 3 when it is missed
 * while others took the broker's core.
 */
import { runLoadProcess } from "../compare/load_process.ts";
import { ClientLoop } from "../load/client_loop.ts";
import { DISTURBED_WAIT_SHARE, type LoadReport } from "../load/report.ts";
import { scenarioOf } from "../load/scenarios.ts";
import { makeSleepers } from "../support/crowd.ts";
import {
  type MeasuredBroker,
  requireDataFolder,
  startMeasuredBroker,
} from "../support/measured_broker.ts";
import { moveToLoadCore } from "../support/own_core.ts";
import { parseArguments, USAGE } from "./arguments.ts";
import { ListReader } from "./list_reader.ts";
import { judge, type Measured, table } from "./verdict.ts";

const SESSIONS = 100_000;
const SUBSCRIPTIONS_EACH = 10;
/** 20,000 messages a second, one in each segment. */
const LOAD = "f";
const WARM_UP_SECONDS = 1;
const WARM_UP_ROUNDS = 10;

function fill({ port }: MeasuredBroker, sessions: number): void {
  const loop = new ClientLoop({ port, webSocketPath: undefined });
  const filters = (index: number) =>
    Array.from({ length: SUBSCRIPTIONS_EACH }, (_, i) => {
      return i === 0 ? `site/${index % 1_000}/#` : `site/${index}/device/${i}/state`;
    });
  makeSleepers(loop, sessions, filters);
  loop.end();
}

async function measure(broker: MeasuredBroker, seconds: number): Promise<Measured> {
  const load = () => runLoadProcess(scenarioOf(LOAD), broker, { seconds, warmUp: WARM_UP_SECONDS });
  const [, base] = /(http:\/\/127\.0\.0\.1:\d+\/api\/v1)/.exec(broker.banner)!;
  const [token] = /tide_[0-9a-f]{12}_[\w-]{43}/.exec(broker.banner)!;
  const reader = new ListReader(base!, token);
  await reader.warmUp(WARM_UP_ROUNDS);
  const quiet = accepted(await load());
  let done = false;
  const loaded = load().finally(() => done = true);
  const [report, lists] = await Promise.all([
    loaded,
    reader.read(() => done),
  ]);
  const busy = accepted(report);
  const brokerWaited = Math.max(quiet.brokerWaited, busy.brokerWaited);
  return { quiet: quiet.latencyUs, busy: busy.latencyUs, brokerWaited, lists };
}

function accepted(report: LoadReport): LoadReport {
  if (report.failure !== undefined) throw new Error(report.failure);
  return report;
}

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    console.log(USAGE);
    return 0;
  }
  const { scale, seconds, tolerance } = parseArguments(args);
  await requireDataFolder();
  await moveToLoadCore();
  await using broker = await startMeasuredBroker({ "storage.type": "memory", "log.level": "warn" });
  const sessions = Math.round(SESSIONS * scale);
  fill(broker, sessions);
  console.log(`${sessions} sessions, ${sessions * SUBSCRIPTIONS_EACH} subscriptions\n`);
  const measured = await measure(broker, seconds);
  const findings = judge(measured, tolerance);
  console.log(table(findings, measured));
  if (findings.every(({ ok }) => ok)) return 0;
  if (measured.brokerWaited < DISTURBED_WAIT_SHARE) return 1;
  const percent = Math.round(measured.brokerWaited * 100);
  console.log(`\nno verdict: for ${percent} % of the time others had the broker's core`);
  return 3;
}

try {
  Deno.exit(await main(Deno.args));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  Deno.exit(2);
}
