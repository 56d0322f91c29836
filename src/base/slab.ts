/** What is larger gets memory of its own. */
export const SLAB_PART_MAX = 512;

/** A slab goes when the last part of it goes, so it must not be large. */
const SLAB_BYTES = 8 * 1024;

let slab = new Uint8Array(SLAB_BYTES);
let used = 0;

/**
 * Zeroed memory for a few bytes that are needed for a short time: a part of a slab that it shares
 * with those before and after it. Memory of its own for each costs several times as much, to get
 * and to collect. What may stay for long must not be here: it would keep the whole slab.
 */
export function slabBytes(length: number): Uint8Array<ArrayBuffer> {
  if (length > SLAB_PART_MAX) return new Uint8Array(length);
  if (used + length > SLAB_BYTES) {
    slab = new Uint8Array(SLAB_BYTES);
    used = 0;
  }
  used += length;
  return slab.subarray(used - length, used);
}

/** The same, with a copy of `bytes` in it. */
export function slabCopy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = slabBytes(bytes.length);
  copy.set(bytes);
  return copy;
}
