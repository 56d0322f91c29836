/**
 * What one of each thing costs the broker in memory and on disk: `deno task bench:capacity
 * [NAME...]`. A run of everything writes the figures into docs/capacity.md. Needs Linux, two cores,
 * `taskset`, and takes some minutes.
 */
import { ClientLoop } from "../load/client_loop.ts";
import { Meters } from "../load/meters.ts";
import { ROOT } from "../support/broker_process.ts";
import { replaceMeasured } from "../support/document.ts";
import { describeMachine } from "../support/machine.ts";
import {
  brokerVersion,
  requireDataFolder,
  startMeasuredBroker,
} from "../support/measured_broker.ts";
import { moveToLoadCore } from "../support/own_core.ts";
import { settledHolding } from "./gauge.ts";
import { type Measurement, MEASUREMENTS } from "./measurements.ts";
import { diskEach, memoryEach, type Result, section } from "./section.ts";

const TASK = "bench:capacity";
const DOCUMENT = `${ROOT}docs/capacity.md`;

/** Every measurement has a broker of its own: nothing is left of the one before. */
async function measure(measurement: Measurement): Promise<Result> {
  await using broker = await startMeasuredBroker({ "log.level": "warn" });
  const loop = new ClientLoop({ port: broker.port, webSocketPath: undefined });
  const meters = new Meters(broker.pid);
  const prepared = measurement.prepare?.(loop) ?? [];
  const before = await settledHolding(loop, meters, broker.directory);
  measurement.fill(loop, prepared);
  const after = await settledHolding(loop, meters, broker.directory);
  loop.end();
  return { measurement, before, after };
}

async function emptyMemory(): Promise<number> {
  await using broker = await startMeasuredBroker({ "log.level": "warn" });
  const loop = new ClientLoop({ port: broker.port, webSocketPath: undefined });
  return (await settledHolding(loop, new Meters(broker.pid), broker.directory)).memory;
}

function measurementOf(name: string): Measurement {
  const found = MEASUREMENTS.find((each) => each.name === name);
  if (found !== undefined) return found;
  const known = MEASUREMENTS.map((each) => each.name).join(", ");
  throw new Error(`Nothing is called "${name}": there are ${known}`);
}

async function main(names: readonly string[]): Promise<void> {
  const chosen = names.length === 0 ? MEASUREMENTS : names.map(measurementOf);
  await requireDataFolder();
  await moveToLoadCore();
  const results: Result[] = [];
  for (const measurement of chosen) {
    const result = await measure(measurement);
    results.push(result);
    const disk = diskEach(result);
    console.log(
      `${measurement.name.padEnd(15)}${memoryEach(result).toString().padStart(9)} bytes of memory` +
        (disk === undefined ? "" : `${disk.toString().padStart(9)} bytes on disk`),
    );
  }
  if (names.length > 0) return;
  const conditions = {
    date: new Date().toISOString().slice(0, 10),
    machine: await describeMachine(),
    version: await brokerVersion(),
    emptyMemory: await emptyMemory(),
  };
  const document = await Deno.readTextFile(DOCUMENT);
  await Deno.writeTextFile(
    DOCUMENT,
    replaceMeasured(document, TASK, section(conditions, results)),
  );
}

try {
  await main(Deno.args);
  Deno.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  Deno.exit(2);
}
