/**
 * The first `limit` of many rows in an order, found in one pass without sorting them all. Rows that
 * compare as equal are one row: the later is given to `merge`, or ignored without one.
 */
export class Selection<T> {
  readonly #limit: number;
  readonly #compare: (a: T, b: T) => number;
  readonly #merge: ((kept: T, row: T) => void) | undefined;
  readonly #rows: T[] = [];
  #overflowed = false;

  /** `limit`: at least 1; moving so many references must be cheap. */
  constructor(
    limit: number,
    compare: (a: T, b: T) => number,
    merge?: (kept: T, row: T) => void,
  ) {
    this.#limit = limit;
    this.#compare = compare;
    this.#merge = merge;
  }

  /** In order. */
  get rows(): readonly T[] {
    return this.#rows;
  }

  /** There were more rows than are kept. */
  get overflowed(): boolean {
    return this.#overflowed;
  }

  offer(row: T): void {
    const rows = this.#rows;
    const isFull = rows.length === this.#limit;
    if (isFull && this.#compare(row, rows[rows.length - 1]!) > 0) {
      this.#overflowed = true;
      return;
    }
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(rows[middle]!, row) < 0) low = middle + 1;
      else high = middle;
    }
    const next = rows[low];
    if (next !== undefined && this.#compare(next, row) === 0) {
      this.#merge?.(next, row);
      return;
    }
    rows.splice(low, 0, row);
    if (rows.length <= this.#limit) return;
    rows.pop();
    this.#overflowed = true;
  }
}

/** The order of strings by UTF-16 code units, which is that of `SortedKeys` too. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
