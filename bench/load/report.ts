import type { Books } from "./books.ts";
import type { Reading } from "./meters.ts";

/** From this share of a core on, the generator may have been what limited a figure. */
export const LIMIT_CPU_SHARE = 0.9;

/** From this share of the time on that a process waited for its core, others disturbed it. */
export const DISTURBED_WAIT_SHARE = 0.1;

/** What one run of one scenario has shown; one line of JSON on standard output. */
export interface LoadReport {
  readonly scenario: string;
  /** Why this is no figure: something was lost, repeated, out of order or against the protocol. */
  readonly failure: string | undefined;
  readonly sent: number;
  readonly expected: number;
  readonly delivered: number;
  readonly redelivered: number;
  /** How long the measured part took, in seconds. */
  readonly seconds: number;
  readonly deliveredPerSecond: number;
  /** Sending to delivery, in microseconds. Without a fixed rate it is the time spent waiting. */
  readonly latencyUs: Latencies;
  /** Of `i`: from SUBSCRIBE until the last retained message. */
  readonly retainedSeconds: number | undefined;
  /** Of `g`: how much the broker's memory grew, by connection. */
  readonly bytesPerConnection: number | undefined;
  /** Shares of one core while it was measured, 0 to 1 for each thread that is busy. */
  readonly brokerCpu: number;
  readonly loadCpu: number;
  /** Shares of the time for which the main thread was ready, but its core was taken. */
  readonly brokerWaited: number;
  readonly loadWaited: number;
  readonly brokerResidentBytes: number;
  /** Whether the generator used {@linkcode LIMIT_CPU_SHARE} of a core or more. */
  readonly loadWasLimit: boolean;
}

export interface Latencies {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** What a kind of run has measured; everything else in a report is the same for all. */
export interface Measured {
  /** The meters at the beginning and at the end of the measured part. */
  readonly from: Reading;
  readonly to: Reading;
  /** Deliveries in between. */
  readonly delivered: number;
  readonly brokerResidentBytes: number;
  readonly retainedSeconds?: number;
  readonly bytesPerConnection?: number;
}

export function reportOf(scenario: string, books: Books, measured: Measured): LoadReport {
  const { latency } = books;
  const { from, to, delivered } = measured;
  const seconds = (to.at - from.at) / 1000;
  const share = (meter: Exclude<keyof Reading, "at">) =>
    seconds > 0 ? rounded((to[meter] - from[meter]) / seconds, 3) : 0;
  const loadCpu = share("loadCpu");
  return {
    scenario,
    failure: books.failure,
    sent: books.sent,
    expected: books.expected,
    delivered: books.delivered,
    redelivered: books.redelivered,
    seconds: rounded(seconds, 3),
    deliveredPerSecond: seconds > 0 ? Math.round(delivered / seconds) : 0,
    latencyUs: {
      p50: latency.quantileUs(0.5),
      p90: latency.quantileUs(0.9),
      p99: latency.quantileUs(0.99),
      p999: latency.quantileUs(0.999),
      max: latency.maxUs,
    },
    retainedSeconds: measured.retainedSeconds,
    bytesPerConnection: measured.bytesPerConnection,
    brokerCpu: share("brokerCpu"),
    loadCpu,
    brokerWaited: share("brokerWaited"),
    loadWaited: share("loadWaited"),
    brokerResidentBytes: measured.brokerResidentBytes,
    loadWasLimit: loadCpu >= LIMIT_CPU_SHARE,
  };
}

/** Whether something else ran on the cores meanwhile, be it other threads of the processes. */
export function wasDisturbed({ brokerWaited, loadWaited }: LoadReport): boolean {
  return Math.max(brokerWaited, loadWaited) >= DISTURBED_WAIT_SHARE;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
