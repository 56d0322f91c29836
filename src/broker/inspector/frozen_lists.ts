/**
 * Figures that were read once and are paged through afterwards: what is sorted by a figure that
 * changes has no order of its own that would last until the next page. Nothing is sorted: a page
 * takes its few rows out of all of them, which is quicker.
 *
 * | list  | event                        | next  |
 * |-------|------------------------------|-------|
 * | none  | kept                         | kept  |
 * | kept  | asked for                    | kept  |
 * | kept  | its age is over              | none  |
 * | kept  | too many lists, or rows of them all: it is the oldest | none  |
 */
import type { Clock } from "../../base/clock.ts";

export const FROZEN_LISTS_MAX = 8;
/** Of all lists together, 16 bytes each; what a list has beyond them is left out. */
export const FROZEN_ROWS_MAX = 1_000_000;
/** Since it was made. */
export const FROZEN_AGE_MS_MAX = 5 * 60_000;

export interface FrozenList {
  /** Client ids, in no order; at most {@linkcode FROZEN_ROWS_MAX}. */
  readonly ids: readonly string[];
  /** The figure of each. */
  readonly values: readonly number[];
  readonly descending: boolean;
  /** False: there were more. */
  readonly complete: boolean;
}

interface Kept {
  readonly list: FrozenList;
  readonly madeAt: number;
}

export class FrozenLists {
  readonly #clock: Clock;
  /** By number, the oldest first. */
  readonly #lists = new Map<number, Kept>();
  #rows = 0;
  #lastNumber = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#lists.size;
  }

  /** Returns the number that it is kept under; the oldest make room for it. */
  keep(list: FrozenList): number {
    this.#forgetOld();
    for (const number of this.#lists.keys()) {
      const fits = this.#rows + list.ids.length <= FROZEN_ROWS_MAX;
      if (fits && this.#lists.size < FROZEN_LISTS_MAX) break;
      this.#forget(number);
    }
    this.#lists.set(++this.#lastNumber, { list, madeAt: this.#clock.now() });
    this.#rows += list.ids.length;
    return this.#lastNumber;
  }

  /** Undefined: it is not kept any more. */
  get(number: number): FrozenList | undefined {
    this.#forgetOld();
    return this.#lists.get(number)?.list;
  }

  #forgetOld(): void {
    const oldest = this.#clock.now() - FROZEN_AGE_MS_MAX;
    for (const [number, { madeAt }] of this.#lists) {
      if (madeAt >= oldest) return;
      this.#forget(number);
    }
  }

  #forget(number: number): void {
    this.#rows -= this.#lists.get(number)!.list.ids.length;
    this.#lists.delete(number);
  }
}
