import { mix } from "./hash.ts";

/** Slots at the start. A power of two. */
const SLOTS_MIN = 64;
/** Integers in a slot: parent, level, child. A child of 0 marks a free slot. */
const STRIDE = 3;

/**
 * Which child a branch has for a level: one open hash table of integers for the edges of a whole
 * tree, because most branches have few children, and a map for each would take ten times the memory
 * and several times the cache misses. Linear probing, at most half full.
 */
export class EdgeTable {
  readonly #seed: number;
  #slots = new Int32Array(SLOTS_MIN * STRIDE);
  #mask = SLOTS_MIN - 1;
  #size = 0;

  /** `seed`: of the hashes; unknown to clients, who could otherwise make edges collide. */
  constructor(seed: number) {
    this.#seed = seed;
  }

  /** The child of `parent` for `level`; 0 when there is none. */
  get(parent: number, level: number): number {
    return this.#slots[this.#find(parent, level) * STRIDE + 2]!;
  }

  /** Adds or replaces; `child` is not 0. */
  set(parent: number, level: number, child: number): void {
    if ((this.#size + 1) * 3 > this.#mask * 2) this.#grow();
    const at = this.#find(parent, level) * STRIDE;
    if (this.#slots[at + 2] === 0) this.#size++;
    this.#slots[at] = parent;
    this.#slots[at + 1] = level;
    this.#slots[at + 2] = child;
  }

  /** Removes an edge that is there. */
  delete(parent: number, level: number): void {
    const slots = this.#slots;
    const mask = this.#mask;
    let hole = this.#find(parent, level);
    // Moves up what would no longer be found behind a free slot; so there are no tombstones.
    for (let slot = (hole + 1) & mask; slots[slot * STRIDE + 2] !== 0; slot = (slot + 1) & mask) {
      const at = slot * STRIDE;
      const home = this.#home(slots[at]!, slots[at + 1]!);
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      slots[hole * STRIDE] = slots[at]!;
      slots[hole * STRIDE + 1] = slots[at + 1]!;
      slots[hole * STRIDE + 2] = slots[at + 2]!;
      hole = slot;
    }
    slots[hole * STRIDE + 2] = 0;
    this.#size--;
  }

  #home(parent: number, level: number): number {
    return mix(Math.imul(parent ^ this.#seed, 0x9e3779b1) ^ Math.imul(level, 0x85ebca77)) &
      this.#mask;
  }

  /** The slot of the edge, or the free one where it belongs. */
  #find(parent: number, level: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    for (let slot = this.#home(parent, level);; slot = (slot + 1) & mask) {
      const at = slot * STRIDE;
      if (slots[at + 2] === 0 || (slots[at] === parent && slots[at + 1] === level)) return slot;
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    this.#mask = this.#slots.length / STRIDE - 1;
    for (let at = 0; at < old.length; at += STRIDE) {
      if (old[at + 2] === 0) continue;
      const to = this.#find(old[at]!, old[at + 1]!) * STRIDE;
      this.#slots[to] = old[at]!;
      this.#slots[to + 1] = old[at + 1]!;
      this.#slots[to + 2] = old[at + 2]!;
    }
  }
}
