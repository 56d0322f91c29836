/** A broken promise of our own code: never the fault of a peer, a client or the disk. */
export class InvariantError extends Error {
  override name = "InvariantError";
}

/**
 * Throws {@linkcode InvariantError} when `condition` is false. For what cannot happen unless we
 * have a bug; input from outside is refused with a reason code instead.
 */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}
