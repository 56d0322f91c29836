/** How many edits apart two words may be for one to be offered in place of the other. */
const EDITS_MAX = 3;

/** Words longer than this are not compared: the cost is quadratic and the input comes from outside. */
const WORD_LENGTH_MAX = 100;

/**
 * The candidate that was most likely meant by `word`, or undefined when none is close. Case does
 * not count; a slip (a letter missing, added, changed or swapped with its neighbour) counts one.
 */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > WORD_LENGTH_MAX) return undefined;
  const wanted = word.toLowerCase();
  // A short word is close to everything, so it must match better.
  let best = Math.min(EDITS_MAX, Math.floor(wanted.length / 3)) + 1;
  let found: string | undefined;
  for (const candidate of candidates) {
    const edits = editDistance(wanted, candidate.toLowerCase());
    if (edits < best) {
      best = edits;
      found = candidate;
    }
  }
  return found;
}

/** Edits (insert, delete, replace, swap neighbours) that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let edits = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + change);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) edits = Math.min(edits, beforeLast[j - 2]! + 1);
      row.push(edits);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
