import type { Subscriber } from "./match.ts";
import type { SubscribedRecipient } from "./recipient.ts";
import { SharedGroup } from "./shared_group.ts";

/** Up to here a scan is faster and smaller than a map. */
const SCAN_MAX = 16;

/**
 * Everything that is subscribed with one match filter, when that is more than one ordinary
 * subscription: ordinary ones, and the groups that share one.
 */
export class FilterSubscribers<S extends Subscriber> {
  readonly matchFilter: string;
  #ordinary: SubscribedRecipient<S>[] | Map<S, SubscribedRecipient<S>> = [];
  #groups: Map<string, SharedGroup<S>> | undefined;

  constructor(matchFilter: string) {
    this.matchFilter = matchFilter;
  }

  get isEmpty(): boolean {
    return this.#groups === undefined && !this.hasOrdinary;
  }

  get hasOrdinary(): boolean {
    return sizeOf(this.#ordinary) > 0;
  }

  /** The one ordinary subscription, when there is nothing else. */
  get sole(): SubscribedRecipient<S> | undefined {
    return this.#groups === undefined && Array.isArray(this.#ordinary) &&
        this.#ordinary.length === 1
      ? this.#ordinary[0]
      : undefined;
  }

  /** Adds an ordinary subscription, or replaces that of the same subscriber; returns the replaced. */
  add(recipient: SubscribedRecipient<S>): SubscribedRecipient<S> | undefined {
    const ordinary = this.#ordinary;
    if (!Array.isArray(ordinary)) {
      const replaced = ordinary.get(recipient.subscriber);
      ordinary.set(recipient.subscriber, recipient);
      return replaced;
    }
    const at = indexOf(ordinary, recipient.subscriber);
    if (at >= 0) {
      const replaced = ordinary[at]!;
      ordinary[at] = recipient;
      return replaced;
    }
    ordinary.push(recipient);
    if (ordinary.length > SCAN_MAX) {
      this.#ordinary = new Map(ordinary.map((each) => [each.subscriber, each]));
    }
    return undefined;
  }

  /** Removes an ordinary subscription; returns it. */
  remove(subscriber: S): SubscribedRecipient<S> | undefined {
    const ordinary = this.#ordinary;
    if (!Array.isArray(ordinary)) {
      const removed = ordinary.get(subscriber);
      ordinary.delete(subscriber);
      // Well below the limit, so that one who comes and goes does not convert it each time.
      if (ordinary.size <= SCAN_MAX / 2) this.#ordinary = [...ordinary.values()];
      return removed;
    }
    const at = indexOf(ordinary, subscriber);
    if (at < 0) return undefined;
    const removed = ordinary[at]!;
    ordinary[at] = ordinary[ordinary.length - 1]!;
    ordinary.pop();
    return removed;
  }

  /** The ordinary subscriptions. May be taken from step by step while they change. */
  ordinary(): Iterable<SubscribedRecipient<S>> {
    return this.#ordinary.values();
  }

  /** Of the shared ones. */
  groups(): Iterable<SharedGroup<S>> {
    return this.#groups?.values() ?? [];
  }

  /** Appends the ordinary subscriptions to `recipients` and the shared groups to `groups`. */
  collect(recipients: SubscribedRecipient<S>[], groups: SharedGroup<S>[]): void {
    const ordinary = this.#ordinary;
    if (Array.isArray(ordinary)) {
      for (let i = 0; i < ordinary.length; i++) recipients.push(ordinary[i]!);
    } else {
      for (const recipient of ordinary.values()) recipients.push(recipient);
    }
    if (this.#groups !== undefined) {
      for (const group of this.#groups.values()) groups.push(group);
    }
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

function sizeOf<S extends Subscriber>(
  ordinary: SubscribedRecipient<S>[] | Map<S, SubscribedRecipient<S>>,
): number {
  return Array.isArray(ordinary) ? ordinary.length : ordinary.size;
}

function indexOf<S extends Subscriber>(
  recipients: readonly SubscribedRecipient<S>[],
  subscriber: S,
): number {
  for (let i = 0; i < recipients.length; i++) {
    if (recipients[i]!.subscriber === subscriber) return i;
  }
  return -1;
}
