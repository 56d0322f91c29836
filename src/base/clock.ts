/**
 * Time, as the broker is allowed to see it. Nothing below `server.ts` asks the runtime for the time
 * or sets a timer of its own, so a test can run a two-day session expiry in a millisecond.
 */
export interface Clock {
  /**
   * Milliseconds since the Unix epoch. Never goes backwards within one process: expiry and order
   * are computed from differences of this value.
   */
  now(): number;

  /**
   * Calls `callback` once, when at least `delayMs` milliseconds have passed (never earlier; a
   * negative delay counts as 0). Returns a handle that cancels the call.
   */
  after(delayMs: number, callback: () => void): Timer;
}

/** A pending call of {@linkcode Clock.after}. */
export interface Timer {
  /** Prevents the call. Harmless when it was already made or cancelled. */
  cancel(): void;
}

/** Resolves when `delayMs` milliseconds of `clock` have passed. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}
