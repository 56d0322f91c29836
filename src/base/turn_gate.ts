import type { Clock } from "./clock.ts";
import { RingQueue } from "./ring_queue.ts";

/**
 * Lets so many callers through in one turn of the event loop, so that what happens to many at once
 * does not keep the others waiting. Who comes later waits for the next turns, in order.
 */
export class TurnGate {
  readonly #clock: Clock;
  readonly #perTurn: number;
  readonly #waiting = new RingQueue<() => void>();
  #passed = 0;

  constructor(clock: Clock, perTurn: number) {
    this.#clock = clock;
    this.#perTurn = perTurn;
  }

  /** Undefined: go on at once. Otherwise it resolves in the turn in which the caller may go on. */
  pass(): Promise<void> | undefined {
    if (this.#passed === 0) this.#clock.after(0, this.#nextTurn);
    if (this.#passed < this.#perTurn) {
      this.#passed++;
      return undefined;
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  readonly #nextTurn = (): void => {
    this.#passed = Math.min(this.#waiting.size, this.#perTurn);
    if (this.#passed === 0) return;
    for (let count = this.#passed; count > 0; count--) this.#waiting.shift()!();
    this.#clock.after(0, this.#nextTurn);
  };
}
