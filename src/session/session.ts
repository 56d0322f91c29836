import type { DropReason } from "../events/observer.ts";
import type { ProtocolVersion } from "../mqtt/packet.ts";
import type { Subscription } from "../mqtt/subscription.ts";
import type { Will } from "../mqtt/packets/connect.ts";
import { Inbound } from "./inbound.ts";
import { Outbound } from "./outbound.ts";
import { type QueueLimits, SessionQueue } from "./queue.ts";

/** What a session is made with. */
export interface SessionInit {
  clientId: string;
  /** Fencing epoch of the ownership (see the cluster contract). */
  epoch: number;
  /** True: it outlives its connection and is kept in the store. Fixed for the session's life. */
  durable: boolean;
  queueLimits: QueueLimits;
}

/**
 * One client's state across connections (MQTT 5.0 section 4.1): subscriptions, what is in flight in
 * both directions, what waits, and the will. It knows neither sockets nor storage; `Connection` is
 * whatever the owner attaches.
 */
export class Session<Connection> {
  readonly clientId: string;
  readonly durable: boolean;
  epoch: number;

  /** The attached connection; at most one. */
  connection: Connection | undefined = undefined;
  /** True once the session has ended: whoever still holds it must not act on it. */
  ended = false;

  // As negotiated by the latest connection.
  protocolVersion: ProtocolVersion = 5;
  username: string | undefined = undefined;
  cleanStart = true;
  /** Seconds; see `SESSION_EXPIRY_NEVER`. */
  expiryInterval = 0;
  receiveMaximum = 65_535;
  maximumPacketSize: number | undefined = undefined;
  topicAliasMaximum = 0;
  requestResponseInformation = false;
  requestProblemInformation = true;
  /** Milliseconds since the epoch. */
  connectedAt = 0;
  disconnectedAt: number | undefined = undefined;

  /** By topic filter as the client wrote it. */
  readonly subscriptions = new Map<string, Subscription>();
  readonly outbound = new Outbound();
  readonly inbound = new Inbound();
  readonly queue: SessionQueue;
  /** Of the current connection, until it is published or discarded. */
  will: Will | undefined = undefined;

  /** True once a shared delivery was queued or started here: others may inherit it. */
  mayHoldShared = false;
  /** Deliveries dropped for this session, for the operator's eye, and by reason once there are any. */
  dropped = 0;
  drops: Partial<Record<DropReason, number>> | undefined = undefined;

  #lastSeq = 0;

  constructor(init: SessionInit) {
    this.clientId = init.clientId;
    this.epoch = init.epoch;
    this.durable = init.durable;
    this.queue = new SessionQueue(init.queueLimits, init.durable);
  }

  countDrop(reason: DropReason): void {
    this.dropped++;
    this.drops ??= {};
    this.drops[reason] = (this.drops[reason] ?? 0) + 1;
  }

  /** The place of the next delivery in the order of this session. */
  nextSeq(): number {
    return ++this.#lastSeq;
  }

  /** After a restart: no seq up to `lastSeq` is given again. */
  resumeSeq(lastSeq: number): void {
    if (lastSeq > this.#lastSeq) this.#lastSeq = lastSeq;
  }
}
