/** What is merged between two calls of `pass`, and what it counts as: moving a number is little. */
const MERGED_PER_STEP = 1_024;
const ROWS_PER_STEP = 64;

/**
 * The indices of `values` in the order of the values; equal ones stay in the order they have. In
 * steps of some microseconds: before each, `pass` is told its weight in rows and may make it wait.
 */
export async function stableOrder(
  values: Float64Array,
  descending: boolean,
  pass: (rows: number) => Promise<void> | undefined,
): Promise<Uint32Array> {
  const { length } = values;
  let from = Uint32Array.from(values.keys());
  let to = new Uint32Array(length);
  let left = MERGED_PER_STEP;
  for (let width = 1; width < length; width *= 2) {
    for (let start = 0; start < length; start += 2 * width) {
      const middle = Math.min(start + width, length);
      const end = Math.min(middle + width, length);
      const isInOrder = middle === end ||
        !isBehind(values[from[middle - 1]!]!, values[from[middle]!]!, descending);
      if (isInOrder) {
        to.set(from.subarray(start, end), start);
        continue;
      }
      let a = start;
      let b = middle;
      for (let at = start; at < end; at++) {
        const takesA = b === end ||
          (a < middle && !isBehind(values[from[a]!]!, values[from[b]!]!, descending));
        to[at] = from[takesA ? a++ : b++]!;
        if (--left > 0) continue;
        left = MERGED_PER_STEP;
        const wait = pass(ROWS_PER_STEP);
        if (wait !== undefined) await wait;
      }
    }
    [from, to] = [to, from];
  }
  return from;
}

function isBehind(value: number, other: number, descending: boolean): boolean {
  return descending ? value < other : value > other;
}
