import { SESSION_EXPIRY_NEVER, type SessionRecord } from "../store.ts";

/** When the session expires (milliseconds since the epoch); undefined: not, as it is now. */
export function expiryOf(record: SessionRecord): number | undefined {
  const { connected, disconnectedAt, expiryInterval } = record;
  if (connected || disconnectedAt === undefined) return undefined;
  if (expiryInterval === SESSION_EXPIRY_NEVER) return undefined;
  return disconnectedAt + expiryInterval * 1000;
}
