import assert from "#assert";
import fc from "fast-check";
import { SeededRandom } from "../base/random.ts";
import type { Subscription } from "../mqtt/subscription.ts";
import { topicMatches } from "../mqtt/topic_filter.ts";
import { type Recipient, Router, type Subscriber } from "./router.ts";
import { client, subscription, type SubscriptionInit } from "./router_fixture.ts";
import { topicArbitrary, topicFilterArbitrary } from "./topic_fixture.ts";

/** What a router is to do, in the simplest way: every subscription is looked at. */
class NaiveRouter {
  readonly #subscriptions = new Map<Subscriber, Map<string, Subscription>>();

  subscribe(subscriber: Subscriber, subscription: Subscription): Subscription | undefined {
    let own = this.#subscriptions.get(subscriber);
    if (own === undefined) this.#subscriptions.set(subscriber, own = new Map());
    const replaced = own.get(subscription.topicFilter);
    own.set(subscription.topicFilter, subscription);
    return replaced;
  }

  unsubscribe(subscriber: Subscriber, topicFilter: string): Subscription | undefined {
    const removed = this.#subscriptions.get(subscriber)?.get(topicFilter);
    this.#subscriptions.get(subscriber)?.delete(topicFilter);
    return removed;
  }

  all(): [Subscriber, Subscription][] {
    return [...this.#subscriptions].flatMap(([subscriber, own]) => {
      return [...own.values()].map((each): [Subscriber, Subscription] => [subscriber, each]);
    });
  }

  /** Recipients by client id, and the members of each group. */
  match(topic: string) {
    const recipients: Record<string, ReturnType<typeof merged>> = {};
    const groups: Record<string, string[]> = {};
    for (const [{ clientId }, own] of this.#subscriptions) {
      const matching = [...own.values()].filter((each) => topicMatches(each.matchFilter, topic));
      const ordinary = matching.filter(({ shareName }) => shareName === undefined);
      if (ordinary.length > 0) recipients[clientId] = merged(ordinary);
      for (const { topicFilter, shareName } of matching) {
        if (shareName !== undefined) (groups[topicFilter] ??= []).push(clientId);
      }
    }
    for (const members of Object.values(groups)) members.sort();
    return { recipients, groups };
  }
}

interface MergedOptions {
  qos: number;
  retainAsPublished: boolean;
  identifiers: number[];
}

function merged(all: Subscription[]): MergedOptions & { forPublisher: MergedOptions | undefined } {
  const local = all.filter(({ noLocal }) => !noLocal);
  return {
    ...optionsOf(all),
    forPublisher: local.length === 0 ? undefined : optionsOf(local),
  };
}

function optionsOf(all: Subscription[]): MergedOptions {
  return {
    qos: Math.max(...all.map(({ qos }) => qos)),
    retainAsPublished: all.some(({ retainAsPublished }) => retainAsPublished),
    identifiers: all.flatMap((each) => each.subscriptionIdentifier ?? []).sort(),
  };
}

/** The result of a router in the same form. */
function matchOf(router: Router<Subscriber>, topic: string) {
  const { recipients, groups, hasNoLocal } = router.match(topic);
  const byClient: Record<string, ReturnType<typeof merged>> = {};
  for (const recipient of recipients) {
    const { clientId } = recipient.subscriber;
    assert.equal(byClient[clientId], undefined, "one recipient for each client");
    byClient[clientId] = {
      ...recipientOptions(recipient),
      forPublisher: recipient.forPublisher && recipientOptions(recipient.forPublisher),
    };
  }
  assert.equal(hasNoLocal, recipients.some((each) => each.forPublisher !== each));
  const members = groups.map((group) => {
    return [group.topicFilter, Array.from(group.members(), (m) => m.subscriber.clientId).sort()];
  });
  assert.equal(new Set(groups).size, groups.length);
  return { recipients: byClient, groups: Object.fromEntries(members) };
}

function recipientOptions(recipient: Recipient<Subscriber>): MergedOptions {
  const { qos, retainAsPublished, subscriptionIdentifiers } = recipient;
  return { qos, retainAsPublished, identifiers: [...subscriptionIdentifiers].sort() };
}

type Step =
  | { kind: "subscribe"; client: number; filter: string; options: SubscriptionInit }
  | { kind: "unsubscribe"; client: number; filter: string }
  | { kind: "forget"; nth: number }
  | { kind: "match"; topic: string };

