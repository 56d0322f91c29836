import type { Subscription } from "../mqtt/subscription.ts";
import { hasWildcard, parseTopicFilter } from "../mqtt/topic_filter.ts";
import { FilterEntry } from "./filter_entry.ts";
import { FilterTree } from "./filter_tree.ts";
import type { Match, Subscriber } from "./match.ts";
import { mergeOverlaps, type SubscribedRecipient } from "./recipient.ts";
import type { SharedGroup } from "./shared_group.ts";

export type { Match, Recipient, Subscriber } from "./match.ts";
export type { MemberRank, SharedGroup } from "./shared_group.ts";

export interface RouterOptions {
  /**
   * Called when the first subscription with this match filter (of this share group; undefined: of
   * the ordinary ones) has appeared.
   */
  readonly onRouteAdded?: (matchFilter: string, shareName: string | undefined) => void;
  /** Called when the last one has gone. */
  readonly onRouteRemoved?: (matchFilter: string, shareName: string | undefined) => void;
  /** How many topics the results are kept for; 0 for none. */
  readonly cacheSize?: number;
}

/**
 * Who gets a message: all subscriptions of this node, by filter. Filters without wildcards are
 * found by one look-up of the whole topic, the others by a walk over its levels.
 *
 * Subscriptions come as they were granted: with a valid filter, parsed by `parseTopicFilter`.
 */
export class Router<S extends Subscriber> {
  readonly #options: RouterOptions;
  readonly #exact = new Map<string, FilterEntry<S>>();
  readonly #wildcard = new FilterTree<S>();
  readonly #found: FilterEntry<S>[] = [];
  #subscriptionCount = 0;
  #sharedGroupCount = 0;

  constructor(options: RouterOptions = {}) {
    this.#options = options;
  }

  /** All subscriptions, shared ones included. */
  get subscriptionCount(): number {
    return this.#subscriptionCount;
  }

  /** Distinct match filters. */
  get filterCount(): number {
    return this.#exact.size + this.#wildcard.leafCount;
  }

  get sharedGroupCount(): number {
    return this.#sharedGroupCount;
  }

  /** What the filters take in entries and branches: 0 when nothing is subscribed. */
  get nodeCount(): number {
    return this.#exact.size + this.#wildcard.nodeCount;
  }

  /**
   * Adds, or replaces the subscription of this subscriber with the same filter [MQTT-3.8.4-3];
   * returns the replaced one, undefined when it is new.
   */
  subscribe(subscriber: S, subscription: Subscription): Subscription | undefined {
    const { matchFilter, shareName } = subscription;
    const entry = this.#entry(matchFilter) ?? this.#addEntry(matchFilter);
    const replaced = shareName === undefined
      ? this.#subscribeOrdinary(entry, subscriber, subscription)
      : this.#joinGroup(entry, shareName, subscriber, subscription);
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
    const entry = this.#entry(matchFilter);
    if (entry === undefined) return undefined;

    const removed = shareName === undefined
      ? this.#unsubscribeOrdinary(entry, subscriber)
      : this.#leaveGroup(entry, shareName, subscriber);
    if (removed === undefined) return undefined;
    this.#subscriptionCount--;
    if (entry.isEmpty) this.#removeEntry(entry);
    return removed;
  }

  /** Who gets a message that is published to `topic`, a valid topic name. */
  match(topic: string): Match<S> {
    const found = this.#found;
    const exact = this.#exact.get(topic);
    if (exact !== undefined) found.push(exact);
    this.#wildcard.collect(topic, found);
    if (found.length === 0) return NO_MATCH;
    const match = matchOf(found);
    found.length = 0;
    return match;
  }

  #subscribeOrdinary(
    entry: FilterEntry<S>,
    subscriber: S,
    subscription: Subscription,
  ): Subscription | undefined {
    const isFirst = !entry.hasOrdinary;
    const replaced = entry.subscribe(subscriber, subscription);
    if (isFirst) this.#options.onRouteAdded?.(entry.matchFilter, undefined);
    return replaced;
  }

  #unsubscribeOrdinary(entry: FilterEntry<S>, subscriber: S): Subscription | undefined {
    const removed = entry.unsubscribe(subscriber);
    if (removed !== undefined && !entry.hasOrdinary) {
      this.#options.onRouteRemoved?.(entry.matchFilter, undefined);
    }
    return removed;
  }

  #joinGroup(
    entry: FilterEntry<S>,
    shareName: string,
    subscriber: S,
    subscription: Subscription,
  ): Subscription | undefined {
    const group = entry.group(shareName);
    if (group !== undefined) return group.join(subscriber, subscription);
    entry.addGroup(shareName).join(subscriber, subscription);
    this.#sharedGroupCount++;
    this.#options.onRouteAdded?.(entry.matchFilter, shareName);
    return undefined;
  }

  #leaveGroup(
    entry: FilterEntry<S>,
    shareName: string,
    subscriber: S,
  ): Subscription | undefined {
    const group = entry.group(shareName);
    const removed = group?.leave(subscriber);
    if (group !== undefined && group.memberCount === 0) {
      entry.removeGroup(shareName);
      this.#sharedGroupCount--;
      this.#options.onRouteRemoved?.(entry.matchFilter, shareName);
    }
    return removed;
  }

  #entry(matchFilter: string): FilterEntry<S> | undefined {
    return hasWildcard(matchFilter)
      ? this.#wildcard.get(matchFilter)
      : this.#exact.get(matchFilter);
  }

  #addEntry(matchFilter: string): FilterEntry<S> {
    const entry = new FilterEntry<S>(matchFilter);
    if (hasWildcard(matchFilter)) this.#wildcard.add(entry);
    else this.#exact.set(matchFilter, entry);
    return entry;
  }

  #removeEntry(entry: FilterEntry<S>): void {
    if (hasWildcard(entry.matchFilter)) this.#wildcard.remove(entry);
    else this.#exact.delete(entry.matchFilter);
  }
}

const NO_RECIPIENTS: readonly never[] = Object.freeze([]);
const NO_GROUPS: readonly never[] = Object.freeze([]);
const NO_MATCH: Match<never> = Object.freeze({
  recipients: NO_RECIPIENTS,
  groups: NO_GROUPS,
  hasNoLocal: false,
});

function matchOf<S extends Subscriber>(found: readonly FilterEntry<S>[]): Match<S> {
  const all: SubscribedRecipient<S>[] = [];
  const groups: SharedGroup<S>[] = [];
  for (let i = 0; i < found.length; i++) {
    found[i]!.collectRecipients(all);
    found[i]!.collectGroups(groups);
  }
  const recipients = found.length === 1 ? all : mergeOverlaps(all);
  let hasNoLocal = false;
  for (let i = 0; i < recipients.length; i++) {
    const recipient = recipients[i]!;
    if (recipient.forPublisher !== recipient) hasNoLocal = true;
  }
  return { recipients, groups, hasNoLocal };
}
