/** Parts of each power of two: a value is exact to a 32nd, about 3 %. */
const PARTS = 32;
const PART_BITS = 5;
const UNITS_PER_US = 10;
const UNITS_PER_MS = 1000 * UNITS_PER_US;
const UNITS_MAX = 0x7fffffff;

/** How long messages were on their way, in buckets whose width grows with the value. */
export class LatencyHistogram {
  readonly #counts = new Uint32Array(PARTS * 32);
  #count = 0;
  #max = 0;

  get count(): number {
    return this.#count;
  }

  /** Up to 214 seconds; longer ones count as that. */
  addMs(ms: number): void {
    let units = ms * UNITS_PER_MS;
    units = units < 0 ? 0 : units > UNITS_MAX ? UNITS_MAX : units | 0;
    this.#count++;
    if (units > this.#max) this.#max = units;
    this.#counts[bucketOf(units)]!++;
  }

  clear(): void {
    this.#counts.fill(0);
    this.#count = 0;
    this.#max = 0;
  }

  /** Microseconds that a `part` (0 to 1) of all values do not exceed; 0 when there are none. */
  quantileUs(part: number): number {
    const rank = Math.floor(part * (this.#count - 1));
    let seen = 0;
    for (const [bucket, count] of this.#counts.entries()) {
      seen += count;
      if (seen > rank) return lowestOf(bucket) / UNITS_PER_US;
    }
    return 0;
  }

  /** In microseconds. */
  get maxUs(): number {
    return this.#max / UNITS_PER_US;
  }
}

function bucketOf(units: number): number {
  if (units < PARTS) return units;
  const exponent = 31 - Math.clz32(units);
  return (exponent - PART_BITS + 1) * PARTS + ((units >> (exponent - PART_BITS)) & (PARTS - 1));
}

function lowestOf(bucket: number): number {
  if (bucket < PARTS) return bucket;
  const exponent = Math.floor(bucket / PARTS) + PART_BITS - 1;
  return (PARTS + bucket % PARTS) * 2 ** (exponent - PART_BITS);
}
