import type { Clock } from "../base/clock.ts";

/** Something with output that waits to be handed to its transport. */
export interface Flushable {
  flush(): void;
}

/**
 * Connections that have something to write. They are flushed together: when the present turn of the
 * event loop has run its synchronous part, so once for all packets of a read and never per message;
 * or, while more input is at hand, when that was read too, at the latest in the next turn.
 */
export class Outbox {
  readonly #clock: Clock;
  #waiting: Flushable[] = [];
  #gathering = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The caller marks a connection once until it was flushed. */
  add(connection: Flushable): void {
    if (this.#waiting.push(connection) === 1 && !this.#gathering) queueMicrotask(this.#flush);
  }

  /** More input is at hand: what comes of it is written together with what is waiting. */
  gather(): void {
    if (this.#gathering) return;
    this.#gathering = true;
    this.#clock.after(0, this.endGathering);
  }

  /** No more input is at hand. */
  readonly endGathering = (): void => {
    if (!this.#gathering) return;
    this.#gathering = false;
    if (this.#waiting.length > 0) queueMicrotask(this.#flush);
  };

  readonly #flush = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const connection of waiting) connection.flush();
  };
}
