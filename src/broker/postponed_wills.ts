/**
 * Wills that were due while the store took no writes (a full disk). Retained messages and queues
 * cannot take them then, and nobody sends them again, so they wait until it takes writes.
 *
 * | state     | event                           | next      | effect                             |
 * |-----------|---------------------------------|-----------|------------------------------------|
 * | -         | due, the store takes no writes  | postponed | looked at again every second       |
 * | -         | published, the write has failed | postponed | the same; who has it gets it again |
 * | postponed | the store takes writes          | -         | published                          |
 * | postponed | its client stores another will  | postponed | that one is left in the store      |
 */
import type { Identity } from "../auth/auth.ts";
import type { Deadline } from "../base/deadlines.ts";
import type { Will } from "../mqtt/packets/connect.ts";
import type { BrokerContext } from "./context.ts";

/** How long a postponed will waits before the store is looked at again. */
const RETRY_MS = 1_000;

/** Clients that come and go while the disk is full must not fill the memory with their wills. */
const POSTPONED_MAX = 10_000;

/** A will that is due. */
export interface DueWill {
  readonly will: Will;
  readonly identity: Identity;
  /** The store has it under its client's id: it goes from there when it is published. */
  stored: boolean;
}

export class PostponedWills {
  readonly #context: BrokerContext;
  readonly #publish: (due: DueWill) => void;
  readonly #waiting = new Set<DueWill>();
  #retry: Deadline | undefined;

  /** `publish` tries again; it may postpone the will once more. */
  constructor(context: BrokerContext, publish: (due: DueWill) => void) {
    this.#context = context;
    this.#publish = publish;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** False when too many wait already. */
  add(due: DueWill): boolean {
    if (this.#waiting.size >= POSTPONED_MAX) return false;
    this.#waiting.add(due);
    if (this.#retry?.pending !== true) this.#retryLater();
    return true;
  }

  /** The client's will in the store is another one now, or none. */
  replaced(clientId: string): void {
    if (this.#waiting.size === 0) return;
    for (const due of this.#waiting) if (due.identity.clientId === clientId) due.stored = false;
  }

  #retryLater(): void {
    this.#retry = this.#context.deadlines.after(RETRY_MS, () => {
      if (!this.#context.store.health().writable) return this.#retryLater();
      const waiting = [...this.#waiting];
      this.#waiting.clear();
      for (const due of waiting) this.#publish(due);
    });
  }
}
