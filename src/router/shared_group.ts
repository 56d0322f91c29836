import type { QoS } from "../mqtt/packet.ts";
import type { Subscription } from "../mqtt/subscription.ts";
import { sharedTopicFilter } from "../mqtt/topic_filter.ts";
import type { Recipient, Subscriber } from "./match.ts";
import { SubscribedRecipient } from "./recipient.ts";

/**
 * How welcome a member is to take a message: 2 before all others (connected, say), 1 when there is
 * none with 2 (a session that queues), 0 never.
 */
export type MemberRank = 0 | 1 | 2;

/**
 * The sessions that share one subscription (section 4.8.2): the same share name and the same
 * filter. A message goes to one of them, in turns. Groups with the same name and different filters
 * have nothing to do with each other.
 *
 * The members form a ring, so that joining, leaving and the turn itself cost the same in a group of
 * a hundred thousand, and nobody loses or doubles a turn when somebody else leaves.
 */
export class SharedGroup<S extends Subscriber> {
  readonly shareName: string;
  readonly matchFilter: string;
  readonly #members = new Map<S, Member<S>>();
  /** Whose turn it is; undefined when there are no members. */
  #next: Member<S> | undefined;

  constructor(shareName: string, matchFilter: string) {
    this.shareName = shareName;
    this.matchFilter = matchFilter;
  }

  /** `$share/<share name>/<filter>`: how the members wrote it. */
  get topicFilter(): string {
    return sharedTopicFilter(this.shareName, this.matchFilter);
  }

  get memberCount(): number {
    return this.#members.size;
  }

  /** The members and what they subscribed with, in the order of joining. */
  members(): Iterable<SubscribedRecipient<S>> {
    return this.#members.values();
  }

  /**
   * The member whose turn it is among those of the highest rank; undefined when nobody has a rank
   * above 0. Asks members in turn and stops at the first with rank 2, so it costs one call as long
   * as members are mostly well. The turn passes to the one after the member returned.
   */
  pick(rank: (subscriber: S, granted: QoS) => MemberRank): Recipient<S> | undefined {
    const member = this.#choose(rank);
    if (member !== undefined) this.#next = member.next;
    return member;
  }

  /** The member that `pick` would return. */
  peek(rank: (subscriber: S, granted: QoS) => MemberRank): Recipient<S> | undefined {
    return this.#choose(rank);
  }

  #choose(rank: (subscriber: S, granted: QoS) => MemberRank): Member<S> | undefined {
    const start = this.#next;
    if (start === undefined) return undefined;
    let second: Member<S> | undefined;
    let member = start;
    do {
      const memberRank = rank(member.subscriber, member.qos);
      if (memberRank === 2) return member;
      if (memberRank === 1) second ??= member;
      member = member.next;
    } while (member !== start);
    return second;
  }

  /** @internal Adds, or replaces in place; returns what was replaced. */
  join(subscriber: S, subscription: Subscription): Subscription | undefined {
    const member = new Member(subscriber, subscription);
    const replaced = this.#members.get(subscriber);
    this.#members.set(subscriber, member);
    if (replaced !== undefined) {
      this.#insertBefore(replaced, member);
      this.#unlink(replaced, member);
    } else if (this.#next !== undefined) {
      // The newcomer is the last of the present round.
      this.#insertBefore(this.#next, member);
    } else {
      this.#next = member;
    }
    return replaced?.subscription;
  }

  /** @internal Returns what was removed. */
  leave(subscriber: S): Subscription | undefined {
    const member = this.#members.get(subscriber);
    if (member === undefined) return undefined;
    this.#members.delete(subscriber);
    this.#unlink(member, this.#members.size === 0 ? undefined : member.next);
    return member.subscription;
  }

  #insertBefore(at: Member<S>, member: Member<S>): void {
    member.previous = at.previous;
    member.next = at;
    at.previous.next = member;
    at.previous = member;
  }

  /** Takes `member` out of the ring; if it was its turn, it is now that of `heir`. */
  #unlink(member: Member<S>, heir: Member<S> | undefined): void {
    member.previous.next = member.next;
    member.next.previous = member.previous;
    if (this.#next === member) this.#next = heir;
  }
}

class Member<S extends Subscriber> extends SubscribedRecipient<S> {
  next: Member<S> = this;
  previous: Member<S> = this;
}
