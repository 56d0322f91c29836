import type { Clock } from "../../base/clock.ts";
import { RingQueue } from "../../base/ring_queue.ts";

/** Rows that all queries together look at in one slice, at most … */
export const ROWS_PER_SLICE = 20_000;
/** … and for how long: what is not in the processor's caches takes many times as long. */
const SLICE_MS = 0.8;
/**
 * Turns of the event loop that belong to the others after each slice. The runtime looks at the
 * network every fourth turn only (`DENO_TOKIO_EVENT_INTERVAL`), so slices in each turn would add up
 * before a message is read. An idle turn takes some microseconds.
 */
export const REST_TURNS = 5;
/** Fewer turns are enough when they have taken so long: a list must not starve beside messages. */
const REST_MS = 0.8;
/** Rows between looks at the clock. */
const ROWS_PER_LOOK = 32;

/**
 * Lets the rows of all queries through in slices, between which the event loop is free for as many
 * turns, and the queries that have to wait in order, one in each slice.
 *
 * | state | event                      | next                            |
 * |-------|----------------------------|---------------------------------|
 * | free  | a row                      | slice                           |
 * | slice | a row                      | slice; it waits once it is over |
 * | slice | a turn, nobody waits       | free                            |
 * | slice | a turn, somebody waits     | rest                            |
 * | rest  | a row                      | rest; it waits                  |
 * | rest  | a turn before the last one | rest                            |
 * | rest  | the last turn, or they     | slice, of the first that waits  |
 * |       | have taken long            |                                 |
 */
export class RowGate {
  readonly #clock: Clock;
  readonly #waiting = new RingQueue<{ readonly rows: number; readonly resume: () => void }>();
  /** Of the slice; undefined: it is free. */
  #rows: number | undefined = undefined;
  #sliceEnds = 0;
  /** Turns that are left until the next slice, and from when on one is enough. */
  #turnsLeft = 0;
  #restEnds = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * For each row, or for several that are looked at together. Undefined: go on at once. Otherwise it
   * resolves when the caller may go on.
   */
  pass(rows = 1): Promise<void> | undefined {
    if (this.#rows === undefined) this.#beginSlice(0);
    const before = this.#rows!;
    this.#rows = before + rows;
    if (before < ROWS_PER_SLICE) {
      const looks = Math.floor(before / ROWS_PER_LOOK) < Math.floor(this.#rows / ROWS_PER_LOOK);
      if (!looks || this.#clock.now() < this.#sliceEnds) return undefined;
      this.#rows = ROWS_PER_SLICE;
    }
    return new Promise((resume) => this.#waiting.push({ rows, resume }));
  }

  #beginSlice(rows: number): void {
    this.#rows = rows;
    this.#sliceEnds = this.#clock.now() + SLICE_MS;
    this.#restEnds = this.#sliceEnds + REST_MS;
    this.#turnsLeft = 1 + REST_TURNS;
    this.#clock.after(0, this.#nextTurn);
  }

  readonly #nextTurn = (): void => {
    if (this.#waiting.size === 0) {
      this.#rows = undefined;
      return;
    }
    this.#rows = ROWS_PER_SLICE;
    const isFirst = this.#turnsLeft > REST_TURNS;
    if (--this.#turnsLeft > 0 && (isFirst || this.#clock.now() < this.#restEnds)) {
      this.#clock.after(0, this.#nextTurn);
      return;
    }
    const next = this.#waiting.shift()!;
    this.#beginSlice(next.rows);
    next.resume();
  };
}
