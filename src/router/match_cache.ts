import { hasWildcard } from "../mqtt/topic_filter.ts";
import { LatestTopics } from "./latest_topics.ts";
import type { Match, Subscriber } from "./match.ts";
import { ScannedTopic } from "./scanned_topic.ts";
import { SeenTopics } from "./seen_topics.ts";
import { COUNTER_BITS, counterOf, TopicChanges } from "./topic_changes.ts";

/** Topics whose hashes end alike share a set of so many slots. */
const WAYS = 4;
/** At the start; as few as there are topics for. Powers of two. */
const SLOTS_MIN = 64;
/** Slots for each topic that is kept at most: fewer sets are too small for their topics. */
const SLOTS_PER_TOPIC = 2;

/**
 * Integers in a slot, so that a set is a line of the processor's cache: the hash of the topic, the
 * version of the result, and the topic's counters, two and one, the latter beside the flag.
 */
const FIELDS = 4;
const HASH = 0;
const VERSION = 1;
const FIRST_AND_SECOND = 2;
const THIRD_AND_WANTED = 3;
const COUNTER_MASK = (1 << COUNTER_BITS) - 1;
/** Asked for since the last search for one that has to go. */
const WANTED = 1 << COUNTER_BITS;

const NO_SLOT = -1;

/** In a full cache a new topic takes the place of another one at one of so many attempts. */
const ATTEMPTS_PER_PLACE = 8;
/** How many that were asked for lately are passed over in search of one that was not. */
const SECOND_CHANCES = 8;

/**
 * A full cache has a topic for each so many filters, or the least number: among few filters the walk
 * finds all that it needs in the processor's caches, and results for many topics do not fit there.
 */
const FILTERS_PER_TOPIC = 8;
const TOPICS_MIN = 32_768;

/** Longer topics, and larger results, are not kept: making them is cheap beside using them. */
const TOPIC_LENGTH_MAX = 256;
const RECIPIENTS_MAX = 4096;
/** On average over all topics. */
const RECIPIENTS_PER_TOPIC = 8;

/**
 * The results for the topics that are published to now, as long as no subscription changes them. A
 * filter without wildcards changes the result of one topic, which is forgotten; one with wildcards
 * those that {@linkcode TopicChanges} says.
 *
 * Bounded in topics and recipients. A topic gets in when it comes for the second time, so a stream
 * of topics that come once costs no memory; and topics that are asked for stay.
 *
 * A table of our own: a `Map` would have V8 hash each string anew that comes from a packet, and a
 * question to it costs several cache misses that wait for each other.
 */
export class MatchCache<S extends Subscriber> {
  readonly #topicsMax: number;
  readonly #recipientsMax: number;
  readonly #changes = new TopicChanges();
  readonly #seen: SeenTopics;
  readonly #latest = new LatestTopics();
  /** The filter that changes. */
  readonly #filter: ScannedTopic;
  #slots: Int32Array;
  // By slot. Not as one object: the processor can fetch the text and the result at the same time.
  #topics: string[];
  #results: (Match<S> | undefined)[];
  #size = 0;
  /** The slot of the topic that `get` was asked for last. */
  #asked = NO_SLOT;
  /** Of all results that are kept. */
  #recipients = 0;
  /** The slots that come next when one has to go, and when a set is swept. */
  #evictionHand = 0;
  #sweepHand = 0;
  #attempts = 0;

  /** `size`: the most topics. `seed`: that of the topics which are asked for. */
  constructor(size: number, seed: number) {
    this.#topicsMax = size;
    this.#recipientsMax = size * RECIPIENTS_PER_TOPIC;
    this.#filter = new ScannedTopic(seed);
    this.#seen = new SeenTopics(powerOfTwo(size * SLOTS_PER_TOPIC));
    const slots = Math.min(SLOTS_MIN, slotsFor(size));
    this.#slots = new Int32Array(slots * FIELDS);
    this.#topics = new Array(slots).fill("");
    this.#results = new Array(slots).fill(undefined);
  }

  /** How many topics there are results for, good ones and others. */
  get size(): number {
    return this.#size;
  }

  /** How many recipients and groups all the results have. */
  get recipientCount(): number {
    return this.#recipients;
  }

