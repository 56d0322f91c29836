import type { Clock } from "../base/clock.ts";
import { RingQueue } from "../base/ring_queue.ts";

/** Something with output that waits to be handed to its transport. */
export interface Flushable {
  flush(): void;
}

/**
 * Connections that are written to in one piece: a write costs the runtime some microseconds, so that
 * a fan-out to ten thousand would keep everybody else waiting.
 */
export const FLUSHES_PER_TURN = 100;

/**
 * Turns of the event loop for which output is gathered at most. A publisher that always has more to
 * say fills a read buffer in each; with what they make together a write has some messages for each
 * of many receivers, not one or two.
 */
export const GATHERING_TURNS_MAX = 4;

/**
 * Connections that have something to write. They are flushed together: when the present turn of the
 * event loop has run its synchronous part, so once for all packets of a read and never per message;
 * or, while more input is at hand, when that was read too, at the latest some turns later.
 *
 * Where they are too many for one turn, the others follow in the next ones. What other connections
 * have to say meanwhile goes first: the answer to a ping does not wait for a fan-out.
 */
export class Outbox {
  readonly #clock: Clock;
  #waiting: Flushable[] = [];
  /** More than one turn can take. */
  readonly #behind = new RingQueue<Flushable>();
  #gathering = false;
  /** More input has been seen in this turn. */
  #more = false;
  /** Since the gathering began. */
  #turns = 0;
  /** The clock will say when this turn is over. */
  #watching = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The caller marks a connection once until it was flushed. */
  add(connection: Flushable): void {
    if (this.#waiting.push(connection) === 1 && !this.#gathering) queueMicrotask(this.#flush);
  }

  /** More input is at hand: what comes of it is written together with what is waiting. */
  gather(): void {
    this.#more = true;
    if (this.#gathering) return;
    this.#gathering = true;
    this.#turns = 0;
    this.#watch();
  }

  #watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    this.#clock.after(0, this.#turned);
  }

  readonly #turned = (): void => {
    this.#watching = false;
    if (!this.#gathering) return;
    if (!this.#more || ++this.#turns === GATHERING_TURNS_MAX) {
      this.endGathering();
      return;
    }
    this.#more = false;
    this.#watch();
  };

  /** No more input is at hand. */
  readonly endGathering = (): void => {
    if (!this.#gathering) return;
    this.#gathering = false;
    if (this.#waiting.length > 0) queueMicrotask(this.#flush);
  };

  readonly #flush = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting.length <= FLUSHES_PER_TURN) {
      for (const connection of waiting) connection.flush();
      return;
    }
    if (this.#behind.size === 0) this.#clock.after(0, this.#flushBehind);
    for (const connection of waiting) this.#behind.push(connection);
  };

  readonly #flushBehind = (): void => {
    const count = Math.min(FLUSHES_PER_TURN, this.#behind.size);
    for (let index = 0; index < count; index++) this.#behind.shift()!.flush();
    if (this.#behind.size > 0) this.#clock.after(0, this.#flushBehind);
  };
}
