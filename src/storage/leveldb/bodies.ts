/**
 * Bodies that several deliveries share, and how many do.
 *
 * The invariant: a count is stored exactly when its body is, and is the number of stored deliveries
 * that name the body; it is never 0. Count, body and deliveries change in the same batch, so it
 * holds after a crash as well. A delivery with a message of its own is not counted.
 */

export class BodyCounts {
  #young = new Map<number, number>();
  #old = new Map<number, number>();
  readonly #changed = new Set<number>();
  /** No body with a larger id was ever stored. */
  #idMax: number;
  readonly #countsMax: number;

  /** `countsMax`: counts that are kept in memory between groups, in each of two generations. */
  constructor(idMax: number, countsMax: number) {
    this.#idMax = idMax;
    this.#countsMax = countsMax;
  }

  /** True when the count has to be read before it can be changed. */
  isUnknown(id: number): boolean {
    return id <= this.#idMax && !this.#young.has(id) && !this.#old.has(id);
  }

  /** The count as it was read; 0 when there is no such body. */
  loaded(id: number, count: number): void {
    this.#young.set(id, count);
  }

  /** More deliveries refer to the body. True when it is a new one, which has to be stored. */
  add(id: number, references: number): boolean {
    const before = this.#get(id);
    this.#set(id, before + references);
    if (id > this.#idMax) this.#idMax = id;
    return before === 0;
  }

  /** One delivery less refers to the body. True when it was the last. */
  remove(id: number): boolean {
    const before = this.#get(id);
    // Only after the loss of a batch that was not synced: then rather a body too many.
    if (before === 0) return false;
    this.#set(id, before - 1);
    return before === 1;
  }

  /** The counts that have changed since the last call; 0: there is no body any more. */
  takeChanged(): { readonly id: number; readonly count: number }[] {
    const changed = [...this.#changed].map((id) => ({ id, count: this.#get(id) }));
    this.#changed.clear();
    return changed;
  }

  /** Called between groups. */
  trim(): void {
    if (this.#young.size < this.#countsMax) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  /** A batch failed: what is in memory may not be what is stored. */
  clear(): void {
    this.#young.clear();
    this.#old.clear();
    this.#changed.clear();
  }

  #get(id: number): number {
    return this.#young.get(id) ?? this.#old.get(id) ?? 0;
  }

  #set(id: number, count: number): void {
    this.#young.set(id, count);
    this.#changed.add(id);
  }
}
