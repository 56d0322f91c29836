/** The smallest table that holds anything. A power of two. */
const SLOTS_MIN = 8;
/** A table that has become empty keeps at most so many slots for the next burst (2 KiB). */
const SLOTS_KEPT = 256;

interface HasPacketId {
  readonly packetId: number;
}

const NO_SLOTS: undefined[] = [];

/**
 * Entries by packet id (1 … 65,535), for entries that come and go all the time: a hash table with
 * open addressing. Packet ids are used one after the other, so an id is its own hash.
 *
 * Not a `Map`: an empty one of these takes no memory of its own, and every session has two.
 */
export class PacketIdTable<T extends HasPacketId> {
  /** At most half of it is in use, so that a search is short and ends. */
  #slots: (T | undefined)[] = NO_SLOTS;
  #size = 0;
  /** Entries that are not in the first slot of their search. */
  #displaced = 0;

  get size(): number {
    return this.#size;
  }

  has(packetId: number): boolean {
    return this.get(packetId) !== undefined;
  }

  get(packetId: number): T | undefined {
    const slots = this.#slots;
    const mask = slots.length - 1;
    if (mask < 0) return undefined;
    for (let i = packetId & mask;; i = (i + 1) & mask) {
      const entry = slots[i];
      if (entry === undefined || entry.packetId === packetId) return entry;
    }
  }

  /** Adds the entry, or replaces the one with its packet id. */
  set(entry: T): void {
    if (2 * (this.#size + 1) > this.#slots.length) this.#grow();
    const slots = this.#slots;
    const mask = slots.length - 1;
    const home = entry.packetId & mask;
    let i = home;
    for (let other = slots[i]; other !== undefined; other = slots[i]) {
      if (other.packetId === entry.packetId) {
        slots[i] = entry;
        return;
      }
      i = (i + 1) & mask;
    }
    slots[i] = entry;
    this.#size++;
    if (i !== home) this.#displaced++;
  }

  /** Returns whether there was one. */
  delete(packetId: number): boolean {
    const slots = this.#slots;
    const mask = slots.length - 1;
    if (mask < 0) return false;
    let hole = packetId & mask;
    for (;; hole = (hole + 1) & mask) {
      const entry = slots[hole];
      if (entry === undefined) return false;
      if (entry.packetId === packetId) break;
    }
    this.#size--;
    if (this.#size === 0 && slots.length > SLOTS_KEPT) {
      this.clear();
      return true;
    }
    if (hole !== (packetId & mask)) this.#displaced--;
    if (this.#displaced > 0) hole = this.#moveUp(hole);
    slots[hole] = undefined;
    return true;
  }

  /**
   * Later entries of the same run move up into the hole, unless that is in front of where their
   * search begins. Returns where the hole is then.
   */
  #moveUp(first: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let hole = first;
    for (let i = (hole + 1) & mask;; i = (i + 1) & mask) {
      const entry = slots[i];
      if (entry === undefined) return hole;
      const home = entry.packetId & mask;
      if (((i - home) & mask) < ((i - hole) & mask)) continue;
      slots[hole] = entry;
      if (hole === home) this.#displaced--;
      hole = i;
    }
  }

  clear(): void {
    this.#slots = NO_SLOTS;
    this.#size = 0;
    this.#displaced = 0;
  }

  /** In no particular order; the table must not be changed meanwhile. */
  *values(): IterableIterator<T> {
    for (const entry of this.#slots) if (entry !== undefined) yield entry;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Array(Math.max(SLOTS_MIN, before.length * 2)).fill(undefined);
    this.#size = 0;
    this.#displaced = 0;
    for (const entry of before) if (entry !== undefined) this.set(entry);
  }
}
