/**
 * The outcome of a write that a promise to a client depends on. `undefined`: already durable, go on
 * in the same turn (always so for the in-memory store). A promise: durable when it resolves; it
 * rejects when the write failed. The synchronous case keeps the data path free of `await`.
 */
export type Durable = Promise<void> | undefined;

/** A write of a batch of the store that may turn out not to be needed. */
export interface PendingWrite {
  /**
   * Takes the write out of its batch, as if it had never been in it, unless the store has begun with
   * it or has done it: then it returns false, and what was written has to be deleted.
   */
  withdraw(): boolean;
}

/** Both writes: durable when the later of the two is. */
export function bothDurable(a: Durable, b: Durable): Durable {
  if (a === undefined) return b;
  if (b === undefined) return a;
  return Promise.all([a, b]).then(() => undefined);
}
