/**
 * Slows guessing down. The life of a key (a user name, or an address):
 *
 * | state  | attempt                                  | success       | time                        |
 * | ------ | ---------------------------------------- | ------------- | --------------------------- |
 * | clean  | allowed → counted                        |               |                             |
 * | counted| allowed; beyond the free ones → locked   | one less      | `FORGET_MS` → clean         |
 * | locked | refused, and not counted                 | one less      | the lock ends → counted     |
 *
 * An attempt counts as failed from its beginning until it has succeeded, so that a thousand guesses
 * at the same moment are no more than one after the other.
 */
import type { Clock } from "../../base/clock.ts";

/** The first lock; each further failure doubles it. */
export const FIRST_LOCK_MS = 1_000;
export const LOCK_MAX_MS = 15 * 60_000;

/** After this time without an attempt nothing is known of a key any more. */
export const FORGET_MS = 60 * 60_000;

/** Keys that are remembered; beyond it the one that was quiet for longest is forgotten. */
export const LOCKOUT_KEYS_MAX = 10_000;

interface Attempts {
  failures: number;
  lastAt: number;
}

export class Lockout {
  readonly #clock: Clock;
  readonly #freeFailures: number;
  /** The least recently used first. */
  readonly #attempts = new Map<string, Attempts>();

  /** `freeFailures`: so many attempts may fail before the first lock. */
  constructor(clock: Clock, freeFailures: number) {
    this.#clock = clock;
    this.#freeFailures = freeFailures;
  }

  /** Milliseconds until `key` may try again; 0: now. */
  lockedFor(key: string): number {
    const attempts = this.#attempts.get(key);
    if (attempts === undefined) return 0;
    return Math.max(0, attempts.lastAt + this.#lockMs(attempts.failures) - this.#clock.now());
  }

  /** Counts an attempt of `key`. To be called only when it is not locked. */
  begin(key: string): void {
    const now = this.#clock.now();
    const known = this.#attempts.get(key);
    const failures = known === undefined || now - known.lastAt >= FORGET_MS ? 0 : known.failures;
    this.#attempts.delete(key);
    this.#makeRoom();
    this.#attempts.set(key, { failures: failures + 1, lastAt: now });
  }

  /** One attempt of `key` was no failure after all. */
  succeeded(key: string): void {
    const attempts = this.#attempts.get(key);
    if (attempts === undefined) return;
    attempts.failures--;
    if (attempts.failures <= 0) this.#attempts.delete(key);
  }

  /** Forgets all attempts of `key`. */
  clear(key: string): void {
    this.#attempts.delete(key);
  }

  get size(): number {
    return this.#attempts.size;
  }

  #lockMs(failures: number): number {
    const beyond = failures - this.#freeFailures;
    return beyond < 0 ? 0 : Math.min(FIRST_LOCK_MS * 2 ** beyond, LOCK_MAX_MS);
  }

  #makeRoom(): void {
    if (this.#attempts.size < LOCKOUT_KEYS_MAX) return;
    this.#attempts.delete(this.#attempts.keys().next().value!);
  }
}
