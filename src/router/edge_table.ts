import { mix } from "./hash.ts";

/** Slots at the start. A power of two. */
const SLOTS_MIN = 64;
/** Integers in a slot: parent, key (low and high), child. A child of 0 marks a free slot. */
const STRIDE = 4;
const LOW = 1;
const HIGH = 2;
const CHILD = 3;

/** Says that there is no further slot. */
export const NO_SLOT = -1;

/**
 * The edges of a whole tree in one open hash table of integers, because most branches have few
 * children, and a map for each would take ten times the memory and several times the cache misses.
 * Linear probing, at most two thirds full. Slots are given by number, which is good until the table
 * changes.
 */
export class EdgeTable {
  readonly #seed: number;
  #slots = new Int32Array(SLOTS_MIN * STRIDE);
  #mask = SLOTS_MIN - 1;
  #size = 0;

  /** `seed`: unknown to clients, who could otherwise make edges collide. */
  constructor(seed: number) {
    this.#seed = seed;
  }

  /** The first slot with this parent and key; {@linkcode NO_SLOT} when there is none. */
  first(parent: number, low: number, high: number): number {
    return this.#search(this.#home(parent, low, high), parent, low, high);
  }

  /** The one after `slot`: keys that are hashes may have several. */
  next(slot: number, parent: number, low: number, high: number): number {
    return this.#search((slot + 1) & this.#mask, parent, low, high);
  }

  child(slot: number): number {
    return this.#slots[slot * STRIDE + CHILD]!;
  }

  /** `child` is not 0. */
  setChild(slot: number, child: number): void {
    this.#slots[slot * STRIDE + CHILD] = child;
  }

  /** Adds an edge, also beside one with the same parent and key. `child` is not 0. */
  add(parent: number, low: number, high: number, child: number): void {
    if ((this.#size + 1) * 3 > this.#mask * 2) this.#grow();
    this.#put(parent, low, high, child);
    this.#size++;
  }

  remove(slot: number): void {
    const slots = this.#slots;
    const mask = this.#mask;
    let hole = slot;
    // Moves up what would no longer be found behind a free slot; so there are no tombstones.
    for (let from = (hole + 1) & mask;; from = (from + 1) & mask) {
      const at = from * STRIDE;
      if (slots[at + CHILD] === 0) break;
      const home = this.#home(slots[at]!, slots[at + LOW]!, slots[at + HIGH]!);
      if (((from - home) & mask) < ((from - hole) & mask)) continue;
      slots.copyWithin(hole * STRIDE, at, at + STRIDE);
      hole = from;
    }
    slots[hole * STRIDE + CHILD] = 0;
    this.#size--;
  }

  #home(parent: number, low: number, high: number): number {
    const seeded = Math.imul(parent ^ this.#seed, 0x9e3779b1) ^ low;
    return mix(Math.imul(mix(seeded), 0x85ebca77) ^ high) & this.#mask;
  }

  #search(from: number, parent: number, low: number, high: number): number {
    const slots = this.#slots;
    for (let slot = from;; slot = (slot + 1) & this.#mask) {
      const at = slot * STRIDE;
      if (slots[at + CHILD] === 0) return NO_SLOT;
      if (slots[at] === parent && slots[at + LOW] === low && slots[at + HIGH] === high) return slot;
    }
  }

  #put(parent: number, low: number, high: number, child: number): void {
    const slots = this.#slots;
    let slot = this.#home(parent, low, high);
    while (slots[slot * STRIDE + CHILD] !== 0) slot = (slot + 1) & this.#mask;
    const at = slot * STRIDE;
    slots[at] = parent;
    slots[at + LOW] = low;
    slots[at + HIGH] = high;
    slots[at + CHILD] = child;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    this.#mask = this.#slots.length / STRIDE - 1;
    for (let at = 0; at < old.length; at += STRIDE) {
      const child = old[at + CHILD]!;
      if (child !== 0) this.#put(old[at]!, old[at + LOW]!, old[at + HIGH]!, child);
    }
  }
}
