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

/** Where the level after the first `count` ones begins; the text has at least that many. */
export function startAfter(text: string, count: number): number {
  let start = 0;
  for (let i = 0; i < count; i++) start = levelEnd(text, start) + 1;
  return start;
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
      for (let i = 0; i < length; i++) {
        if (topic.charCodeAt(topicStart + i) !== filter.charCodeAt(filterStart + i)) return false;
      }
      filterStart = filterEnd + 1;
    }
    topicStart = topicEnd + 1;
  }
  return topicStart > topic.length;
}
