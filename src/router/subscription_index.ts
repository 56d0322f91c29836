import { FilterSubscribers } from "./filter_subscribers.ts";
import { FilterTree, NO_FILTER } from "./filter_tree.ts";
import { hashText } from "./hash.ts";
import type { Match, Recipient, Subscriber } from "./match.ts";
import { mergeOverlaps, SubscribedRecipient } from "./recipient.ts";
import type { ScannedTopic } from "./scanned_topic.ts";
import type { SharedGroup } from "./shared_group.ts";

/** What is subscribed with one filter: mostly one subscription, which then needs no container. */
export type Entry<S extends Subscriber> = SubscribedRecipient<S> | FilterSubscribers<S>;

/**
 * Traits of an entry, as an integer beside it: the flags, and the hash of the client id above them.
 * They tell whether the entries of a match can overlap without touching them: among a million
 * subscriptions each touch is a cache miss.
 */
const NO_LOCAL = 1;
const SOLE = 2;
const FLAG_BITS = 2;
/** Of an entry that has to be looked into. */
const NO_TRAITS = 0;

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
  readonly #tree: FilterTree;
  readonly #seed: number;
  /** By the number of the filter. */
  #entries: (Entry<S> | undefined)[] = [];
  #traits = new Int32Array(64);

  constructor(seed: number) {
    this.#seed = seed;
    this.#tree = new FilterTree(seed);
  }

  /** How many filters there are. */
  get size(): number {
    return this.#tree.size;
  }

  get nodeCount(): number {
    return this.#tree.nodeCount;
  }

  get(matchFilter: string): Entry<S> | undefined {
    const number = this.#tree.find(matchFilter);
    return number === NO_FILTER ? undefined : this.#entries[number];
  }

  /** Adds, or replaces the entry of the same filter. */
  set(matchFilter: string, entry: Entry<S>): void {
    let number = this.#tree.find(matchFilter);
    if (number === NO_FILTER) number = this.#tree.add(matchFilter);
    this.#entries[number] = entry;
    if (number >= this.#traits.length) {
      const larger = new Int32Array(this.#traits.length * 2);
      larger.set(this.#traits);
      this.#traits = larger;
    }
    this.#traits[number] = this.#traitsOf(entry);
  }

  /** Removes the entry of a filter that has one. */
  delete(matchFilter: string): void {
    this.#entries[this.#tree.find(matchFilter)] = undefined;
    this.#tree.remove(matchFilter);
    if (this.#tree.size === 0) this.#entries = [];
  }

  match(topic: ScannedTopic): Match<S> {
    const count = this.#tree.match(topic);
    if (count === 0) return NO_MATCH;
    return this.#areDistinct(count) ? this.#plainMatch(count) : this.#mergedMatch(count);
  }

  #traitsOf(entry: Entry<S>): number {
    if (entry instanceof FilterSubscribers) return NO_TRAITS;
    const hash = hashText(this.#seed, entry.subscriber.clientId);
    return hash << FLAG_BITS | SOLE | (entry.subscription.noLocal ? NO_LOCAL : 0);
  }

  /** True when what was found is one subscription each, and of different clients. */
  #areDistinct(count: number): boolean {
    if (count > COMPARED_MAX) return false;
    const { found } = this.#tree;
    const traitsOf = this.#traits;
    for (let i = 0; i < count; i++) {
      const traits = traitsOf[found[i]!]!;
      if (traits === NO_TRAITS) return false;
      for (let j = 0; j < i; j++) {
        if ((traitsOf[found[j]!]! ^ traits) >>> FLAG_BITS === 0) return false;
      }
    }
    return true;
  }

  #plainMatch(count: number): Match<S> {
    const { found } = this.#tree;
    const recipients = new Array<Recipient<S>>(count);
    let traits = 0;
    for (let i = 0; i < count; i++) {
      const number = found[i]!;
      recipients[i] = this.#entries[number] as SubscribedRecipient<S>;
      traits |= this.#traits[number]!;
    }
    return { recipients, groups: NO_GROUPS, hasNoLocal: (traits & NO_LOCAL) !== 0 };
  }

  #mergedMatch(count: number): Match<S> {
    const { found } = this.#tree;
    const all: SubscribedRecipient<S>[] = [];
    const groups: SharedGroup<S>[] = [];
    for (let i = 0; i < count; i++) {
      const entry = this.#entries[found[i]!]!;
      if (entry instanceof SubscribedRecipient) all.push(entry);
      else entry.collect(all, groups);
    }
    const recipients = count === 1 ? all : mergeOverlaps(all);
    let hasNoLocal = false;
    for (let i = 0; i < recipients.length; i++) {
      const recipient = recipients[i]!;
      if (recipient.forPublisher !== recipient) hasNoLocal = true;
    }
    return { recipients, groups, hasNoLocal };
  }
}
