/**
 * Whether the broker stays as it is under load: `deno task bench:soak [--minutes 10]`. Needs Linux,
 * two cores and `taskset`. The exit code is 1 when memory, latency or a count has grown, 2 when the
 * broker lost something or nothing could be measured.
 */
import { Meters } from "../load/meters.ts";
import { ROOT } from "../support/broker_process.ts";
import { describeMachine } from "../support/machine.ts";
import {
  brokerVersion,
  requireDataFolder,
  startMeasuredBroker,
} from "../support/measured_broker.ts";
import { moveToLoadCore } from "../support/own_core.ts";
import { parseSoakArguments, type SoakArguments, USAGE } from "./arguments.ts";
import { SoakRun } from "./run.ts";
import { judge, type Sample } from "./verdict.ts";

const SHARE_OF_MAXIMUM = 0.5;

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    console.log(USAGE);
    return 0;
  }
  const options = parseSoakArguments(args);
  await requireDataFolder();
  await moveToLoadCore();
  await using broker = await startMeasuredBroker({
    "log.level": "warn",
    "broker.sys_interval": "1s",
  });
  const run = new SoakRun(broker.port, new Meters(broker.pid));
  const rates = chosenRates(run.measureRates(), options);
  console.log(`messages a second at QoS 0, 1 and 2: ${rates.map(Math.round).join(", ")}`);
  const samples = run.run(rates, options.minutes * 60, show);
  run.finish();
  const checks = judge(samples, options.minutes * 60);
  for (const { what, before, after, ok } of checks) {
    const figures = `${Math.round(before)} → ${Math.round(after)}`;
    console.log(`${ok ? "ok    " : "GROWN "} ${what.padEnd(25)} ${figures}`);
  }
  const file = `${ROOT}bench/${options.save ? "results" : "out"}/soak.json`;
  const document = {
    date: new Date().toISOString().slice(0, 10),
    machine: await describeMachine(),
    version: await brokerVersion(),
    minutes: options.minutes,
    rates,
    checks,
    samples,
  };
  await Deno.writeTextFile(file, `${JSON.stringify(document, null, 2)}\n`);
  return checks.every(({ ok }) => ok) ? 0 : 1;
}

/** Half of what was reached, or the given rate in the same proportions. */
function chosenRates(reached: readonly number[], { rate }: SoakArguments): number[] {
  const total = reached.reduce((sum, each) => sum + each, 0);
  const share = rate === undefined ? SHARE_OF_MAXIMUM : rate / total;
  return reached.map((each) => each * share);
}

function show({ seconds, residentBytes, p99Us, counts }: Sample): void {
  const figures = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  console.log(
    `${seconds.toFixed(0).padStart(5)} s  ${(residentBytes / 1e6).toFixed(1)} MB  ` +
      `p99 ${(p99Us / 1000).toFixed(2)} ms  ${figures.join("  ")}`,
  );
}

try {
  Deno.exit(await main(Deno.args));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  Deno.exit(2);
}
