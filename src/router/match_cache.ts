import { hasWildcard } from "../mqtt/topic_filter.ts";
import { mix } from "./hash.ts";
import { HASH, PLUS } from "./levels.ts";
import type { Match, Subscriber } from "./match.ts";
import { PREFIX_LEVELS_MAX, ScannedTopic } from "./scanned_topic.ts";

/** A power of two. */
const COUNTERS = 4096;
/** The counter of filters that begin with a wildcard, and so may match anything. */
const ANY_TOPIC = COUNTERS;

/** After so many questions it is looked at whether the cache is worth asking. */
const TRIAL = 1024;
/** It is when so many of them were answered. */
const ANSWERS_MIN = 768;
/** Otherwise so many questions are not even looked up until the next trial. */
const REST = 8 * TRIAL;

/** In a full cache a new topic takes the place of another one at one of so many attempts. */
const ATTEMPTS_PER_PLACE = 8;
/** How many that were asked for lately are passed over in search of one that was not. */
const SECOND_CHANCES = 8;
/** How many entries each change looks at, to let go of those that are no longer good. */
const SWEPT_PER_CHANGE = 2;
/** Longer topics, and larger results, are not kept: making them is cheap beside using them. */
const TOPIC_LENGTH_MAX = 256;
const RECIPIENTS_MAX = 4096;
/** On average over all topics. */
const RECIPIENTS_PER_TOPIC = 16;

/**
 * The results for the topics that are published to now, as long as no subscription changes them.
 *
 * A filter without wildcards changes the result of one topic, which is forgotten. One with
 * wildcards changes those of topics that begin with the same levels as it does before its first
 * wildcard: it moves the counter of these levels, and a result is good as long as the counters of
 * its topic stand where they stood. So clients that come and go with filters of their own do not
 * cost others their results.
 *
 * Bounded in topics and recipients. Topics that are asked for stay; of a stream of topics that come
 * once few get in. And while most topics are not known, the cache rests: to find that a map does not
 * have a string that V8 has not seen before can cost more than to match it, when the process holds
 * millions of other strings.
 */
export class MatchCache<S extends Subscriber> {
  readonly #size: number;
  readonly #byTopic = new Map<string, CachedMatch<S>>();
  /** The same entries, in any order. */
  readonly #entries: CachedMatch<S>[] = [];
  /** Of all results that are kept. */
  #recipients = 0;
  /** The entries that come next when one has to go, and when they are swept. */
  #evictionHand = 0;
  #sweepHand = 0;
  #attempts = 0;
  // Of the trial under way; and questions that are still to be passed over.
  #asked = 0;
  #answered = 0;
  #resting = 0;
  /** How often filters with the prefixes of this hash have changed. Doubles: they never wrap. */
  readonly #changes = new Float64Array(COUNTERS + 1);
  readonly #filter: ScannedTopic;

  /** `size`: the most topics. `seed`: that of the topics which are offered. */
  constructor(size: number, seed: number) {
    this.#size = size;
    this.#filter = new ScannedTopic(seed);
  }

  /** How many topics there are results for, good ones and others. */
  get size(): number {
    return this.#entries.length;
  }

  /** How many recipients and groups all the results have. */
  get recipientCount(): number {
    return this.#recipients;
  }

  /** The result for a topic; undefined when it is not known or no longer good. */
  get(topic: string): Match<S> | undefined {
    if (this.#resting > 0) {
      this.#resting--;
      return undefined;
    }
    if (++this.#asked > TRIAL) this.#judge();
    const cached = this.#byTopic.get(topic);
    if (cached === undefined || cached.version !== this.#versionOf(cached)) return undefined;
    this.#answered++;
    cached.isWanted = true;
    return cached.match;
  }

  /** Offers a result that was just made because `get` had none. */
  offer(topic: ScannedTopic, match: Match<S>): void {
    if (this.#resting > 0) return;
    const known = this.#byTopic.get(topic.text);
    if (known !== undefined) this.#remove(known);
    else if (this.#entries.length >= this.#size) {
      if (++this.#attempts % ATTEMPTS_PER_PLACE !== 0) return;
      this.#evict();
    }
    if (topic.text.length > TOPIC_LENGTH_MAX || sizeOf(match) > RECIPIENTS_MAX) return;

    const cached = new CachedMatch(topic, match, this.#entries.length);
    cached.version = this.#versionOf(cached);
    this.#byTopic.set(cached.topic, cached);
    this.#entries.push(cached);
    this.#recipients += sizeOf(match);
    while (this.#recipients > this.#size * RECIPIENTS_PER_TOPIC) this.#evict();
  }

  /** Tells that what is subscribed with this filter has changed. */
  changed(matchFilter: string): void {
    if (hasWildcard(matchFilter)) {
      this.#filter.scan(matchFilter);
      this.#changes[filterCounter(this.#filter)]!++;
    } else {
      const cached = this.#byTopic.get(matchFilter);
      if (cached !== undefined) this.#remove(cached);
    }
    this.#sweep();
  }

  #judge(): void {
    if (this.#answered < ANSWERS_MIN) this.#resting = REST;
    this.#asked = 0;
    this.#answered = 0;
  }

  #evict(): void {
    const entries = this.#entries;
    for (let chances = SECOND_CHANCES;; chances--) {
      if (this.#evictionHand >= entries.length) this.#evictionHand = 0;
      const cached = entries[this.#evictionHand]!;
      this.#evictionHand++;
      if (!cached.isWanted || chances === 0) {
        this.#remove(cached);
        return;
      }
      cached.isWanted = false;
    }
  }

  /** So that results which nobody asks for again do not hold on to subscribers that are gone. */
  #sweep(): void {
    for (let i = 0; i < SWEPT_PER_CHANGE && this.#entries.length > 0; i++) {
      if (this.#sweepHand >= this.#entries.length) this.#sweepHand = 0;
      const cached = this.#entries[this.#sweepHand]!;
      if (cached.version === this.#versionOf(cached)) this.#sweepHand++;
      else this.#remove(cached);
    }
  }

  #remove(cached: CachedMatch<S>): void {
    const last = this.#entries.pop()!;
    if (last !== cached) {
      this.#entries[cached.index] = last;
      last.index = cached.index;
    }
    this.#byTopic.delete(cached.topic);
    this.#recipients -= sizeOf(cached.match);
  }

  /** Counters only grow, so their sum stands still only when all of them do. */
  #versionOf(cached: CachedMatch<S>): number {
    const changes = this.#changes;
    return changes[ANY_TOPIC]! + changes[cached.first]! + changes[cached.second]! +
      changes[cached.third]!;
  }
}

class CachedMatch<S extends Subscriber> {
  readonly topic: string;
  readonly match: Match<S>;
  /** Its place among the entries. */
  index: number;
  /** The counters of the first, the first two, and the first three levels of the topic. */
  readonly first: number;
  readonly second: number;
  readonly third: number;
  version = 0;
  /** Asked for since the last search for one that has to go. */
  isWanted = false;

  constructor(topic: ScannedTopic, match: Match<S>, index: number) {
    this.topic = topic.text;
    this.match = match;
    this.index = index;
    this.first = counterOf(topic, 1);
    this.second = counterOf(topic, 2);
    this.third = counterOf(topic, 3);
  }
}

function counterOf(text: ScannedTopic, levels: number): number {
  return mix(text.prefixHash(levels)) & (COUNTERS - 1);
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

function sizeOf(match: Match<Subscriber>): number {
  return match.recipients.length + match.groups.length;
}
