/**
 * How long others wait while clients keep the broker busy: `deno task bench:fairness [NAME...]`.
 * Needs Linux, two cores and `taskset`. The exit code is 1 when a scenario held the event loop for
 * longer than it may.
 */
import { Meters } from "../load/meters.ts";
import {
  type MeasuredBroker,
  requireDataFolder,
  startMeasuredBroker,
} from "../support/measured_broker.ts";
import { moveToLoadCore } from "../support/own_core.ts";
import { type LoadOrder, LoadPhase, LoadState } from "./load_state.ts";
import { Probe } from "./probe.ts";
import { HELD_MS_MAX, heldTooLong, type Measured, tableHead, tableRow } from "./report.ts";
import { type FairnessScenario, scenarioOf, SCENARIOS } from "./scenarios.ts";

const SETTLE_MS = 1_000;
const BASELINE_MS = 3_000;
const LOOK_MS = 10;

async function measure(scenario: FairnessScenario): Promise<Measured> {
  await using broker = await startMeasuredBroker({ ...scenario.settings, "log.level": "warn" });
  const state = await startLoad(scenario.name, broker);
  await sleep(SETTLE_MS);
  const meters = new Meters(broker.pid);
  const probe = new Probe(broker.port, meters);
  const baselineEnd = performance.now() + BASELINE_MS;
  const baseline = probe.record(() => performance.now() > baselineEnd);
  const before = meters.read();
  state.become(LoadPhase.go);
  const busy = probe.record(() => !state.is(LoadPhase.go));
  const after = meters.read();
  if (state.is(LoadPhase.failed)) throw new Error(`${scenario.name} failed`);
  return {
    baseline,
    busy,
    seconds: (after.at - before.at) / 1000,
    waitedMs: 1000 * (after.brokerWaited - before.brokerWaited),
  };
}

/** Starts the thread of a load and waits until it is prepared. */
async function startLoad(scenario: string, { port }: MeasuredBroker): Promise<LoadState> {
  const state = new LoadState();
  const order: LoadOrder = { scenario, port, state: state.buffer };
  const url = new URL("load_worker.ts", import.meta.url);
  new Worker(url, { type: "module" }).postMessage(order);
  while (state.is(LoadPhase.preparing)) await sleep(LOOK_MS);
  if (state.is(LoadPhase.failed)) throw new Error(`${scenario} could not be prepared`);
  return state;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function main(names: readonly string[]): Promise<number> {
  if (names.includes("--help")) {
    const known = SCENARIOS.map(({ name, title }) => `  ${name.padEnd(15)} ${title}`);
    console.log(["Usage: deno task bench:fairness [NAME...]", "", ...known].join("\n"));
    return 0;
  }
  const chosen = names.length === 0 ? SCENARIOS : names.map(scenarioOf);
  await requireDataFolder();
  await moveToLoadCore();
  console.log(tableHead());
  let late = 0;
  for (const scenario of chosen) {
    const measured = await measure(scenario);
    console.log(tableRow(scenario.name, measured));
    if (heldTooLong(measured)) late++;
  }
  console.log(`\n${late} of ${chosen.length} kept others waiting for more than ${HELD_MS_MAX} ms`);
  return late === 0 ? 0 : 1;
}

try {
  Deno.exit(await main(Deno.args));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  Deno.exit(2);
}
