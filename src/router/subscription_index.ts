import { FilterSubscribers } from "./filter_subscribers.ts";
import { FilterTree, NO_FILTER } from "./filter_tree.ts";
import { hashText } from "./hash.ts";
import type { Match, Recipient, Subscriber } from "./match.ts";
import { mergeOverlaps, SubscribedRecipient } from "./recipient.ts";
import { doubled, NumberList } from "./number_list.ts";
import type { ScannedTopic } from "./scanned_topic.ts";
import type { SharedGroup } from "./shared_group.ts";

/** What is subscribed with one filter: mostly one subscription, which then needs no container. */
export type Entry<S extends Subscriber> = SubscribedRecipient<S> | FilterSubscribers<S>;

/**
 * What is known of an entry without touching it, for among a million subscriptions each touch is a
 * cache miss: that it is one subscription, whether that has No Local, and a hash of its client id.
 * 0 for one that has to be looked into.
 */
type Traits = number;
const SOLE = 1;
const NO_LOCAL = 2;
const HASH_SHIFT = 2;

const TRAITS_MIN = 64;
/** Up to here each is compared with each. */
const COMPARED_MAX = 16;

const NO_GROUPS: readonly never[] = Object.freeze([]);
const NO_MATCH: Match<never> = Object.freeze({
  recipients: Object.freeze([]),
  groups: NO_GROUPS,
  hasNoLocal: false,
});

/** All that is subscribed, by match filter and by topic. */
export class SubscriptionIndex<S extends Subscriber> {
  readonly #seed: number;
  readonly #filters: FilterTree;
  // By the number of a filter: its entry, and the traits of that.
  #entries: (Entry<S> | undefined)[] = [];
  #traits: Int32Array = new Int32Array(TRAITS_MIN);
  /** The numbers of the match under way. */
  readonly #found = new NumberList();

  constructor(seed: number) {
    this.#seed = seed;
    this.#filters = new FilterTree(seed);
  }

  /** How many filters there are. */
  get size(): number {
    return this.#filters.size;
  }

  /** Filters, and the branches that they need: 0 when empty. */
  get nodeCount(): number {
    return this.#filters.nodeCount;
  }

  get(matchFilter: string): Entry<S> | undefined {
    const number = this.#filters.find(matchFilter);
    return number === NO_FILTER ? undefined : this.#entries[number];
  }

  /** Adds, or replaces the entry of the same filter. */
  set(matchFilter: string, entry: Entry<S>): void {
    let number = this.#filters.find(matchFilter);
    if (number === NO_FILTER) number = this.#filters.add(matchFilter);
    this.#entries[number] = entry;
    this.#setTraits(number, entry);
  }

  /** Removes the entry of a filter that has one. */
  delete(matchFilter: string): void {
    this.#entries[this.#filters.find(matchFilter)] = undefined;
    this.#filters.remove(matchFilter);
    if (this.size === 0) this.#reset();
  }

  /** Who gets a message on a topic, a valid topic name. */
  match(topic: ScannedTopic): Match<S> {
    const found = this.#found;
    found.clear();
    this.#filters.match(topic, found);
    if (found.length === 0) return NO_MATCH;
    return this.#areDistinct() ? this.#plainMatch() : this.#mergedMatch();
  }

  /** What is subscribed with each filter that matches a topic, a valid topic name. */
  entries(topic: ScannedTopic): Entry<S>[] {
    const found = this.#found;
    found.clear();
    this.#filters.match(topic, found);
    return Array.from({ length: found.length }, (_, i) => this.#entries[found.at(i)]!);
  }

  #setTraits(number: number, entry: Entry<S>): void {
    if (number >= this.#traits.length) this.#traits = doubled(this.#traits);
    this.#traits[number] = entry instanceof FilterSubscribers ? 0 : this.#traitsOf(entry);
  }

  #traitsOf({ subscriber, subscription }: SubscribedRecipient<S>): Traits {
    const flags = subscription.noLocal ? SOLE | NO_LOCAL : SOLE;
    return hashText(this.#seed, subscriber.clientId) << HASH_SHIFT | flags;
  }

  /** True when what was found is one subscription each, and of different clients. */
  #areDistinct(): boolean {
    const found = this.#found;
    const all = this.#traits;
    if (found.length > COMPARED_MAX) return false;
    for (let i = 0; i < found.length; i++) {
      const traits = all[found.at(i)]!;
      if (traits === 0) return false;
      for (let j = 0; j < i; j++) {
        if ((all[found.at(j)]! ^ traits) >>> HASH_SHIFT === 0) return false;
      }
    }
    return true;
  }

  #plainMatch(): Match<S> {
    const found = this.#found;
    const recipients = new Array<Recipient<S>>(found.length);
    let traits: Traits = 0;
    for (let i = 0; i < found.length; i++) {
      const number = found.at(i);
      recipients[i] = this.#entries[number] as SubscribedRecipient<S>;
      traits |= this.#traits[number]!;
    }
    return { recipients, groups: NO_GROUPS, hasNoLocal: (traits & NO_LOCAL) !== 0 };
  }

  #mergedMatch(): Match<S> {
    const found = this.#found;
    const all: SubscribedRecipient<S>[] = [];
    const groups: SharedGroup<S>[] = [];
    for (let i = 0; i < found.length; i++) {
      const entry = this.#entries[found.at(i)]!;
      if (entry instanceof SubscribedRecipient) all.push(entry);
      else entry.collect(all, groups);
    }
    const recipients = found.length === 1 ? all : mergeOverlaps(all);
    let hasNoLocal = false;
    for (let i = 0; i < recipients.length; i++) {
      const recipient = recipients[i]!;
      if (recipient.forPublisher !== recipient) hasNoLocal = true;
    }
    return { recipients, groups, hasNoLocal };
  }

  /** Gives back the memory that everything has grown to. */
  #reset(): void {
    this.#entries = [];
    this.#traits = new Int32Array(TRAITS_MIN);
  }
}
