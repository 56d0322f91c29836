import type { Subscription } from "../mqtt/subscription.ts";
import { parseTopicFilter } from "../mqtt/topic_filter.ts";
import { FilterSubscribers } from "./filter_subscribers.ts";
import type { Match, Subscriber } from "./match.ts";
import { MatchCache } from "./match_cache.ts";
import { SubscribedRecipient } from "./recipient.ts";
import { ScannedTopic } from "./scanned_topic.ts";
import type { SharedGroup } from "./shared_group.ts";
import { type Entry, SubscriptionIndex } from "./subscription_index.ts";

export type { Match, Recipient, Subscriber } from "./match.ts";
export type { MemberRank, SharedGroup } from "./shared_group.ts";

/** One subscription and whose it is. */
export interface Subscribed<S extends Subscriber> {
  readonly subscriber: S;
  readonly subscription: Subscription;
}

/** About 35 MB with all that it holds, when so many topics come again and again. */
export const CACHE_SIZE = 131_072;

export interface RouterOptions {
  /**
   * Called when the first subscription with this match filter (of this share group; undefined: of
   * the ordinary ones) has appeared.
   */
  readonly onRouteAdded?: (matchFilter: string, shareName: string | undefined) => void;
  /** Called when the last one has gone. */
  readonly onRouteRemoved?: (matchFilter: string, shareName: string | undefined) => void;
  /**
   * For how many topics the results are kept, as long as they have few recipients on average
   * (default {@linkcode CACHE_SIZE}); 0 for none.
   */
  readonly cacheSize?: number;
  /**
   * Of the hashes that the filters are found by: a random 32-bit integer, so that clients cannot
   * choose filters that make the tables slow.
   */
  readonly seed?: number;
}

/**
 * Who gets a message: all subscriptions of this node, by filter. Subscriptions come as they were
 * granted, their filters taken apart by `parseTopicFilter`.
 */
export class Router<S extends Subscriber> {
  readonly #options: RouterOptions;
  readonly #filters: SubscriptionIndex<S>;
  readonly #cache: MatchCache<S> | undefined;
  readonly #topic: ScannedTopic;
  /** By their topic filter. */
  readonly #groups = new Map<string, SharedGroup<S>>();
  #subscriptionCount = 0;
  #version = 0;

  constructor(options: RouterOptions = {}) {
    this.#options = options;
    const { seed = 0, cacheSize = CACHE_SIZE } = options;
    this.#filters = new SubscriptionIndex(seed);
    this.#cache = cacheSize > 0 ? new MatchCache(cacheSize, seed) : undefined;
    this.#topic = new ScannedTopic(seed);
  }

  /** Another number after each change: as long as it is the same, so is every match. */
  get version(): number {
    return this.#version;
  }

  /** All subscriptions, shared ones included. */
  get subscriptionCount(): number {
    return this.#subscriptionCount;
  }

  /** Distinct match filters. */
  get filterCount(): number {
    return this.#filters.size;
  }

  get sharedGroupCount(): number {
    return this.#groups.size;
  }

  /** What the filters take in entries and branches: 0 when nothing is subscribed. */
  get nodeCount(): number {
    return this.#filters.nodeCount;
  }

  /**
   * Adds, or replaces the subscription of this subscriber with the same filter [MQTT-3.8.4-3];
   * returns the replaced one, undefined when it is new.
   */
  subscribe(subscriber: S, subscription: Subscription): Subscription | undefined {
    const replaced = subscription.shareName === undefined
      ? this.#subscribeOrdinary(new SubscribedRecipient(subscriber, subscription))
      : this.#joinGroup(subscription.shareName, subscriber, subscription);
    if (replaced === undefined) this.#subscriptionCount++;
    return replaced;
  }

  /**
   * Removes the subscription with exactly this filter, compared character by character
   * [MQTT-3.10.4-1]; returns it, undefined when there was none.
   */
  unsubscribe(subscriber: S, topicFilter: string): Subscription | undefined {
    const parsed = parseTopicFilter(topicFilter);
    if (parsed === undefined) return undefined;
    const { matchFilter, shareName } = parsed;
    const removed = shareName === undefined
      ? this.#unsubscribeOrdinary(subscriber, matchFilter)
      : this.#leaveGroup(subscriber, matchFilter, shareName);
    if (removed !== undefined) this.#subscriptionCount--;
    return removed;
  }

  /** Who gets a message that is published to `topic`, a valid topic name. */
  match(topic: string): Match<S> {
    const latest = this.#cache?.getLatest(topic);
    if (latest !== undefined) return latest;
    const scanned = this.#topic;
    scanned.scan(topic);
    const cached = this.#cache?.get(scanned);
    if (cached !== undefined) return cached;
    const match = this.#filters.match(scanned);
    this.#cache?.offer(scanned, match, this.#filters.size);
    return match;
  }

