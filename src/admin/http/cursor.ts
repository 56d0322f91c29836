import { createHash } from "node:crypto";
import { Buffer } from "node:buffer";
import { Problem } from "./problem.ts";

/** Bytes of the checksum in front of a cursor. */
const CHECKSUM_BYTES = 6;

/**
 * A place in a list: behind the item with `key`. It belongs to the list that `scope` names, with its
 * filters and its order. The checksum finds mistakes; it is no secret, since a cursor opens nothing
 * that the list without it would not show.
 */
export function cursorBehind(key: string, scope: string): string {
  const bytes = Buffer.from(key);
  return Buffer.concat([checksum(bytes, scope), bytes]).toString("base64url");
}

/** The key in `cursor`. Throws the problem `cursor_invalid` unless it was made for `scope`. */
export function keyOfCursor(cursor: string, scope: string): string {
  const bytes = Buffer.from(cursor, "base64url");
  const [sum, key] = [bytes.subarray(0, CHECKSUM_BYTES), bytes.subarray(CHECKSUM_BYTES)];
  if (!sum.equals(checksum(key, scope))) throw new Problem("cursor_invalid");
  return key.toString();
}

function checksum(key: Uint8Array, scope: string): Buffer {
  return createHash("sha256").update(scope).update("\0").update(key).digest()
    .subarray(0, CHECKSUM_BYTES);
}
