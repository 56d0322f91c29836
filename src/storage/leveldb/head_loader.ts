import type { BodyCounts } from "./bodies.ts";
import type { Database, Entry } from "./database.ts";
import {
  bodyCountKey,
  deliveryKey,
  deliveryRange,
  packetIdOf,
  seqOf,
  SessionPart,
  sessionPartOf,
  sessionRange,
  subscriptionKey,
  topicFilterOf,
} from "./keys.ts";
import {
  decodeDeliveryHead,
  decodeInflightHead,
  decodeMoved,
  decodeNumber,
  decodePosition,
  decodeSession,
  decodeSummary,
} from "./records.ts";
import { expiryOf } from "./session_expiry.ts";
import type { SessionHead, SessionHeads } from "./session_head.ts";

/** How a record is looked up, and what is done with it. */
interface Lookup {
  readonly key: Uint8Array;
  found(value: Uint8Array): void;
  missing?(): void;
}

/**
 * Reads what the writes of one group have to know and no head has yet. Writes ask in rounds: what
 * one round reads may raise the next question. No batch is being written meanwhile.
 */
export class HeadLoader {
  readonly #database: Database;
  readonly #heads: SessionHeads;
  readonly #bodies: BodyCounts;
  /** What was asked for in this group already, so that what does not exist is not read twice. */
  readonly #asked = new Set<string>();
  #lookups: Lookup[] = [];
  #scans: (() => Promise<void>)[] = [];

  constructor(database: Database, heads: SessionHeads, bodies: BodyCounts) {
    this.#database = database;
    this.#heads = heads;
    this.#bodies = bodies;
  }

  /** The session's head; undefined until it is loaded. */
  session(clientId: string): SessionHead | undefined {
    const head = this.#heads.get(clientId);
    if (head.loaded) return head;
    if (this.#first(`session ${clientId}`)) this.#scans.push(() => this.#loadSession(head));
    return undefined;
  }

  /** The queue's entry `seq`, with the count of its body. */
  queued(head: SessionHead, seq: number): void {
    const known = head.queued.get(seq);
    if (known !== undefined) return this.body(known.bodyId);
    if (head.moved.has(seq) || seq > head.lastSeq) return;
    if (!this.#first(`queued ${seq} ${head.clientId}`)) return;
    this.#lookups.push({
      key: deliveryKey(head.client, seq),
      found: (value) => head.knowQueued(seq, decodeDeliveryHead(value)),
    });
  }

  /** The body's count; 0: no body. */
  body(bodyId: number): void {
    if (bodyId === 0 || !this.#bodies.isUnknown(bodyId)) return;
    if (!this.#first(`body ${bodyId}`)) return;
    this.#lookups.push({
      key: bodyCountKey(bodyId),
      found: (value) => this.#bodies.loaded(bodyId, decodeNumber("count", value)),
      missing: () => this.#bodies.loaded(bodyId, 0),
    });
  }

  subscription(head: SessionHead, topicFilter: string): void {
    if (head.subscriptions.has(topicFilter)) return;
    if (!this.#first(`subscription ${topicFilter.length} ${topicFilter} ${head.clientId}`)) return;
    this.#lookups.push({
      key: subscriptionKey(head.client, topicFilter),
      found: (value) => head.knowSubscription(topicFilter, decodePosition(value)),
    });
  }

  /** Everything that the session owns, with the counts of all bodies. */
  everything(head: SessionHead): void {
    if (this.#first(`everything ${head.clientId}`)) {
      this.#scans.push(() => this.#loadEverything(head));
      return;
    }
    for (const { bodyId } of head.queued.values()) this.body(bodyId);
    for (const { bodyId } of head.inflight.values()) this.body(bodyId);
  }

  /** Reads what was asked for; undefined when that is nothing. */
  load(): Promise<void> | undefined {
    if (this.#lookups.length === 0 && this.#scans.length === 0) return undefined;
    return this.#load();
  }

  async #load(): Promise<void> {
    const lookups = this.#lookups;
    const scans = this.#scans;
    this.#lookups = [];
    this.#scans = [];
    const [values] = await Promise.all([
      this.#database.getMany(lookups.map(({ key }) => key)),
      ...scans.map((scan) => scan()),
    ]);
    for (const [index, lookup] of lookups.entries()) {
      const value = values[index];
      if (value === undefined) lookup.missing?.();
      else lookup.found(value);
    }
  }

  #first(question: string): boolean {
    if (this.#asked.has(question)) return false;
    this.#asked.add(question);
    return true;
  }

  async #loadSession(head: SessionHead): Promise<void> {
    const range = sessionRange(head.client, SessionPart.RECORD, SessionPart.MOVED);
    for await (const entries of this.#database.pages(range)) {
      for (const [key, value] of entries) this.#loadSessionEntry(head, key, value);
    }
    head.loaded = true;
  }

  #loadSessionEntry(head: SessionHead, key: Uint8Array, value: Uint8Array): void {
    switch (sessionPartOf(key)) {
      case SessionPart.RECORD:
        head.expiresAt = expiryOf(decodeSession(head.clientId, value));
        return;
      case SessionPart.SUMMARY: {
        const { count, bytes, lastSeq } = decodeSummary(value);
        head.count = count;
        head.bytes = bytes;
        head.lastSeq = lastSeq;
        return;
      }
      case SessionPart.INFLIGHT:
        head.setInflight(packetIdOf(key), { ...decodeInflightHead(value), moved: false });
        return;
      case SessionPart.MOVED:
        head.setInflight(packetIdOf(key), { ...decodeMoved(value), moved: true });
    }
  }

  async #loadEverything(head: SessionHead): Promise<void> {
    const owned = sessionRange(head.client, SessionPart.RECEIVED, SessionPart.SUBSCRIPTION);
    await this.#scan(owned, ([key, value]) => {
      if (sessionPartOf(key) === SessionPart.RECEIVED) head.knowReceived(packetIdOf(key));
      else head.knowSubscription(topicFilterOf(key), decodePosition(value));
    });
    await this.#scan(deliveryRange(head.client, -1), ([key, value]) => {
      const seq = seqOf(key);
      if (!head.moved.has(seq)) head.knowQueued(seq, decodeDeliveryHead(value));
    });
  }

  async #scan(range: Parameters<Database["pages"]>[0], take: (entry: Entry) => void) {
    for await (const entries of this.#database.pages(range)) {
      for (const entry of entries) take(entry);
    }
  }
}
