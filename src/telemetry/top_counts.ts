/** One key and how often it came: at most `count`, at least `count - error`. */
export interface TopCount {
  readonly key: string;
  readonly count: number;
  readonly error: number;
}

interface Entry {
  count: number;
  readonly error: number;
}

/**
 * The keys that come most often in a stream of any number of keys, with bounded memory: a key that
 * is not among those that are kept starts with the largest count that was given up, which is the
 * most that it can have had. Every key that has come more often than that is there.
 */
export class TopCounts {
  readonly #kept: number;
  readonly #entries = new Map<string, Entry>();
  #floor = 0;

  /** `kept`: what remains when twice as many are there. */
  constructor(kept: number) {
    this.#kept = kept;
  }

  get size(): number {
    return this.#entries.size;
  }

  add(key: string): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) {
      entry.count++;
      return;
    }
    if (this.#entries.size >= 2 * this.#kept) this.#prune();
    this.#entries.set(key, { count: this.#floor + 1, error: this.#floor });
  }

  /** The most frequent first; at most `limit`. */
  top(limit: number): TopCount[] {
    return this.#sorted().slice(0, limit).map(([key, { count, error }]) => ({ key, count, error }));
  }

  #sorted(): [string, Entry][] {
    return [...this.#entries].sort(([, a], [, b]) => b.count - a.count);
  }

  #prune(): void {
    const sorted = this.#sorted();
    this.#floor = sorted[this.#kept]![1].count;
    for (const [key] of sorted.slice(this.#kept)) this.#entries.delete(key);
  }
}
