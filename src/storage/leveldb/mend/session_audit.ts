import type { Operation } from "../database.ts";
import {
  clientPart,
  expiryKey,
  packetIdOf,
  packetKey,
  seqOf,
  sessionKey,
  SessionPart,
  sessionPartOf,
} from "../keys.ts";
import {
  decodeDeliveryHead,
  decodeInflightHead,
  decodeMoved,
  decodeSession,
  decodeSummary,
  encodeSummary,
  type InflightHead,
  PRESENT,
} from "../records.ts";
import { expiryOf } from "../session_expiry.ts";
import type { QueueSummary } from "../../store.ts";

/** What has to change for a session to agree with what it owns. */
export interface AuditResult {
  readonly operations: readonly Operation[];
  /** Deliveries that were given up. */
  readonly deliveries: number;
  readonly corrections: number;
  /** Its entry in the index of expiries. */
  readonly expiry: Operation | undefined;
}

/** Holds one session against its deliveries. Gets everything that it owns, in the order of the keys. */
export class SessionAudit {
  readonly client: Uint8Array;
  readonly #clientId: string;
  /** References to each body that there is; counted up here. */
  readonly #references: Map<number, number>;
  readonly #operations: Operation[] = [];
  /** In flight out of the queue, by seq: the packet id. */
  readonly #moved = new Map<number, number>();
  #expiresAt: number | undefined;
  #summary: QueueSummary | undefined;
  #count = 0;
  #bytes = 0;
  #lastSeq = 0;
  #deliveries = 0;
  #corrections = 0;

  constructor(clientId: string, references: Map<number, number>) {
    this.client = clientPart(clientId);
    this.#clientId = clientId;
    this.#references = references;
  }

  /** A record of the session itself. */
  owned(key: Uint8Array, value: Uint8Array): void {
    switch (sessionPartOf(key)) {
      case SessionPart.RECORD:
        this.#expiresAt = expiryOf(decodeSession(this.#clientId, value));
        return;
      case SessionPart.SUMMARY:
        this.#summary = decodeSummary(value);
        this.#used(this.#summary.lastSeq);
        return;
      case SessionPart.INFLIGHT:
        return this.#inflight(key, decodeInflightHead(value));
      case SessionPart.MOVED: {
        const { seq, released } = decodeMoved(value);
        this.#used(seq);
        if (!released) this.#moved.set(seq, packetIdOf(key));
      }
    }
  }

  /** A delivery that is queued, or in flight out of the queue. */
  delivery(key: Uint8Array, value: Uint8Array): void {
    const seq = seqOf(key);
    const { cost, bodyId } = decodeDeliveryHead(value);
    this.#used(seq);
    if (!this.#refer(bodyId)) return this.#giveUp(key);
    if (this.#moved.delete(seq)) return;
    this.#count++;
    this.#bytes += cost;
  }

  finish(): AuditResult {
    for (const packetId of this.#moved.values()) {
      this.#giveUp(packetKey(this.client, SessionPart.MOVED, packetId));
    }
    const summary = { count: this.#count, bytes: this.#bytes, lastSeq: this.#lastSeq };
    if (!equal(summary, this.#summary ?? EMPTY)) {
      this.#corrections++;
      const key = sessionKey(this.client, SessionPart.SUMMARY);
      this.#operations.push({ key, value: encodeSummary(summary) });
    }
    const expiry = this.#expiresAt === undefined
      ? undefined
      : { key: expiryKey(this.#expiresAt, this.client), value: PRESENT };
    return {
      operations: this.#operations,
      deliveries: this.#deliveries,
      corrections: this.#corrections,
      expiry,
    };
  }

  #inflight(key: Uint8Array, { seq, bodyId }: InflightHead): void {
    this.#used(seq);
    if (!this.#refer(bodyId)) this.#giveUp(key);
  }

  #used(seq: number): void {
    this.#lastSeq = Math.max(this.#lastSeq, seq);
  }

  /** False when the body is gone. */
  #refer(bodyId: number): boolean {
    if (bodyId === 0) return true;
    const references = this.#references.get(bodyId);
    if (references === undefined) return false;
    this.#references.set(bodyId, references + 1);
    return true;
  }

  #giveUp(key: Uint8Array): void {
    this.#deliveries++;
    this.#operations.push({ key, value: undefined });
  }
}

const EMPTY: QueueSummary = { count: 0, bytes: 0, lastSeq: 0 };

function equal(a: QueueSummary, b: QueueSummary): boolean {
  return a.count === b.count && a.bytes === b.bytes && a.lastSeq === b.lastSeq;
}
