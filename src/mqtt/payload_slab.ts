/** Larger payloads get memory of their own. Below the size from which that is given back by hand. */
export const SLAB_PAYLOAD_BYTES_MAX = 512;

/** A slab goes when the last payload in it goes, so it must not be large. */
const SLAB_BYTES = 8 * 1024;

let slab = new Uint8Array(SLAB_BYTES);
let used = 0;

/**
 * A copy of a small payload, as a part of a slab that it shares with those before and after it:
 * memory of its own for each would cost several times as much time as the copy.
 */
export function copyToSlab(payload: Uint8Array): Uint8Array {
  const { length } = payload;
  if (used + length > SLAB_BYTES) {
    slab = new Uint8Array(SLAB_BYTES);
    used = 0;
  }
  slab.set(payload, used);
  const copy = slab.subarray(used, used + length);
  used += length;
  return copy;
}
