import { NO_IDENTIFIERS } from "../mqtt/delivery.ts";
import type { QoS } from "../mqtt/packet.ts";
import type { Subscription } from "../mqtt/subscription.ts";
import type { Recipient, Subscriber } from "./match.ts";

/**
 * One subscription of one subscriber, kept in the shape in which it is delivered to: a client that
 * matches once costs a match nothing but this reference.
 */
export class SubscribedRecipient<S extends Subscriber> implements Recipient<S> {
  readonly subscriber: S;
  readonly qos: QoS;
  readonly retainAsPublished: boolean;
  readonly subscriptionIdentifiers: readonly number[];
  readonly forPublisher: Recipient<S> | undefined;
  readonly subscription: Subscription;

  constructor(subscriber: S, subscription: Subscription) {
    const identifier = subscription.subscriptionIdentifier;
    this.subscriber = subscriber;
    this.qos = subscription.qos;
    this.retainAsPublished = subscription.retainAsPublished;
    this.subscriptionIdentifiers = identifier === undefined ? NO_IDENTIFIERS : [identifier];
    this.forPublisher = subscription.noLocal ? undefined : this;
    this.subscription = subscription;
  }
}

/** Several matching subscriptions of one subscriber as one recipient [MQTT-3.3.4-2]. */
class MergedRecipient<S extends Subscriber> implements Recipient<S> {
  readonly subscriber: S;
  readonly qos: QoS;
  readonly retainAsPublished: boolean;
  readonly subscriptionIdentifiers: readonly number[];
  readonly forPublisher: Recipient<S> | undefined;

  constructor(parts: readonly SubscribedRecipient<S>[]) {
    let qos: QoS = 0;
    let retainAsPublished = false;
    const identifiers: number[] = [];
    for (const part of parts) {
      if (part.qos > qos) qos = part.qos;
      if (part.retainAsPublished) retainAsPublished = true;
      for (const identifier of part.subscriptionIdentifiers) identifiers.push(identifier);
    }
    const local = parts.filter((part) => part.forPublisher !== undefined);
    this.subscriber = parts[0]!.subscriber;
    this.qos = qos;
    this.retainAsPublished = retainAsPublished;
    this.subscriptionIdentifiers = identifiers.length === 0 ? NO_IDENTIFIERS : identifiers;
    this.forPublisher = local.length === parts.length
      ? this
      : local.length === 0
      ? undefined
      : new MergedRecipient(local);
  }
}

/** Up to here a scan finds a subscriber faster than a map that has to be built first. */
const SCAN_MAX = 16;

/**
 * One recipient for each subscriber in `all`, which holds the subscriptions of several filters.
 * Linear in their number.
 */
export function mergeOverlaps<S extends Subscriber>(
  all: readonly SubscribedRecipient<S>[],
): Recipient<S>[] {
  const firsts: SubscribedRecipient<S>[] = [];
  const positions = all.length > SCAN_MAX ? new Map<S, number>() : undefined;
  let overlaps: Map<number, SubscribedRecipient<S>[]> | undefined;

  for (const recipient of all) {
    const { subscriber } = recipient;
    const at = positions ? positions.get(subscriber) ?? -1 : scan(firsts, subscriber);
    if (at < 0) {
      positions?.set(subscriber, firsts.length);
      firsts.push(recipient);
      continue;
    }
    overlaps ??= new Map();
    const parts = overlaps.get(at);
    if (parts) parts.push(recipient);
    else overlaps.set(at, [firsts[at]!, recipient]);
  }

  if (overlaps === undefined) return firsts;
  const recipients: Recipient<S>[] = firsts;
  for (const [at, parts] of overlaps) recipients[at] = new MergedRecipient(parts);
  return recipients;
}

function scan<S extends Subscriber>(recipients: readonly Recipient<S>[], subscriber: S): number {
  for (let i = 0; i < recipients.length; i++) {
    if (recipients[i]!.subscriber === subscriber) return i;
  }
  return -1;
}
