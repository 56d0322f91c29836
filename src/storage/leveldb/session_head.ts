/**
 * What a write has to know of a session before it can be made: how long its queue is, what is in
 * flight and which bodies that refers to. Heads of the sessions that were written to last stay in
 * memory, so that the data path reads nothing from the database.
 */
import { clientPart } from "./keys.ts";
import type { DeliveryHead, InflightHead, Position } from "./records.ts";

/** A delivery in flight. */
export interface InflightEntry extends InflightHead {
  /** True when it came out of the queue: its delivery lies where it lay. */
  readonly moved: boolean;
}

/** How many entries all heads together keep in memory. */
interface Tally {
  entries: number;
}

export class SessionHead {
  readonly clientId: string;
  /** The client id as it stands in keys. */
  readonly client: Uint8Array;
  /** Whether summary, expiry and everything in flight are known. */
  loaded = false;
  count = 0;
  bytes = 0;
  lastSeq = 0;
  /** When the session is entered in the index of expiries; undefined: it is not. */
  expiresAt: number | undefined;
  /** Whether the summary has changed since it was written. */
  summaryChanged = false;
  readonly #tally: Tally;
  /** All of them, by packet id. */
  readonly #inflight = new Map<number, InflightEntry>();
  /** Seqs of those that came out of the queue. */
  readonly #moved = new Set<number>();
  /** Entries of the queue, by seq; those that are known. */
  readonly #queued = new Map<number, DeliveryHead>();
  /** By topic filter; those that are known. */
  readonly #subscriptions = new Map<string, Position>();
  /** Packet ids that wait for PUBREL; those that are known. */
  readonly #received = new Set<number>();

  constructor(clientId: string, tally: Tally) {
    this.clientId = clientId;
    this.client = clientPart(clientId);
    this.#tally = tally;
    tally.entries++;
  }

  get inflight(): ReadonlyMap<number, InflightEntry> {
    return this.#inflight;
  }

  get moved(): ReadonlySet<number> {
    return this.#moved;
  }

  get queued(): ReadonlyMap<number, DeliveryHead> {
    return this.#queued;
  }

  get subscriptions(): ReadonlyMap<string, Position> {
    return this.#subscriptions;
  }

  get received(): ReadonlySet<number> {
    return this.#received;
  }

  /** How many entries it keeps in memory. */
  get size(): number {
    return 1 + this.#inflight.size + this.#knownSize;
  }

  get #knownSize(): number {
    return this.#queued.size + this.#subscriptions.size + this.#received.size;
  }

  /** A seq was used. */
  used(seq: number): void {
    if (seq <= this.lastSeq) return;
    this.lastSeq = seq;
    this.summaryChanged = true;
  }

  /** An entry is added to the queue. */
  addQueued(seq: number, head: DeliveryHead): void {
    this.knowQueued(seq, head);
    this.count++;
    this.bytes += head.cost;
    this.summaryChanged = true;
    this.used(seq);
  }

  /** An entry of the queue was read. */
  knowQueued(seq: number, head: DeliveryHead): void {
    if (!this.#queued.has(seq)) this.#tally.entries++;
    this.#queued.set(seq, head);
  }

  /** Takes an entry out of the queue; undefined when it is not there. */
  takeQueued(seq: number): DeliveryHead | undefined {
    const head = this.#queued.get(seq);
    if (head === undefined) return undefined;
    this.#queued.delete(seq);
    this.#tally.entries--;
    this.count--;
    this.bytes -= head.cost;
    this.summaryChanged = true;
    return head;
  }

  setInflight(packetId: number, entry: InflightEntry): void {
    if (!this.#inflight.has(packetId)) this.#tally.entries++;
    this.#inflight.set(packetId, entry);
    if (entry.moved) this.#moved.add(entry.seq);
    this.used(entry.seq);
  }

  takeInflight(packetId: number): InflightEntry | undefined {
    const entry = this.#inflight.get(packetId);
    if (entry === undefined) return undefined;
    this.#inflight.delete(packetId);
    this.#tally.entries--;
    if (entry.moved) this.#moved.delete(entry.seq);
    return entry;
  }

  knowSubscription(topicFilter: string, position: Position): void {
    if (!this.#subscriptions.has(topicFilter)) this.#tally.entries++;
    this.#subscriptions.set(topicFilter, position);
  }

  forgetSubscription(topicFilter: string): void {
    if (this.#subscriptions.delete(topicFilter)) this.#tally.entries--;
  }

  knowReceived(packetId: number): void {
    if (!this.#received.has(packetId)) this.#tally.entries++;
    this.#received.add(packetId);
  }

  forgetReceived(packetId: number): void {
    if (this.#received.delete(packetId)) this.#tally.entries--;
  }

  /** Forgets entries that can be read again when they are asked for. */
  forgetKnown(): void {
    this.#tally.entries -= this.#knownSize;
    this.#queued.clear();
    this.#subscriptions.clear();
    this.#received.clear();
  }

  /** Nothing is left of the session. */
  reset(): void {
    this.forgetKnown();
    this.#tally.entries -= this.#inflight.size;
    this.#inflight.clear();
    this.#moved.clear();
    this.expiresAt = undefined;
    this.count = this.bytes = this.lastSeq = 0;
    this.summaryChanged = false;
  }
}

/** A head that keeps more than this forgets what can be read again when it was not used for a while. */
const KNOWN_ENTRIES_MAX = 4 * 1024;

/**
 * Heads by client id, in two generations: what was used since the last change of generation, and
 * what was used in the one before. What was used in neither is forgotten.
 */
export class SessionHeads {
  #young = new Map<string, SessionHead>();
  #old = new Map<string, SessionHead>();
  #tally: Tally = { entries: 0 };
  readonly #entriesMax: number;

  /** `entriesMax`: what all heads together keep in memory between groups. */
  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  get entries(): number {
    return this.#tally.entries;
  }

  /** The head of a session; a new one is not loaded. */
  get(clientId: string): SessionHead {
    let head = this.#young.get(clientId);
    if (head !== undefined) return head;
    head = this.#old.get(clientId);
    if (head === undefined) head = new SessionHead(clientId, this.#tally);
    else this.#old.delete(clientId);
    this.#young.set(clientId, head);
    return head;
  }

  /** Called between groups: forgets what is too much. */
  trim(): void {
    if (this.#tally.entries <= this.#entriesMax) return;
    for (const head of this.#old.values()) this.#tally.entries -= head.size;
    for (const head of this.#young.values()) {
      if (head.size > KNOWN_ENTRIES_MAX) head.forgetKnown();
    }
    this.#old = this.#young;
    this.#young = new Map();
  }

  /** Forgets everything. What still fills a head of before does not count any more. */
  clear(): void {
    this.#young.clear();
    this.#old.clear();
    this.#tally = { entries: 0 };
  }
}
