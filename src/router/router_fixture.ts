/** What the tests and benchmarks of this folder share. */
import { invariant } from "../base/invariant.ts";
import type { Subscription, SubscriptionOptions } from "../mqtt/subscription.ts";
import { parseTopicFilter } from "../mqtt/topic_filter.ts";
import type { Subscriber } from "./match.ts";
import { Router } from "./router.ts";

export interface SubscriptionInit extends Partial<SubscriptionOptions> {
  subscriptionIdentifier?: number;
}

/** A granted subscription with a valid filter, and all defaults but `init`. */
export function subscription(topicFilter: string, init: SubscriptionInit = {}): Subscription {
  const parsed = parseTopicFilter(topicFilter);
  invariant(parsed !== undefined, `not a valid filter: ${topicFilter}`);
  return {
    ...parsed,
    qos: init.qos ?? 0,
    noLocal: init.noLocal ?? false,
    retainAsPublished: init.retainAsPublished ?? false,
    retainHandling: init.retainHandling ?? 0,
    subscriptionIdentifier: init.subscriptionIdentifier,
  };
}

export function client(clientId: string): Subscriber {
  return { clientId };
}

/** The client ids of recipients, in alphabetical order. */
export function clientIds(recipients: Iterable<{ readonly subscriber: Subscriber }>): string[] {
  return Array.from(recipients, ({ subscriber }) => subscriber.clientId).sort();
}

/** A router where each entry of `filters` is the subscriptions of the client with that id. */
export function routerOf(filters: Record<string, string[]>): Router<Subscriber> {
  const router = new Router<Subscriber>();
  for (const [clientId, topicFilters] of Object.entries(filters)) {
    const subscriber = client(clientId);
    for (const filter of topicFilters) router.subscribe(subscriber, subscription(filter));
  }
  return router;
}
