import type { Client } from "./client.ts";
import type { ClientLoop } from "./client_loop.ts";
import { type BrokerUsage, ownCpuSeconds } from "./process_usage.ts";
import type { Measured } from "./report.ts";

/** Long enough for garbage of the connecting to be collected, as far as the broker does so. */
const HOLD_MS = 2_000;

/** Makes many connections and holds them: what a connection costs while nothing happens. */
export function runIdle(
  clients: readonly Client[],
  loop: ClientLoop,
  usage: BrokerUsage,
): Measured {
  const before = usage.residentBytes();
  loop.connect(clients);
  const [brokerCpu, loadCpu] = [usage.cpuSeconds(), ownCpuSeconds()];
  const start = performance.now();
  while (performance.now() < start + HOLD_MS) loop.poll(0.1);
  const after = usage.residentBytes();
  return {
    seconds: (performance.now() - start) / 1000,
    delivered: 0,
    brokerCpuSeconds: usage.cpuSeconds() - brokerCpu,
    loadCpuSeconds: ownCpuSeconds() - loadCpu,
    brokerResidentBytes: after,
    bytesPerConnection: Math.round((after - before) / clients.length),
  };
}
