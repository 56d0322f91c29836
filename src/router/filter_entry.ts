import type { Subscription } from "../mqtt/subscription.ts";
import type { Leaf } from "./level_tree.ts";
import type { Subscriber } from "./match.ts";
import { SubscribedRecipient } from "./recipient.ts";
import { SharedGroup } from "./shared_group.ts";

/** Up to here a scan is faster and smaller than a map. */
const SCAN_MAX = 16;

/**
 * Everything that is subscribed with one match filter: ordinary subscriptions, and groups that
 * share one. Most filters have a single subscriber, so one needs no container.
 */
export class FilterEntry<S extends Subscriber> implements Leaf {
  /** The match filter. */
  readonly path: string;
  #ordinary:
    | undefined
    | SubscribedRecipient<S>
    | SubscribedRecipient<S>[]
    | Map<S, SubscribedRecipient<S>>;
  #groups: Map<string, SharedGroup<S>> | undefined;

  constructor(matchFilter: string) {
    this.path = matchFilter;
  }

  get matchFilter(): string {
    return this.path;
  }

  get isEmpty(): boolean {
    return this.#ordinary === undefined && this.#groups === undefined;
  }

  /** True when somebody has an ordinary subscription. */
  get hasOrdinary(): boolean {
    return this.#ordinary !== undefined;
  }

  /** Adds, or replaces; returns what was replaced. */
  subscribe(subscriber: S, subscription: Subscription): Subscription | undefined {
    const recipient = new SubscribedRecipient(subscriber, subscription);
    const ordinary = this.#ordinary;
    if (ordinary === undefined) {
      this.#ordinary = recipient;
    } else if (ordinary instanceof Map) {
      const replaced = ordinary.get(subscriber);
      ordinary.set(subscriber, recipient);
      return replaced?.subscription;
    } else if (Array.isArray(ordinary)) {
      const at = indexOfSubscriber(ordinary, subscriber);
      if (at >= 0) {
        const replaced = ordinary[at]!;
        ordinary[at] = recipient;
        return replaced.subscription;
      }
      ordinary.push(recipient);
      if (ordinary.length > SCAN_MAX) {
        this.#ordinary = new Map(ordinary.map((each) => [each.subscriber, each]));
      }
    } else if (ordinary.subscriber === subscriber) {
      this.#ordinary = recipient;
      return ordinary.subscription;
    } else {
      this.#ordinary = [ordinary, recipient];
    }
    return undefined;
  }

  /** Returns what was removed. */
  unsubscribe(subscriber: S): Subscription | undefined {
    const ordinary = this.#ordinary;
    if (ordinary === undefined) return undefined;
    let removed: SubscribedRecipient<S> | undefined;
    if (ordinary instanceof Map) {
      removed = ordinary.get(subscriber);
      ordinary.delete(subscriber);
      // Well below the limit, so that one who comes and goes does not convert it each time.
      if (ordinary.size <= SCAN_MAX / 2) this.#ordinary = [...ordinary.values()];
    } else if (Array.isArray(ordinary)) {
      const at = indexOfSubscriber(ordinary, subscriber);
      if (at < 0) return undefined;
      removed = ordinary[at]!;
      ordinary[at] = ordinary[ordinary.length - 1]!;
      ordinary.pop();
      if (ordinary.length === 1) this.#ordinary = ordinary[0];
    } else if (ordinary.subscriber === subscriber) {
      removed = ordinary;
      this.#ordinary = undefined;
    }
    return removed?.subscription;
  }

  /** Appends the ordinary subscriptions to `recipients`. */
  collectRecipients(recipients: SubscribedRecipient<S>[]): void {
    const ordinary = this.#ordinary;
    if (ordinary === undefined) return;
    if (ordinary instanceof Map) {
      for (const recipient of ordinary.values()) recipients.push(recipient);
    } else if (Array.isArray(ordinary)) {
      for (let i = 0; i < ordinary.length; i++) recipients.push(ordinary[i]!);
    } else {
      recipients.push(ordinary);
    }
  }

  /** Appends the shared groups to `groups`. */
  collectGroups(groups: SharedGroup<S>[]): void {
    if (this.#groups === undefined) return;
    for (const group of this.#groups.values()) groups.push(group);
  }

  group(shareName: string): SharedGroup<S> | undefined {
    return this.#groups?.get(shareName);
  }

  addGroup(shareName: string): SharedGroup<S> {
    const group = new SharedGroup<S>(shareName, this.matchFilter);
    this.#groups ??= new Map();
    this.#groups.set(shareName, group);
    return group;
  }

  removeGroup(shareName: string): void {
    this.#groups?.delete(shareName);
    if (this.#groups?.size === 0) this.#groups = undefined;
  }
}

function indexOfSubscriber<S extends Subscriber>(
  recipients: readonly SubscribedRecipient<S>[],
  subscriber: S,
): number {
  for (let i = 0; i < recipients.length; i++) {
    if (recipients[i]!.subscriber === subscriber) return i;
  }
  return -1;
}
