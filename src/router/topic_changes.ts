import { HASH, PLUS } from "./levels.ts";
import { PREFIX_LEVELS_MAX, type ScannedTopic } from "./scanned_topic.ts";

/** Bits of a number that stands for a prefix. */
export const COUNTER_BITS = 12;
const COUNTERS = 1 << COUNTER_BITS;
/** The counter of filters that begin with a wildcard, and so may match anything. */
const ANY_TOPIC = COUNTERS;

/**
 * How often the filters with wildcards have changed that may match a topic.
 *
 * Such a filter matches only topics that begin with the same levels as it does before its first
 * wildcard. So it moves the counter of these levels, and what is known of a topic is good as long as
 * the counters of the topic's prefixes stand where they stood. Clients that come and go with filters
 * of their own do not cost others what is known of their topics.
 */
export class TopicChanges {
  readonly #counts = new Int32Array(COUNTERS + 1);

  /** Tells that a filter with wildcards has changed. */
  add(filter: ScannedTopic): void {
    this.#counts[filterCounter(filter)]!++;
  }

  /**
   * Another number after each change that may concern a topic with these three counters (see
   * {@linkcode counterOf}); the same one comes again after 2^32 of them.
   */
  version(first: number, second: number, third: number): number {
    // Counters only grow, so their sum stands still only when all of them do.
    const counts = this.#counts;
    return counts[ANY_TOPIC]! + counts[first]! + counts[second]! + counts[third]! | 0;
  }
}

/** The counter of the first one, two or three levels of a topic. */
export function counterOf(text: ScannedTopic, levels: number): number {
  return text.prefixHash(levels) & (COUNTERS - 1);
}

/** The counter of the levels before the first wildcard, as far as they count. */
function filterCounter(filter: ScannedTopic): number {
  let levels = 0;
  while (levels < PREFIX_LEVELS_MAX) {
    const first = filter.text.charCodeAt(filter.start(levels));
    if (first === HASH || first === PLUS) break;
    levels++;
  }
  return levels === 0 ? ANY_TOPIC : counterOf(filter, levels);
}
