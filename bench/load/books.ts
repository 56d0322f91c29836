import { LatencyHistogram } from "./latency_histogram.ts";

/** What was sent and what came of it: everything that decides whether a figure may be believed. */
export class Books {
  sent = 0;
  /** Deliveries that the messages sent so far have to lead to. */
  expected = 0;
  delivered = 0;
  /** Given up, so that the load could go on. */
  writtenOff = 0;
  /** PUBACK or PUBCOMP that publishers got. */
  acknowledged = 0;
  /** QoS 1 only, with the DUP flag: allowed, but worth knowing. */
  redelivered = 0;
  /** Delivered twice, or after a later message of the same publisher. */
  outOfOrder = 0;
  readonly latency = new LatencyHistogram();
  #violation: string | undefined;

  get outstanding(): number {
    return this.expected - this.delivered - this.writtenOff;
  }

  get lost(): number {
    return Math.max(0, this.expected - this.delivered);
  }

  /** The first thing that no broker may do. */
  get violation(): string | undefined {
    return this.#violation;
  }

  violated(what: string): void {
    this.#violation ??= what;
  }

  /** Why what was measured is no figure; undefined when it is one. */
  get failure(): string | undefined {
    if (this.#violation !== undefined) return this.#violation;
    if (this.lost > 0) return `${this.lost} of ${this.expected} deliveries lost`;
    if (this.delivered > this.expected) {
      return `${this.delivered - this.expected} deliveries too many`;
    }
    if (this.outOfOrder > 0) return `${this.outOfOrder} deliveries repeated or out of order`;
    return undefined;
  }
}
