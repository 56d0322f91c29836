/**
 * The hashes of this folder's tables. They start from a seed that clients do not know, for a client
 * chooses the texts; and a table that is searched by hash always compares what it finds.
 */

/** Takes one more character, or a hash, into a hash. The first comes with the seed. */
export function hashStep(hash: number, value: number): number {
  return Math.imul(hash ^ value, 0x01000193);
}

/** The hash of a part of a text. */
export function hashText(seed: number, text: string, start = 0, end = text.length): number {
  let hash = seed;
  for (let i = start; i < end; i++) hash = hashStep(hash, text.charCodeAt(i));
  return hash;
}

/** Spreads a hash over its low bits, which choose a slot. */
export function mix(hash: number): number {
  const h = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return h ^ (h >>> 13);
}
