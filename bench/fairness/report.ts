import type { RoundTrips } from "./round_trips.ts";

/** No handler may hold the event loop for longer. */
export const HELD_MS_MAX = 10;

/** Round trips without and with the heavy work. */
export interface Measured {
  readonly baseline: RoundTrips;
  readonly busy: RoundTrips;
  /** How long the work took. */
  readonly seconds: number;
  /** How long the broker's thread was ready meanwhile and had no core, in ms. */
  readonly waitedMs: number;
}

/** Whether the broker itself let a ping wait for longer than a handler may take. */
export function heldTooLong({ busy }: Measured): boolean {
  return busy.brokerMax > HELD_MS_MAX;
}

const NAME_WIDTH = 15;
const WIDTH = 10;

export function tableHead(): string {
  const titles = [
    "idle p99",
    "idle max",
    "p50",
    "p99",
    "max",
    "of broker",
    "pings",
    "took s",
    "waited",
  ];
  return `${"in ms".padEnd(NAME_WIDTH)}${titles.map((title) => title.padStart(WIDTH)).join("")}`;
}

export function tableRow(name: string, measured: Measured): string {
  const { baseline, busy, seconds, waitedMs } = measured;
  const cells = [
    ...[baseline.p99, baseline.max, busy.p50, busy.p99, busy.max, busy.brokerMax].map((ms) =>
      ms.toFixed(2)
    ),
    `${busy.count}`,
    seconds.toFixed(1),
    waitedMs.toFixed(0),
  ].map((cell) => cell.padStart(WIDTH));
  return `${name.padEnd(NAME_WIDTH)}${cells.join("")}${heldTooLong(measured) ? "  LATE" : ""}`;
}