  /**
   * Every subscription whose filter matches `topic`, a valid topic name, each on its own: for
   * looking at. May be taken from in slices while subscriptions change.
   */
  *matching(topic: string): IterableIterator<Subscribed<S>> {
    this.#topic.scan(topic);
    for (const entry of this.#filters.entries(this.#topic)) {
      if (entry instanceof SubscribedRecipient) yield entry;
      else {
        yield* entry.ordinary();
        for (const group of entry.groups()) yield* group.members();
      }
    }
  }

  /** Every subscription with exactly this topic filter. May be taken from in slices as well. */
  with(topicFilter: string): Iterable<Subscribed<S>> {
    const parsed = parseTopicFilter(topicFilter);
    if (parsed === undefined) return [];
    if (parsed.shareName !== undefined) return this.#groups.get(topicFilter)?.members() ?? [];
    const entry = this.#filters.get(parsed.matchFilter);
    if (entry === undefined) return [];
    return entry instanceof SubscribedRecipient ? [entry] : entry.ordinary();
  }

  /** By topic filter, `$share/…`. */
  get sharedGroups(): ReadonlyMap<string, SharedGroup<S>> {
    return this.#groups;
  }

  #changed(matchFilter: string): void {
    this.#version++;
    this.#cache?.changed(matchFilter);
  }

  #subscribeOrdinary(recipient: SubscribedRecipient<S>): Subscription | undefined {
    const { matchFilter } = recipient.subscription;
    const entry = this.#filters.get(matchFilter);
    this.#changed(matchFilter);
    if (entry instanceof SubscribedRecipient && entry.subscriber === recipient.subscriber) {
      this.#filters.set(matchFilter, recipient);
      return entry.subscription;
    }
    const isFirst = entry === undefined ||
      (entry instanceof FilterSubscribers && !entry.hasOrdinary);
    let replaced: SubscribedRecipient<S> | undefined;
    if (entry === undefined) this.#filters.set(matchFilter, recipient);
    else replaced = this.#expanded(matchFilter, entry).add(recipient);
    if (isFirst) this.#options.onRouteAdded?.(matchFilter, undefined);
    return replaced?.subscription;
  }

  #unsubscribeOrdinary(subscriber: S, matchFilter: string): Subscription | undefined {
    const entry = this.#filters.get(matchFilter);
    const removed = entry instanceof FilterSubscribers
      ? entry.remove(subscriber)
      : entry?.subscriber === subscriber
      ? entry
      : undefined;
    if (removed === undefined) return undefined;

    this.#changed(matchFilter);
    if (entry instanceof FilterSubscribers) this.#contract(matchFilter, entry);
    else this.#filters.delete(matchFilter);
    if (!(entry instanceof FilterSubscribers && entry.hasOrdinary)) {
      this.#options.onRouteRemoved?.(matchFilter, undefined);
    }
    return removed.subscription;
  }

  #joinGroup(
    shareName: string,
    subscriber: S,
    subscription: Subscription,
  ): Subscription | undefined {
    const { matchFilter } = subscription;
    const subscribers = this.#expanded(matchFilter, this.#filters.get(matchFilter));
    const group = subscribers.group(shareName);
    // The results hold the group itself, so who is in it makes no difference to them.
    if (group !== undefined) return group.join(subscriber, subscription);
    const added = subscribers.addGroup(shareName);
    added.join(subscriber, subscription);
    this.#groups.set(added.topicFilter, added);
    this.#changed(matchFilter);
    this.#options.onRouteAdded?.(matchFilter, shareName);
    return undefined;
  }

  #leaveGroup(subscriber: S, matchFilter: string, shareName: string): Subscription | undefined {
    const entry = this.#filters.get(matchFilter);
    if (!(entry instanceof FilterSubscribers)) return undefined;
    const group = entry.group(shareName);
    const removed = group?.leave(subscriber);
    if (group?.memberCount === 0) {
      entry.removeGroup(shareName);
      this.#groups.delete(group.topicFilter);
      this.#contract(matchFilter, entry);
      this.#changed(matchFilter);
      this.#options.onRouteRemoved?.(matchFilter, shareName);
    }
    return removed;
  }

  /** The entry in the form that can hold more than one subscription. */
  #expanded(matchFilter: string, entry: Entry<S> | undefined): FilterSubscribers<S> {
    if (entry instanceof FilterSubscribers) return entry;
    const subscribers = new FilterSubscribers<S>(matchFilter);
    if (entry !== undefined) subscribers.add(entry);
    this.#filters.set(matchFilter, subscribers);
    return subscribers;
  }

  /** After a removal: the smallest form that holds what is left. */
  #contract(matchFilter: string, entry: FilterSubscribers<S>): void {
    const { sole } = entry;
    if (sole !== undefined) this.#filters.set(matchFilter, sole);
    else if (entry.isEmpty) this.#filters.delete(matchFilter);
  }
}
