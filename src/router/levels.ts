/**
 * Work on the levels of topics and filters where they stand in the text: cutting it up first would
 * be most of the cost of a match. A level is given by where it begins and ends; one that begins
 * behind the end of the text stands for "no more levels".
 */

export const SLASH = 0x2f;
export const HASH = 0x23;
export const PLUS = 0x2b;

/** Where the level that begins at `start` ends: at a `/`, or with the text. */
export function levelEnd(text: string, start: number): number {
  const end = text.indexOf("/", start);
  return end < 0 ? text.length : end;
}

/**
 * True when the levels of `filter` from `filterStart` on match those of `topic` from `topicStart`
 * on.
 */
export function restMatches(
  filter: string,
  filterStart: number,
  topic: string,
  topicStart: number,
): boolean {
  while (filterStart <= filter.length) {
    const first = filter.charCodeAt(filterStart);
    if (first === HASH) return true;
    if (topicStart > topic.length) return false;
    const topicEnd = levelEnd(topic, topicStart);
    if (first === PLUS) {
      filterStart += 2;
    } else {
      const filterEnd = levelEnd(filter, filterStart);
      const length = topicEnd - topicStart;
      if (filterEnd - filterStart !== length) return false;
      if (!regionMatches(filter, filterStart, topic, topicStart, length)) return false;
      filterStart = filterEnd + 1;
    }
    topicStart = topicEnd + 1;
  }
  return topicStart > topic.length;
}

/** True when `length` characters of both texts are the same, from `start` and `otherStart` on. */
function regionMatches(
  text: string,
  start: number,
  other: string,
  otherStart: number,
  length: number,
): boolean {
  for (let i = 0; i < length; i++) {
    if (text.charCodeAt(start + i) !== other.charCodeAt(otherStart + i)) return false;
  }
  return true;
}
