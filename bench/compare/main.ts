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
import type { ComparedBroker } from "./brokers/broker.ts";
import { Mosquitto } from "./brokers/mosquitto.ts";
import { TideMq } from "./brokers/tidemq.ts";
import { comparisonChart } from "./chart.ts";
import { compare } from "./comparison.ts";
import { replaceMeasured } from "./document.ts";
import { describeMachine, type Machine } from "../support/machine.ts";
import { formatFigure, markdownTable } from "./table.ts";
import { type Run, summarize, type SummaryRow } from "./summary.ts";
import { metricsOf } from "./metrics.ts";
import { scenarioOf } from "../load/scenarios.ts";

const DOCUMENT = `${ROOT}docs/performance.md`;
const CHART = `${ROOT}docs/performance.svg`;
const SAVED_RESULTS = `${ROOT}bench/results/compare.json`;
const OTHER_RESULTS = `${ROOT}bench/out/compare.json`;

interface Conditions {
  readonly date: string;
  readonly machine: Machine;
  /** By broker. */
  readonly versions: Readonly<Record<string, string>>;
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUp: number;
}

function brokerOf(name: BrokerName, { mosquitto }: CompareArguments): ComparedBroker {
  switch (name) {
    case "tidemq":
      return new TideMq();
    case "mosquitto":
      return new Mosquitto(mosquitto);
    case "aedes":
      return new AedesBroker();
  }
}

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    console.log(USAGE);
    return 0;
  }
  const options = parseCompareArguments(args);
  await Deno.mkdir(`${ROOT}bench/out`, { recursive: true });
  const brokers = options.brokers.map((name) => brokerOf(name, options));
  const versions: Record<string, string> = {};
  for (const broker of brokers) versions[broker.name] = await broker.prepare();
  const { rounds, seconds, warmUp } = options;
  const date = new Date().toISOString().slice(0, 10);
  const conditions = {
    date,
    machine: await describeMachine(),
    versions,
    rounds,
    seconds,
    warmUp,
  };
  const runs = await compare(brokers, { ...options, onRun: show });
  const rows = summarize(runs, options.brokers);
  const table = markdownTable(rows, options.brokers);
  console.log(`\n${table}`);
  await write(options, conditions, runs, rows, table);
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

async function write(
  { save, brokers }: CompareArguments,
  conditions: Conditions,
  runs: readonly Run[],
  rows: readonly SummaryRow[],
  table: string,
): Promise<void> {
  const summary = rows.map(({ metric, figures, ratios }) => ({
    metric: metric.key,
    unit: metric.unit,
    figures: Object.fromEntries(figures),
    ratios: Object.fromEntries(ratios),
  }));
  const results = JSON.stringify({ ...conditions, summary, runs }, null, 2);
  await Deno.writeTextFile(save ? SAVED_RESULTS : OTHER_RESULTS, `${results}\n`);
  if (!save) return;
  await Deno.writeTextFile(CHART, comparisonChart(rows, brokers));
  const document = await Deno.readTextFile(DOCUMENT);
  await Deno.writeTextFile(DOCUMENT, replaceMeasured(document, section(conditions, table)));
}

function section({ date, machine, versions, rounds, seconds }: Conditions, table: string): string {
  const { cpu, cores, architecture, kernel } = machine;
  return [
    `Measured on ${date}; medians of ${rounds} rounds, ${seconds} seconds each.`,
    "",
    `- ${cpu}, ${cores} cores (${architecture}), ${kernel}`,
    ...Object.entries(versions).map(([name, version]) => `- ${name} ${version}`),
    "",
    "![The same figures as bars](performance.svg)",
    "",
    table,
  ].join("\n");
}

try {
  Deno.exit(await main(Deno.args));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  Deno.exit(2);
}
