import type { Client } from "./client.ts";
import type { ClientLoop } from "./client_loop.ts";
import type { Meters } from "./meters.ts";
import type { Measured } from "./report.ts";

/** Long enough for garbage of the connecting to be collected, as far as the broker does so. */
const HOLD_MS = 2_000;

/** Makes many connections and holds them: what a connection costs while nothing happens. */
export function runIdle(clients: readonly Client[], loop: ClientLoop, meters: Meters): Measured {
  const before = meters.residentBytes();
  loop.connect(clients);
  const from = meters.read();
  while (performance.now() < from.at + HOLD_MS) loop.poll(0.1);
  const after = meters.residentBytes();
  return {
    from,
    to: meters.read(),
    delivered: 0,
    brokerResidentBytes: after,
    bytesPerConnection: Math.round((after - before) / clients.length),
  };
}
