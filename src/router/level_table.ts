import { hashText, mix } from "./hash.ts";

/** Slots at the start. A power of two. */
const SLOTS_MIN = 64;
/**
 * Integers in a slot: the hash of the level, and its number plus one, above a bit that says that
 * behind it there is, or was, another level with the same hash. 0 marks a free slot.
 */
const STRIDE = 2;
const SHARED_HASH = 1;

/** Says that a level has no number. */
export const NO_LEVEL = -1;
/** Says that one has to compare. */
export const SEVERAL_LEVELS = -2;

/**
 * Numbers for the levels of filters, so that a level is compared once for each topic and not at
 * each branch of a tree. A number is given up with its last use. Found by hash, and compared as
 * text: levels whose hashes are the same are still different levels.
 */
export class LevelTable {
  readonly #seed: number;
  #slots = new Int32Array(SLOTS_MIN * STRIDE);
  #mask = SLOTS_MIN - 1;
  #size = 0;
  readonly #texts: string[] = [];
  readonly #uses: number[] = [];
  readonly #free: number[] = [];

  /** `seed`: of the hashes; unknown to clients, who could otherwise make levels collide. */
  constructor(seed: number) {
    this.#seed = seed;
  }

  /** How many levels are in use. */
  get size(): number {
    return this.#size;
  }

  /**
   * The number of the only level in use with this hash; {@linkcode NO_LEVEL} when there is none,
   * {@linkcode SEVERAL_LEVELS} when there may be more. Whether it is the level that was meant,
   * {@linkcode LevelTable.is} knows; often there is something else to compare, and each comparison
   * among a million levels costs cache misses.
   */
  candidate(hash: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    for (let slot = mix(hash) & mask;; slot = (slot + 1) & mask) {
      const value = slots[slot * STRIDE + 1]!;
      if (value === 0) return NO_LEVEL;
      if (slots[slot * STRIDE] !== hash) continue;
      return value & SHARED_HASH ? SEVERAL_LEVELS : numberOf(value);
    }
  }

  /** True when `number` is the level from `start` to `end` in `text`. */
  is(number: number, text: string, start: number, end: number): boolean {
    const level = this.#texts[number]!;
    return level.length === end - start && text.startsWith(level, start);
  }

  /** The number of the level from `start` to `end` in `text`; {@linkcode NO_LEVEL} for none. */
  get(text: string, start: number, end: number): number {
    return this.#find(text, start, end, hashText(this.#seed, text, start, end));
  }

  /** Counts one more use of a level; returns its number. */
  acquire(text: string, start: number, end: number): number {
    const hash = hashText(this.#seed, text, start, end);
    let number = this.#find(text, start, end, hash);
    if (number === NO_LEVEL) {
      if ((this.#size + 1) * 3 > this.#mask * 2) this.#grow();
      number = this.#free.pop() ?? this.#uses.push(0) - 1;
      this.#texts[number] = text.substring(start, end);
      this.#put(hash, number);
      this.#size++;
    }
    this.#uses[number]!++;
    return number;
  }

  /** Takes one use back. */
  release(number: number): void {
    if (--this.#uses[number]! > 0) return;
    this.#remove(number);
    this.#size--;
    this.#texts[number] = "";
    this.#free.push(number);
  }

  #find(text: string, start: number, end: number, hash: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    for (let slot = mix(hash) & mask;; slot = (slot + 1) & mask) {
      const value = slots[slot * STRIDE + 1]!;
      if (value === 0) return NO_LEVEL;
      if (slots[slot * STRIDE] === hash && this.is(numberOf(value), text, start, end)) {
        return numberOf(value);
      }
    }
  }

  /** Puts in a level that is not there. */
  #put(hash: number, number: number): void {
    const slots = this.#slots;
    const mask = this.#mask;
    let slot = mix(hash) & mask;
    for (; slots[slot * STRIDE + 1] !== 0; slot = (slot + 1) & mask) {
      if (slots[slot * STRIDE] === hash) slots[slot * STRIDE + 1]! |= SHARED_HASH;
    }
    slots[slot * STRIDE] = hash;
    slots[slot * STRIDE + 1] = (number + 1) << 1;
  }

  #remove(number: number): void {
    const slots = this.#slots;
    const mask = this.#mask;
    let hole = mix(hashText(this.#seed, this.#texts[number]!)) & mask;
    while (numberOf(slots[hole * STRIDE + 1]!) !== number) hole = (hole + 1) & mask;
    // Moves up what would no longer be found behind a free slot; so there are no tombstones.
    for (let slot = (hole + 1) & mask; slots[slot * STRIDE + 1] !== 0; slot = (slot + 1) & mask) {
      const home = mix(slots[slot * STRIDE]!) & mask;
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      slots[hole * STRIDE] = slots[slot * STRIDE]!;
      slots[hole * STRIDE + 1] = slots[slot * STRIDE + 1]!;
      hole = slot;
    }
    slots[hole * STRIDE + 1] = 0;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    this.#mask = this.#slots.length / STRIDE - 1;
    for (let at = 0; at < old.length; at += STRIDE) {
      if (old[at + 1] !== 0) this.#put(old[at]!, numberOf(old[at + 1]!));
    }
  }
}

function numberOf(value: number): number {
  return (value >> 1) - 1;
}
