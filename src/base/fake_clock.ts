import type { Clock, Timer } from "./clock.ts";

interface Pending {
  due: number;
  order: number;
  callback: () => void;
  /** Makes the call in the next turn of the event loop, when it is due at once. */
  soon: ReturnType<typeof setTimeout> | undefined;
}

/**
 * A clock that stands still until a test moves it; only calls that are due at once need no move.
 * Calls are made in the order of their due time, then of their registration, each at exactly its
 * due time.
 */
export class FakeClock implements Clock {
  #now: number;
  #order = 0;
  readonly #pending = new Set<Pending>();

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  /** How many calls are pending: a leak check. */
  get pending(): number {
    return this.#pending.size;
  }

  after(delayMs: number, callback: () => void): Timer {
    const due = this.#now + Math.max(0, delayMs);
    const entry: Pending = { due, order: this.#order++, callback, soon: undefined };
    this.#pending.add(entry);
    // What is due at once needs no moving of the clock: it runs in the next turn, as it really would.
    if (delayMs <= 0) {
      entry.soon = setTimeout(() => {
        if (this.#take(entry)) callback();
      }, 0);
    }
    return { cancel: () => void this.#take(entry) };
  }

  /**
   * Moves time forward by `ms`, making every call that falls due on the way. Between calls the
   * event loop gets a turn, so that promises which a call settles run before the next one.
   */
  async advance(ms: number): Promise<void> {
    const target = this.#now + ms;
    await settle();
    for (let next = this.#earliest(target); next; next = this.#earliest(target)) {
      this.#take(next);
      this.#now = Math.max(this.#now, next.due);
      next.callback();
      await settle();
    }
    this.#now = target;
  }

  /** Takes a call out, so that it is made no more than once; false when it is out already. */
  #take(entry: Pending): boolean {
    clearTimeout(entry.soon);
    return this.#pending.delete(entry);
  }

  #earliest(target: number): Pending | undefined {
    let found: Pending | undefined;
    for (const entry of this.#pending) {
      if (entry.due > target) continue;
      if (
        !found || entry.due < found.due || (entry.due === found.due && entry.order < found.order)
      ) found = entry;
    }
    return found;
  }
}

/** Lets everything that is already runnable run: one turn of the event loop, microtasks included. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}
