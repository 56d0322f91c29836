/**
 * What hangs at one level of a branch of the filter tree, as an integer: 0 for nothing, above 0 a
 * branch, below 0 a leaf, which is the number of a filter and how that goes on after the level.
 */
export type Place = number;

export const NOTHING: Place = 0;
/** The branch that all filters begin at. */
export const ROOT: Place = 1;

/** How the filter of a leaf goes on: not at all, with `#`, or with anything else. */
export const ENDS = 0;
export const MULTI_FOLLOWS = 1;
export const MORE_FOLLOWS = 2;

const FOLLOWS_BITS = 2;
const FOLLOWS_MASK = 3;

export function leafPlace(filterNumber: number, follows: number): Place {
  return ~(filterNumber << FOLLOWS_BITS | follows);
}

/** Of a leaf. */
export function filterNumberOf(leaf: Place): number {
  return ~leaf >> FOLLOWS_BITS;
}

/** Of a leaf. */
export function followsOf(leaf: Place): number {
  return ~leaf & FOLLOWS_MASK;
}
