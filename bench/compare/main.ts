/**
 * This broker beside mosquitto and aedes on this machine: `deno task bench:compare`. Needs Linux,
 * two cores that nothing else uses, and `taskset`.
 */
import { ROOT } from "../support/broker_process.ts";
import {
  type BrokerName,
  type CompareArguments,
  parseCompareArguments,
  USAGE,
} from "./arguments.ts";
import { AedesBroker } from "./brokers/aedes.ts";
import { BareForwarder } from "./brokers/bare.ts";
import type { ComparedBroker } from "./brokers/broker.ts";
import { Mosquitto } from "./brokers/mosquitto.ts";
import { TideMq } from "./brokers/tidemq.ts";
import { requirePinning } from "../support/own_core.ts";
import { compare } from "./comparison.ts";
import { runLoadProcess } from "./load_process.ts";
import { publish } from "./publication.ts";
import { describeMachine } from "../support/machine.ts";
import { formatFigure, markdownTable } from "./table.ts";
import { type Run, summarize } from "./summary.ts";
import { metricsOf } from "./metrics.ts";
import { scenarioOf } from "../load/scenarios.ts";

function brokerOf(name: BrokerName, { mosquitto }: CompareArguments): ComparedBroker {
  switch (name) {
    case "tidemq":
      return new TideMq();
    case "mosquitto":
      return new Mosquitto(mosquitto);
    case "aedes":
      return new AedesBroker();
    case "bare":
      return new BareForwarder();
  }
}

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    console.log(USAGE);
    return 0;
  }
  const options = parseCompareArguments(args);
  await requirePinning();
  await Deno.mkdir(`${ROOT}bench/out`, { recursive: true });
  const brokers = options.brokers.map((name) => brokerOf(name, options));
  const versions: Record<string, string> = {};
  for (const broker of brokers) versions[broker.name] = await broker.prepare();
  const { rounds, seconds, warmUp } = options;
  const date = new Date().toISOString().slice(0, 10);
  const machine = await describeMachine();
  const runs = await compare(brokers, {
    ...options,
    load: (scenario, broker) => runLoadProcess(scenario, broker, options),
    onRun: show,
  });
  const rows = summarize(runs, options.brokers);
  const table = markdownTable(rows, options.brokers);
  console.log(`\n${table}`);
  const conditions = { date, machine, versions, rounds, seconds, warmUp };
  await publish({ conditions, runs, rows, table, brokers: options.brokers }, options.save);
  return runs.some(({ broker, failure }) => broker === "tidemq" && failure !== undefined) ? 1 : 0;
}

function show({ round, scenario, broker, report, failure }: Run): void {
  const figures = metricsOf(scenarioOf(scenario)).map((metric) => {
    return report === undefined ? "" : `${formatFigure(metric, metric.of(report))} ${metric.unit}`;
  });
  const cpu = (share: number | undefined) => `${Math.round(100 * (share ?? 0))} %`;
  console.log(
    `round ${round + 1}  ${scenario.padEnd(5)}${broker.padEnd(10)} ` +
      `${failure === undefined ? figures.join(", ") : `failed: ${failure}`}` +
      `  (broker ${cpu(report?.brokerCpu)}, load ${cpu(report?.loadCpu)})`,
  );
}

try {
  Deno.exit(await main(Deno.args));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  Deno.exit(2);
}
