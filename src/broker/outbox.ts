/** Something with output that waits to be handed to its transport. */
export interface Flushable {
  flush(): void;
}

/**
 * Connections that have something to write. They are flushed together when the current turn of the
 * event loop has run its synchronous part: once for all packets of a read, never per message.
 */
export class Outbox {
  #waiting: Flushable[] = [];

  readonly #flush = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const connection of waiting) connection.flush();
  };

  /** The caller marks a connection once until it was flushed. */
  add(connection: Flushable): void {
    if (this.#waiting.push(connection) === 1) queueMicrotask(this.#flush);
  }
}
