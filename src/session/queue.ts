/**
 * What waits for a session: QoS 1 and 2 deliveries that have no packet id yet, because the client
 * is away or its window is full.
 *
 * The queue is bounded in messages and bytes; when it is full the newest message is the one that is
 * dropped, so what was accepted stays and keeps its order. A durable session's queue lives in the
 * store and only its head, the *resident window*, is in memory as well:
 *
 *     head                                            tail
 *     [ resident: at most WINDOW entries ][ stored only ]
 *
 * Entries leave from the head. When the resident part is empty and there are stored ones, the owner
 * reads the next page from the store (`needsPage`, `pageAfter`, `loaded`).
 */
import { RingQueue } from "../base/ring_queue.ts";
import type { Delivery } from "../mqtt/delivery.ts";

/** How many entries of a durable session's queue are kept in memory, and read from the store at a time. */
export const RESIDENT_WINDOW = 128;

export interface Queued {
  readonly seq: number;
  readonly delivery: Delivery;
}

export interface QueueLimits {
  readonly messagesMax: number;
  readonly bytesMax: number;
}

export class SessionQueue {
  readonly #limits: QueueLimits;
  readonly #resident = new RingQueue<Queued>();
  /** Entries behind the resident window that are in the store only. */
  #stored = 0;
  #bytes = 0;
  /** The seq of the last entry that was ever resident: the next page starts behind it. */
  #residentSeq = 0;
  #lastSeq = 0;
  readonly #window: number;

  constructor(limits: QueueLimits, durable: boolean) {
    this.#limits = limits;
    this.#window = durable ? RESIDENT_WINDOW : Infinity;
  }

  /** All entries, resident or not. */
  get size(): number {
    return this.#resident.size + this.#stored;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** About how many of the bytes are in memory: as if all entries were alike. */
  get residentBytes(): number {
    return this.size === 0 ? 0 : Math.round(this.#bytes * this.#resident.size / this.size);
  }

  /** True when no message of any size is taken any more. */
  get full(): boolean {
    return this.size >= this.#limits.messagesMax || this.#bytes >= this.#limits.bytesMax;
  }

  /**
   * True when one more delivery fits, into `factor` times the limits. An empty queue takes any single
   * message.
   */
  fits(delivery: Delivery, factor = 1): boolean {
    const { messagesMax, bytesMax } = this.#limits;
    if (this.size === 0) return messagesMax > 0;
    return this.size < messagesMax * factor &&
      this.#bytes + delivery.message.cost <= bytesMax * factor;
  }

  /** Appends; the caller has asked `fits` (and for a durable session writes it to the store). */
  push(seq: number, delivery: Delivery): void {
    this.#bytes += delivery.message.cost;
    this.#lastSeq = seq;
    if (this.#stored === 0 && this.#resident.size < this.#window) {
      this.#resident.push({ seq, delivery });
      this.#residentSeq = seq;
    } else {
      this.#stored++;
    }
  }

  /** The head, if it is resident. */
  peek(): Queued | undefined {
    return this.#resident.peek();
  }

  shift(): Queued | undefined {
    const head = this.#resident.shift();
    if (head !== undefined) this.#bytes -= head.delivery.message.cost;
    return head;
  }

  get needsPage(): boolean {
    return this.#resident.size === 0 && this.#stored > 0;
  }

  get pageAfter(): number {
    return this.#residentSeq;
  }

  /** The seq of the last entry that was appended here. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /**
   * A page was read from the store: its entries become resident. An empty one means that there were
   * none when the read began, at `lastSeq`; what was appended since has to be read again.
   */
  loaded(page: readonly Queued[], lastSeq: number): void {
    if (page.length === 0) {
      if (lastSeq !== this.#lastSeq) return;
      this.#stored = 0;
      this.#bytes = 0;
      return;
    }
    for (const entry of page) {
      this.#resident.push(entry);
      this.#residentSeq = entry.seq;
    }
    this.#stored = Math.max(0, this.#stored - page.length);
  }

  /** Puts a stored queue back: nothing is resident yet. */
  restore(count: number, bytes: number): void {
    this.#stored = count;
    this.#bytes = bytes;
    this.#residentSeq = 0;
  }

  /** Takes one entry out: its store write failed. False when it has left the queue already. */
  remove(seq: number, delivery: Delivery): boolean {
    const { size } = this;
    if (seq > this.#residentSeq) this.forgetStored(delivery);
    else this.prune((entry) => entry.seq === seq);
    return this.size < size;
  }

  /** An entry behind the resident window is gone from the store. */
  forgetStored(delivery: Delivery): void {
    if (this.#stored === 0) return;
    this.#stored--;
    this.#bytes = Math.max(0, this.#bytes - delivery.message.cost);
  }

  /** Resident entries, oldest first. */
  resident(): Iterable<Queued> {
    return this.#resident;
  }

  /** Takes out the resident entries for which `drop` is true and returns them. */
  prune(drop: (entry: Queued) => boolean): Queued[] {
    const dropped: Queued[] = [];
    for (const entry of this.#resident) if (drop(entry)) dropped.push(entry);
    if (dropped.length > 0) {
      const gone = new Set(dropped);
      this.#resident.filter((entry) => !gone.has(entry));
      for (const entry of dropped) this.#bytes -= entry.delivery.message.cost;
    }
    return dropped;
  }

  clear(): void {
    this.#resident.clear();
    this.#stored = 0;
    this.#bytes = 0;
  }
}