  /** The result for one of the topics that come all the time; undefined is not the last word. */
  getLatest(topic: string): Match<S> | undefined {
    const slot = this.#latest.slotOf(topic);
    if (slot === undefined || this.#topics[slot] !== topic) return undefined;
    return this.#take(slot);
  }

  /** The result for a topic; undefined when it is not known or no longer good. */
  get(topic: ScannedTopic): Match<S> | undefined {
    const slot = this.#find(topic);
    this.#asked = slot;
    if (slot === NO_SLOT) return undefined;
    this.#latest.add(topic.text, slot);
    return this.#take(slot);
  }

  /** Offers a result that was just made, among so many filters, because `get`, asked just before, had none. */
  offer(topic: ScannedTopic, match: Match<S>, filterCount: number): void {
    const isFull = this.#size >= this.#roomAmong(filterCount);
    const known = this.#asked;
    if (known !== NO_SLOT) this.#remove(known);
    else if (isFull && ++this.#attempts % ATTEMPTS_PER_PLACE !== 0) return;
    else if (!this.#seen.see(topic.hash)) return;
    if (topic.text.length > TOPIC_LENGTH_MAX || sizeOf(match) > RECIPIENTS_MAX) return;

    const slot = this.#vacate(topic.hash);
    if (slot === NO_SLOT) return;
    if (isFull && this.#size > 0) this.#evict();
    this.#put(slot, topic, match);
    while (this.#recipients > this.#recipientsMax) this.#evict();
    if (this.#size * SLOTS_PER_TOPIC > this.#results.length) this.#grow();
  }

  /** Tells that what is subscribed with this filter has changed. */
  changed(matchFilter: string): void {
    const filter = this.#filter;
    filter.scan(matchFilter);
    if (hasWildcard(matchFilter)) {
      this.#changes.add(filter);
    } else {
      const slot = this.#find(filter);
      if (slot !== NO_SLOT) this.#remove(slot);
    }
    this.#sweep();
  }

  /** The result in this slot, if it is good. */
  #take(slot: number): Match<S> | undefined {
    if (!this.#isGood(slot)) return undefined;
    this.#slots[slot * FIELDS + THIRD_AND_WANTED]! |= WANTED;
    return this.#results[slot];
  }

  /** For how many topics. */
  #roomAmong(filterCount: number): number {
    return Math.min(this.#topicsMax, Math.max(TOPICS_MIN, filterCount / FILTERS_PER_TOPIC));
  }

  #find(topic: ScannedTopic): number {
    const slots = this.#slots;
    const { hash, text } = topic;
    const first = this.#setOf(hash);
    for (let slot = first; slot < first + WAYS; slot++) {
      if (slots[slot * FIELDS + HASH] === hash && this.#topics[slot] === text) return slot;
    }
    return NO_SLOT;
  }

  /** The first slot of the set for this hash. */
  #setOf(hash: number): number {
    return hash * WAYS & (this.#results.length - 1);
  }

  #isGood(slot: number): boolean {
    return this.#slots[slot * FIELDS + VERSION] === this.#version(slot);
  }

  #version(slot: number): number {
    const both = this.#slots[slot * FIELDS + FIRST_AND_SECOND]!;
    const third = this.#slots[slot * FIELDS + THIRD_AND_WANTED]!;
    return this.#changes.version(
      both & COUNTER_MASK,
      both >>> COUNTER_BITS,
      third & COUNTER_MASK,
    );
  }

  /** A free slot for this hash; {@linkcode NO_SLOT} when its set is full of wanted results. */
  #vacate(hash: number): number {
    const first = this.#setOf(hash);
    for (let slot = first; slot < first + WAYS; slot++) {
      if (this.#results[slot] === undefined) return slot;
    }
    for (let slot = first; slot < first + WAYS; slot++) {
      if (this.#isWanted(slot) && this.#isGood(slot)) continue;
      this.#remove(slot);
      return slot;
    }
    for (let slot = first; slot < first + WAYS; slot++) this.#setUnwanted(slot);
    return NO_SLOT;
  }

  #isWanted(slot: number): boolean {
    return (this.#slots[slot * FIELDS + THIRD_AND_WANTED]! & WANTED) !== 0;
  }

  #setUnwanted(slot: number): void {
    this.#slots[slot * FIELDS + THIRD_AND_WANTED]! &= ~WANTED;
  }

  #put(slot: number, topic: ScannedTopic, match: Match<S>): void {
    const slots = this.#slots;
    const at = slot * FIELDS;
    slots[at + HASH] = topic.hash;
    slots[at + FIRST_AND_SECOND] = counterOf(topic, 1) | counterOf(topic, 2) << COUNTER_BITS;
    slots[at + THIRD_AND_WANTED] = counterOf(topic, 3);
    slots[at + VERSION] = this.#version(slot);
    this.#topics[slot] = topic.text;
    this.#results[slot] = match;
    this.#recipients += sizeOf(match);
    this.#size++;
  }

  #remove(slot: number): void {
    this.#recipients -= sizeOf(this.#results[slot]!);
    this.#topics[slot] = "";
    this.#results[slot] = undefined;
    this.#size--;
  }

  /** Makes room; the cache is not empty. */
  #evict(): void {
    for (let chances = SECOND_CHANCES;;) {
      this.#evictionHand = (this.#evictionHand + 1) & (this.#results.length - 1);
      const slot = this.#evictionHand;
      if (this.#results[slot] === undefined) continue;
      if (!this.#isWanted(slot) || chances === 0) {
        this.#remove(slot);
        return;
      }
      this.#setUnwanted(slot);
      chances--;
    }
  }

  /**
   * So that results which nobody asks for again do not hold on to subscribers that are gone; and
   * none is there long enough to see its version again.
   */
  #sweep(): void {
    for (let way = 0; way < WAYS; way++) {
      this.#sweepHand = (this.#sweepHand + 1) & (this.#results.length - 1);
      const slot = this.#sweepHand;
      if (this.#results[slot] !== undefined && !this.#isGood(slot)) this.#remove(slot);
    }
  }

  /** Makes two sets of each. */
  #grow(): void {
    const slots = this.#slots;
    const topics = this.#topics;
    const results = this.#results;
    this.#slots = new Int32Array(slots.length * 2);
    this.#topics = new Array(topics.length * 2).fill("");
    this.#results = new Array(results.length * 2).fill(undefined);
    for (let from = 0; from < results.length; from++) {
      if (results[from] === undefined) continue;
      let to = this.#setOf(slots[from * FIELDS + HASH]!);
      while (this.#results[to] !== undefined) to++;
      this.#topics[to] = topics[from]!;
      this.#results[to] = results[from];
      this.#slots.set(slots.subarray(from * FIELDS, (from + 1) * FIELDS), to * FIELDS);
    }
  }
}

function slotsFor(topics: number): number {
  return powerOfTwo(Math.max(WAYS, topics * SLOTS_PER_TOPIC));
}

/** The least one that is not below `value`, which is at least 1. */
function powerOfTwo(value: number): number {
  return 1 << 32 - Math.clz32(value - 1);
}

function sizeOf(match: Match<Subscriber>): number {
  return match.recipients.length + match.groups.length;
}
