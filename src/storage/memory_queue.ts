import type { Delivery } from "../mqtt/delivery.ts";
import type { QueueRecord } from "./store.ts";

/** Below this size an array is not worth compacting. */
const COMPACT_SIZE_MIN = 32;

/**
 * Deliveries by ascending `seq`. Appending and removing the first cost O(1), everything else
 * O(log n): two arrays side by side, in which a removed entry leaves a hole until more than half
 * of them are holes. No object for each entry: 10,000 sessions may queue 1,000 entries each.
 */
export class MemoryQueue {
  #seqs: number[] = [];
  #deliveries: (Delivery | undefined)[] = [];
  /** Index of the first entry that is not a hole; everything before it is one. */
  #head = 0;
  #count = 0;
  #bytes = 0;

  get count(): number {
    return this.#count;
  }

  /** The sum of `message.cost` of the entries. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds an entry, or replaces the one with the same `seq`. */
  put(seq: number, delivery: Delivery): void {
    const index = this.#indexFrom(seq);
    if (this.#seqs[index] !== seq) {
      // The contract's seq always grows, so in practice this appends.
      this.#seqs.splice(index, 0, seq);
      this.#deliveries.splice(index, 0, undefined);
    }
    this.#take(index);
    this.#deliveries[index] = delivery;
    this.#count++;
    this.#bytes += delivery.message.cost;
    if (index < this.#head) this.#head = index;
  }

  /** Removes the entry `seq` and returns it; undefined when there is none. */
  remove(seq: number): Delivery | undefined {
    const index = this.#indexFrom(seq);
    if (this.#seqs[index] !== seq) return undefined;
    const delivery = this.#take(index);
    while (this.#head < this.#seqs.length && this.#deliveries[this.#head] === undefined) {
      this.#head++;
    }
    if (this.#seqs.length >= COMPACT_SIZE_MIN && this.#count * 2 < this.#seqs.length) {
      this.#compact();
    }
    return delivery;
  }

  /** At most `limit` entries with a larger `seq` than `afterSeq`. */
  page(afterSeq: number, limit: number): QueueRecord[] {
    const records: QueueRecord[] = [];
    let index = Math.max(this.#head, this.#indexFrom(afterSeq + 1));
    for (; index < this.#seqs.length && records.length < limit; index++) {
      const delivery = this.#deliveries[index];
      if (delivery !== undefined) records.push({ seq: this.#seqs[index]!, delivery });
    }
    return records;
  }

  /** Makes the entry at `index` a hole. */
  #take(index: number): Delivery | undefined {
    const delivery = this.#deliveries[index];
    if (delivery === undefined) return undefined;
    this.#deliveries[index] = undefined;
    this.#count--;
    this.#bytes -= delivery.message.cost;
    return delivery;
  }

  /** The first index whose `seq` is not smaller than `seq`. */
  #indexFrom(seq: number): number {
    let low = 0;
    let high = this.#seqs.length;
    if (high === 0 || this.#seqs[high - 1]! < seq) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#seqs[middle]! < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #compact(): void {
    const seqs: number[] = [];
    const deliveries: Delivery[] = [];
    for (let index = this.#head; index < this.#seqs.length; index++) {
      const delivery = this.#deliveries[index];
      if (delivery === undefined) continue;
      seqs.push(this.#seqs[index]!);
      deliveries.push(delivery);
    }
    this.#seqs = seqs;
    this.#deliveries = deliveries;
    this.#head = 0;
  }
}
