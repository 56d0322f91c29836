import type { Clock } from "../../base/clock.ts";
import { RingQueue } from "../../base/ring_queue.ts";

/** Rows that all queries together look at in one turn of the event loop, at most … */
export const ROWS_PER_TURN = 20_000;
/** … and for how long: what is not in the processor's caches takes many times as long. */
const TURN_MS = 1;
/** Rows between looks at the clock. */
const ROWS_PER_LOOK = 32;

/**
 * Lets the rows of all queries through, so many in one turn of the event loop, and the queries that
 * have to wait in order, one in each turn.
 */
export class RowGate {
  readonly #clock: Clock;
  readonly #waiting = new RingQueue<{ readonly rows: number; readonly resume: () => void }>();
  /** In this turn; undefined: none is under way. */
  #rows: number | undefined = undefined;
  #turnEnds = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * For each row, or for several that are looked at together. Undefined: go on at once. Otherwise it
   * resolves when the caller may go on.
   */
  pass(rows = 1): Promise<void> | undefined {
    if (this.#rows === undefined) this.#beginTurn(0);
    const before = this.#rows!;
    this.#rows = before + rows;
    if (before < ROWS_PER_TURN) {
      const looks = Math.floor(before / ROWS_PER_LOOK) < Math.floor(this.#rows / ROWS_PER_LOOK);
      if (!looks || this.#clock.now() < this.#turnEnds) return undefined;
      this.#rows = ROWS_PER_TURN;
    }
    return new Promise((resume) => this.#waiting.push({ rows, resume }));
  }

  #beginTurn(rows: number): void {
    this.#rows = rows;
    this.#turnEnds = this.#clock.now() + TURN_MS;
    this.#clock.after(0, this.#nextTurn);
  }

  readonly #nextTurn = (): void => {
    this.#rows = undefined;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#beginTurn(next.rows);
    next.resume();
  };
}
