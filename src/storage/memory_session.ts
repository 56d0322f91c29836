import { invariant } from "../base/invariant.ts";
import type { Delivery } from "../mqtt/delivery.ts";
import type { Subscription } from "../mqtt/subscription.ts";
import { MemoryQueue } from "./memory_queue.ts";
import type { InflightRecord } from "./store.ts";

/** What one session owns beside its record and its will. */
export class MemorySession {
  /** By topic filter; a map keeps the order in which they were first made. */
  readonly subscriptions = new Map<string, Subscription>();
  readonly queue = new MemoryQueue();
  readonly received = new Set<number>();
  readonly #inflight = new Map<number, InflightRecord>();
  #lastSeq = 0;

  /** The largest `seq` ever used. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  enqueue(seq: number, delivery: Delivery): void {
    this.queue.put(seq, delivery);
    this.#lastSeq = Math.max(this.#lastSeq, seq);
  }

  putInflight(packetId: number, seq: number, delivery: Delivery | undefined): void {
    this.#inflight.set(packetId, { packetId, seq, delivery });
    this.#lastSeq = Math.max(this.#lastSeq, seq);
  }

  startInflight(packetId: number, seq: number): void {
    const delivery = this.queue.remove(seq);
    invariant(delivery !== undefined, "an entry that is put into flight is in the queue");
    this.putInflight(packetId, seq, delivery);
  }

  releaseInflight(packetId: number): void {
    const record = this.#inflight.get(packetId);
    if (record === undefined) return;
    this.#inflight.set(packetId, { packetId, seq: record.seq, delivery: undefined });
  }

  deleteInflight(packetId: number): void {
    this.#inflight.delete(packetId);
  }

  /** By ascending `seq`. */
  inflight(): InflightRecord[] {
    return [...this.#inflight.values()].sort((a, b) => a.seq - b.seq);
  }
}