const options = fc.record({
  qos: fc.constantFrom(0 as const, 1 as const, 2 as const),
  noLocal: fc.boolean(),
  retainAsPublished: fc.boolean(),
  subscriptionIdentifier: fc.integer({ min: 1, max: 9 }),
}, { requiredKeys: [] });

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("subscribe" as const),
      client: fc.nat(4),
      filter: topicFilterArbitrary,
      options,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("unsubscribe" as const),
      client: fc.nat(4),
      filter: topicFilterArbitrary,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("forget" as const), nth: fc.nat() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("match" as const), topic: topicArbitrary }),
  },
);

for (const cacheSize of [0, 2, 1000]) {
  Deno.test(`Router: is like naive matching over any calls, with a cache of ${cacheSize}`, () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 120, size: "max" }),
        fc.array(topicArbitrary, { maxLength: 20, size: "max" }),
        (steps, topics) => {
          const clients = Array.from({ length: 5 }, (_, i) => client(`c${i}`));
          const router = new Router<Subscriber>({ cacheSize, seed: 1 });
          const naive = new NaiveRouter();
          for (const each of steps) take(each, clients, router, naive);
          for (const topic of [...topics, ...topics]) {
            assert.deepEqual(matchOf(router, topic), naive.match(topic));
          }

          assert.equal(router.subscriptionCount, naive.all().length);
          for (const [subscriber, { topicFilter }] of naive.all()) {
            assert.notEqual(router.unsubscribe(subscriber, topicFilter), undefined);
          }
          for (const topic of topics) assert.equal(router.match(topic).recipients.length, 0);
          assert.deepEqual(
            [
              router.subscriptionCount,
              router.filterCount,
              router.sharedGroupCount,
              router.nodeCount,
            ],
            [0, 0, 0, 0],
          );
        },
      ),
      { numRuns: 200 },
    );
  });
}

function take(
  step: Step,
  clients: Subscriber[],
  router: Router<Subscriber>,
  naive: NaiveRouter,
): void {
  if (step.kind === "match") {
    // Made, kept, and given from the cache.
    for (let time = 0; time < 3; time++) {
      assert.deepEqual(matchOf(router, step.topic), naive.match(step.topic));
    }
  } else if (step.kind === "subscribe") {
    const subscriber = clients[step.client]!;
    const granted = subscription(step.filter, step.options);
    assert.equal(router.subscribe(subscriber, granted), naive.subscribe(subscriber, granted));
  } else {
    const [subscriber, filter] = step.kind === "unsubscribe"
      ? [clients[step.client]!, step.filter]
      : nthOf(naive, step.nth);
    if (subscriber === undefined) return;
    assert.equal(router.unsubscribe(subscriber, filter), naive.unsubscribe(subscriber, filter));
  }
}

function nthOf(naive: NaiveRouter, nth: number): [Subscriber, string] | [undefined, ""] {
  const all = naive.all();
  const found = all[nth % all.length];
  return found === undefined ? [undefined, ""] : [found[0], found[1].topicFilter];
}

Deno.test("Router: 10,000 wildcard filters match like naive matching", () => {
  const random = new SeededRandom(4711);
  const words = ["", "a", "b", "site", "dev", "$SYS", "7", "long level name"];
  const level = (wild: number) => random.below(100) < wild ? "+" : words[random.below(8)]!;
  const levels = (wild: number) => Array.from({ length: 1 + random.below(6) }, () => level(wild));
  const filters = new Set<string>();
  while (filters.size < 10_000) {
    const filter = levels(30);
    if (random.below(3) === 0) filter.push("#");
    const text = filter.join("/");
    if (text.length > 0 && /[+#]/.test(text)) filters.add(text);
  }

  const router = new Router<Subscriber>({ seed: 1 });
  for (const filter of filters) router.subscribe(client(filter), subscription(filter));
  let matched = 0;
  for (let i = 0; i < 100; i++) {
    const topic = levels(0).join("/") || "/";
    const found = router.match(topic).recipients.map(({ subscriber }) => subscriber.clientId);
    const expected = [...filters].filter((filter) => topicMatches(filter, topic));
    assert.deepEqual(found.sort(), expected.sort(), topic);
    matched += found.length;
  }
  assert.ok(matched > 2_000, `only ${matched} matches`);
});
