/** Slots at the start, and after everything was removed. A power of two. */
const SLOTS_MIN = 64;
/** Integers in a slot: parent, level, child. A child of 0 marks a free slot. */
const STRIDE = 3;

/**
 * Which child a branch has for a level: one open hash table of integers for the edges of a whole
 * tree, because most branches have few children and a map for each would take ten times the memory
 * and twice the cache misses. Linear probing, at most half full.
 */
export class EdgeTable {
  #slots = new Int32Array(SLOTS_MIN * STRIDE);
  #mask = SLOTS_MIN - 1;
  #size = 0;

  /** The child of `parent` for `level`; 0 when there is none. */
  get(parent: number, level: number): number {
    const slots = this.#slots;
    for (let slot = hash(parent, level) & this.#mask;; slot = (slot + 1) & this.#mask) {
      const at = slot * STRIDE;
      const child = slots[at + 2]!;
      if (child === 0 || (slots[at] === parent && slots[at + 1] === level)) return child;
    }
  }

  /** Adds or replaces; `child` is not 0. */
  set(parent: number, level: number, child: number): void {
    if ((this.#size + 1) * 2 > this.#mask) this.#resize((this.#mask + 1) * 2);
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
      const home = hash(slots[at]!, slots[at + 1]!) & mask;
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      slots.copyWithin(hole * STRIDE, at, at + STRIDE);
      hole = slot;
    }
    slots.fill(0, hole * STRIDE, (hole + 1) * STRIDE);
    this.#size--;
    if (this.#size * 16 < mask && mask >= SLOTS_MIN) this.#resize((mask + 1) / 4);
  }

  /** The slot of the edge, or the free one where it belongs. */
  #find(parent: number, level: number): number {
    const slots = this.#slots;
    for (let slot = hash(parent, level) & this.#mask;; slot = (slot + 1) & this.#mask) {
      const at = slot * STRIDE;
      if (slots[at + 2] === 0 || (slots[at] === parent && slots[at + 1] === level)) return slot;
    }
  }

  #resize(slotCount: number): void {
    const old = this.#slots;
    this.#slots = new Int32Array(Math.max(SLOTS_MIN, slotCount) * STRIDE);
    this.#mask = this.#slots.length / STRIDE - 1;
    for (let at = 0; at < old.length; at += STRIDE) {
      if (old[at + 2] === 0) continue;
      this.#slots.set(old.subarray(at, at + STRIDE), this.#find(old[at]!, old[at + 1]!) * STRIDE);
    }
  }
}

function hash(parent: number, level: number): number {
  let h = Math.imul(parent, 0x9e3779b1) ^ Math.imul(level, 0x85ebca77);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return h ^ (h >>> 13);
}
