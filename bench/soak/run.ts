import type { LatencyHistogram } from "../load/latency_histogram.ts";
import { ClientLoop } from "../load/client_loop.ts";
import type { Meters } from "../load/meters.ts";
import { pollFor } from "../support/crowd.ts";
import { Churn } from "./churn.ts";
import { soakStreams, type Stream } from "./stream.ts";
import { SysMonitor } from "./sys_monitor.ts";
import type { Sample } from "./verdict.ts";

const SAMPLE_SECONDS = 10;
const MEASURING_SECONDS = 5;
const WAIT_SECONDS = 0.001;
/** Messages at QoS 0 for each at QoS 1 or 2. */
const QOS0_SHARE = 4;
const DRAIN_SECONDS = 5;

/** The load of a soak: streams that are checked, and clients that come and go. */
export class SoakRun {
  readonly #loop: ClientLoop;
  readonly #streams: readonly Stream[];
  readonly #monitor: SysMonitor;
  readonly #churn: Churn;
  readonly #meters: Meters;

  constructor(port: number, meters: Meters) {
    this.#loop = new ClientLoop({ port, webSocketPath: undefined });
    this.#meters = meters;
    this.#streams = soakStreams(this.#loop);
    this.#monitor = new SysMonitor(this.#loop);
    this.#loop.connect([this.#monitor]);
    this.#churn = new Churn(this.#loop);
  }

  /**
   * What each stream reaches when the acknowledged ones send as much as they can and QoS 0 some times
   * that: left to itself, it would take nearly everything. In messages a second.
   */
  measureRates(): number[] {
    const before = this.#streams.map(({ books }) => books.sent);
    for (const end = performance.now() + MEASURING_SECONDS * 1000; performance.now() < end;) {
      const now = performance.now();
      const [unacknowledged, ...acknowledged] = this.#streams as [Stream, ...Stream[]];
      for (const stream of acknowledged) stream.publishAll(now);
      const slowest = Math.min(
        ...acknowledged.map(({ books }, i) => books.sent - before[i + 1]!),
      );
      unacknowledged.publishUntil(before[0]! + QOS0_SHARE * slowest, now);
      this.#loop.poll(0);
    }
    const rates = this.#streams.map(({ books }, i) =>
      (books.sent - before[i]!) / MEASURING_SECONDS
    );
    pollFor(this.#loop, 1);
    return rates;
  }

  /** Sends at these rates for some time. Throws when a promise of MQTT is broken. */
  run(rates: readonly number[], seconds: number, onSample: (sample: Sample) => void): Sample[] {
    const samples: Sample[] = [];
    const base = this.#streams.map(({ books }) => books.sent);
    this.#latency(); // forgets what was measured before
    const start = performance.now();
    for (let elapsed = 0; elapsed < seconds;) {
      const now = performance.now();
      elapsed = (now - start) / 1000;
      for (const [i, stream] of this.#streams.entries()) {
        stream.publishUntil(base[i]! + rates[i]! * elapsed, now);
      }
      this.#churn.run(elapsed);
      this.#loop.poll(WAIT_SECONDS);
      this.#check();
      if (elapsed < (samples.length + 1) * SAMPLE_SECONDS) continue;
      const sample = this.#sample(elapsed);
      samples.push(sample);
      onSample(sample);
    }
    return samples;
  }

  /** Waits for what is under way; throws when something was lost. */
  finish(): void {
    pollFor(this.#loop, DRAIN_SECONDS);
    this.#check();
    for (const { books } of this.#streams) {
      if (books.failure !== undefined) throw new Error(books.failure);
    }
    this.#loop.end();
  }

  #check(): void {
    const violation = this.#streams.find(({ books }) => books.violation !== undefined);
    const failure = violation?.books.violation ?? this.#churn.failure ?? this.#monitor.failure;
    if (failure !== undefined) throw new Error(failure);
  }

  #sample(seconds: number): Sample {
    return {
      seconds,
      residentBytes: this.#meters.residentBytes(),
      p99Us: this.#latency(),
      counts: this.#monitor.counts(),
    };
  }

  /** The p99 of the slowest stream since the last time. */
  #latency(): number {
    const quantiles = this.#streams.map(({ books }) => takeQuantile(books.latency));
    return Math.max(...quantiles);
  }
}

function takeQuantile(latency: LatencyHistogram): number {
  const p99 = latency.quantileUs(0.99);
  latency.clear();
  return p99;
}
