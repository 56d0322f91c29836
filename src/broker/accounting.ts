import { DROP_REASONS, type DropReason } from "../events/observer.ts";

/** Where an offered delivery came from: the left side of the equation. */
export type Origin = "matched" | "retained" | "will";

/** What the sessions hold at the moment. */
export interface Holdings {
  /** Packet ids in use, and QoS 0 messages that are encoded but not yet taken by the system. */
  readonly inFlight: number;
  readonly queued: number;
}

/** The equation as figures, for the API, the console and the tests. */
export interface AccountingReport {
  readonly opening: number;
  readonly matched: number;
  readonly retained: number;
  readonly wills: number;
  readonly delivered: number;
  readonly inFlight: number;
  readonly queued: number;
  readonly expired: number;
  readonly discarded: number;
  readonly handedOver: number;
  readonly dropped: Readonly<Record<DropReason, number>>;
  /** Left side minus right side: 0, or a delivery has got lost in the books. */
  readonly difference: number;
}

/**
 * The books of the broker: every delivery that is offered to a session ends in exactly one place.
 *
 *     opening + matched + retained + wills
 *       = delivered + in flight + queued + expired + discarded + handed over + dropped
 *
 * Plain numbers: they are written on the data path and read by exporters. A shared delivery counts
 * once, beside an ordinary one of the same client. A delivery that moves from one session to another
 * (shared group) stays one entry.
 */
export class Accounting {
  /** In flight or queued when the broker started. */
  opening = 0;
  matched = 0;
  retained = 0;
  will = 0;
  /** QoS 0: taken by the system; QoS 1: PUBACK; QoS 2: PUBCOMP. */
  delivered = 0;
  /** Outlived its Message Expiry Interval before its delivery was started. */
  expired = 0;
  /** Its session ended first. */
  discarded = 0;
  /** Given to another node together with its session. */
  handedOver = 0;
  readonly dropped: Record<DropReason, number> = Object.fromEntries(
    DROP_REASONS.map((reason) => [reason, 0]),
  ) as Record<DropReason, number>;

  report(holdings: Holdings): AccountingReport {
    let droppedTotal = 0;
    for (const reason of DROP_REASONS) droppedTotal += this.dropped[reason];
    const left = this.opening + this.matched + this.retained + this.will;
    const right = this.delivered + holdings.inFlight + holdings.queued + this.expired +
      this.discarded + this.handedOver + droppedTotal;
    return {
      opening: this.opening,
      matched: this.matched,
      retained: this.retained,
      wills: this.will,
      delivered: this.delivered,
      inFlight: holdings.inFlight,
      queued: holdings.queued,
      expired: this.expired,
      discarded: this.discarded,
      handedOver: this.handedOver,
      dropped: { ...this.dropped },
      difference: left - right,
    };
  }
}

/** Hot counters of traffic; exporters (`$SYS`, metrics) read them. All only grow, unless noted. */
export class Statistics {
  connectionsAccepted = 0;
  /** Gauge: connections that have had their CONNACK. */
  clientsConnected = 0;
  clientsConnectedMax = 0;
  packetsReceived = 0;
  packetsSent = 0;
  publishReceived = 0;
  publishSent = 0;
  bytesReceived = 0;
  bytesSent = 0;
  /** PUBLISH packets that were refused: not authorized, quota, not supported. */
  publishRefused = 0;
  /** Packets that were not allowed; those that could not be read count as packet errors instead. */
  protocolErrors = 0;
  packetErrors = 0;
  authErrors = 0;
  authorizationErrors = 0;
  connectionsRefused = 0;
}
