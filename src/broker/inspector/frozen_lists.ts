/**
 * Orders that were found once and are paged through afterwards: what is sorted by a figure that
 * changes has no order of its own that would last until the next page.
 *
 * | list  | event                        | next  |
 * |-------|------------------------------|-------|
 * | none  | kept                         | kept  |
 * | kept  | asked for                    | kept  |
 * | kept  | its age is over              | none  |
 * | kept  | too many: it is the oldest   | none  |
 */
import type { Clock } from "../../base/clock.ts";

export const FROZEN_LISTS_MAX = 8;
/** Client ids of one list; what comes behind them is left out. */
export const FROZEN_IDS_MAX = 100_000;
/** Since it was made. */
export const FROZEN_AGE_MS_MAX = 5 * 60_000;

interface FrozenList {
  readonly ids: readonly string[];
  readonly madeAt: number;
}

export class FrozenLists {
  readonly #clock: Clock;
  /** By number, the oldest first. */
  readonly #lists = new Map<number, FrozenList>();
  #lastNumber = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#lists.size;
  }

  /** Keeps a list of at most {@linkcode FROZEN_IDS_MAX}; returns its number. */
  keep(ids: readonly string[]): number {
    this.#forgetOld();
    for (const number of this.#lists.keys()) {
      if (this.#lists.size < FROZEN_LISTS_MAX) break;
      this.#lists.delete(number);
    }
    this.#lists.set(++this.#lastNumber, { ids, madeAt: this.#clock.now() });
    return this.#lastNumber;
  }

  /** Undefined: it is not kept any more. */
  get(number: number): readonly string[] | undefined {
    this.#forgetOld();
    return this.#lists.get(number)?.ids;
  }

  #forgetOld(): void {
    const oldest = this.#clock.now() - FROZEN_AGE_MS_MAX;
    for (const [number, { madeAt }] of this.#lists) {
      if (madeAt >= oldest) return;
      this.#lists.delete(number);
    }
  }
}
