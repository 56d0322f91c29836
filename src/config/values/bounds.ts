/** What a number may be. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
  /** What 0 means, for a key where it is allowed though it is below `min`. */
  readonly zero?: string;
}

export function inRange(amount: number, { min, max, zero }: Bounds): boolean {
  return amount >= min && amount <= max || zero !== undefined && amount === 0;
}

/** The bounds in words, with a space in front. */
export function rangeText(
  { min, max, zero }: Bounds,
  format: (amount: number) => string = String,
): string {
  const range = ` from ${format(min)} to ${format(max)}`;
  return zero === undefined ? range : `${range}, or 0 (${zero})`;
}
