const NO_SLOTS: undefined[] = [];

const SLOTS_MIN = 4;

/**
 * A first-in first-out queue over a circular array: O(1) at both ends, no shifting, and no memory
 * kept for entries that have left. One that was never used takes none for its slots. It grows by doubling; its owner bounds it.
 */
export class RingQueue<T> {
  /** A power of two of them, or none. */
  #slots: (T | undefined)[] = NO_SLOTS;
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(value: T): void {
    if (this.#size === this.#slots.length) this.#grow();
    this.#slots[(this.#head + this.#size) & (this.#slots.length - 1)] = value;
    this.#size++;
  }

  /** Puts `value` in front of all others. */
  unshift(value: T): void {
    if (this.#size === this.#slots.length) this.#grow();
    this.#head = (this.#head - 1) & (this.#slots.length - 1);
    this.#slots[this.#head] = value;
    this.#size++;
  }

  peek(): T | undefined {
    return this.#size === 0 ? undefined : this.#slots[this.#head];
  }

  shift(): T | undefined {
    if (this.#size === 0) return undefined;
    const value = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#slots.length - 1);
    this.#size--;
    if (this.#size === 0 && this.#slots.length > 64) this.clear();
    return value;
  }

  clear(): void {
    this.#slots = NO_SLOTS;
    this.#head = 0;
    this.#size = 0;
  }

  /** Keeps the entries for which `keep` is true, in order. */
  filter(keep: (value: T) => boolean): void {
    const kept = [...this].filter(keep);
    this.clear();
    for (const value of kept) this.push(value);
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (let i = 0; i < this.#size; i++) {
      yield this.#slots[(this.#head + i) & (this.#slots.length - 1)] as T;
    }
  }

  #grow(): void {
    const slots = new Array<T | undefined>(Math.max(SLOTS_MIN, this.#slots.length * 2));
    for (let i = 0; i < this.#size; i++) {
      slots[i] = this.#slots[(this.#head + i) & (this.#slots.length - 1)];
    }
    this.#slots = slots;
    this.#head = 0;
  }
}
