import assert from "#assert";
import { NO_IDENTIFIERS } from "../mqtt/delivery.ts";
import { type Recipient, Router, type Subscriber } from "./router.ts";
import { client, clientIds, routerOf, subscription } from "./router_fixture.ts";

const anybody = () => 2 as const;

/** The one recipient of a topic. */
function soleRecipient(router: Router<Subscriber>, topic: string): Recipient<Subscriber> {
  const { recipients } = router.match(topic);
  assert.equal(recipients.length, 1);
  return recipients[0]!;
}

Deno.test("Router.match: finds exact filters, both wildcards and their mixtures", () => {
  const router = routerOf({
    exact: ["a/b/c"],
    single: ["a/+/c"],
    singles: ["+/+/+"],
    multi: ["a/#"],
    all: ["#"],
    mixed: ["+/b/#"],
    parent: ["a/b/c/#"],
    deeper: ["a/b/c/d", "a/b/c/+"],
    shorter: ["a/b", "+/+"],
    other: ["a/c/b", "b/#", "A/b/c"],
  });
  assert.deepEqual(
    clientIds(router.match("a/b/c").recipients),
    ["all", "exact", "mixed", "multi", "parent", "single", "singles"],
  );
});

Deno.test("Router.match: gives a topic nobody wants no recipients and no groups", () => {
  const { recipients, groups, hasNoLocal } = routerOf({ a: ["a/+"] }).match("b");
  assert.deepEqual({ recipients, groups, hasNoLocal }, {
    recipients: [],
    groups: [],
    hasNoLocal: false,
  });
});

Deno.test("[MQTT-4.7.2-1] Router.match: hides $ topics from leading wildcards only", () => {
  const router = routerOf({
    hidden: ["#", "+", "+/a", "+/#", "+/+"],
    seen: ["$SYS/#"],
    seenToo: ["$SYS/+"],
    exactly: ["$SYS/a"],
  });
  assert.deepEqual(clientIds(router.match("$SYS/a").recipients), ["exactly", "seen", "seenToo"]);
  assert.deepEqual(clientIds(router.match("$SYS").recipients), ["seen"]);
});

Deno.test("[MQTT-4.7.3-4] Router.match: neither folds case nor normalises", () => {
  const router = routerOf({ a: ["e\u0301/x", "caf\u00e9", "\uFEFFb", "Big"] });
  for (const topic of ["\u00e9/x", "cafe\u0301", "b", "big", "big/"]) {
    assert.equal(router.match(topic).recipients.length, 0, topic);
  }
  assert.equal(router.match("\uFEFFb").recipients.length, 1);
});

Deno.test("[MQTT-3.3.4-2] Router.match: merges overlapping subscriptions at the highest QoS", () => {
  const router = new Router<Subscriber>();
  const a = client("a");
  router.subscribe(a, subscription("x/#", { qos: 1 }));
  router.subscribe(a, subscription("x/+", { qos: 2 }));
  router.subscribe(a, subscription("x/y", { qos: 0, retainAsPublished: true }));
  router.subscribe(client("b"), subscription("x/y", { qos: 1 }));

  const { recipients } = router.match("x/y");
  assert.deepEqual(clientIds(recipients), ["a", "b"]);
  const merged = recipients.find(({ subscriber }) => subscriber === a)!;
  assert.equal(merged.qos, 2);
  assert.equal(merged.retainAsPublished, true);
  assert.equal(merged.forPublisher, merged);
});

Deno.test("Router.match: does not take retain as published from a filter that does not match", () => {
  const router = new Router<Subscriber>();
  const a = client("a");
  router.subscribe(a, subscription("x/+", { qos: 0 }));
  router.subscribe(a, subscription("x/z", { qos: 2, retainAsPublished: true }));
  const { qos, retainAsPublished } = soleRecipient(router, "x/y");
  assert.deepEqual({ qos, retainAsPublished }, { qos: 0, retainAsPublished: false });
});

Deno.test(
  "[MQTT-3.3.4-3] [MQTT-3.3.4-4] Router.match: collects the identifiers of all matches (5.0)",
  () => {
    const router = new Router<Subscriber>();
    const a = client("a");
    router.subscribe(a, subscription("x/#", { subscriptionIdentifier: 7 }));
    router.subscribe(a, subscription("x/+"));
    router.subscribe(a, subscription("x/y", { subscriptionIdentifier: 9 }));
    router.subscribe(a, subscription("+/y", { subscriptionIdentifier: 7 }));
    router.subscribe(a, subscription("x/z", { subscriptionIdentifier: 11 }));
    assert.deepEqual([...soleRecipient(router, "x/y").subscriptionIdentifiers].sort(), [7, 7, 9]);
  },
);

Deno.test("Router.match: shares the empty list of identifiers", () => {
  const router = routerOf({ single: ["a"], merged: ["b", "b/#"] });
  for (const topic of ["a", "b"]) {
    assert.equal(soleRecipient(router, topic).subscriptionIdentifiers, NO_IDENTIFIERS);
  }
});

Deno.test("[MQTT-3.8.3-3] Router.match: leaves No Local subscriptions out for the publisher (5.0)", () => {
  const router = new Router<Subscriber>();
  const a = client("a");
  router.subscribe(a, subscription("x/y", { qos: 2, noLocal: true, subscriptionIdentifier: 1 }));
  router.subscribe(client("b"), subscription("z"));
  assert.equal(router.match("x/y").hasNoLocal, true);
  assert.equal(soleRecipient(router, "x/y").forPublisher, undefined);

  router.subscribe(a, subscription("x/+", { qos: 1, subscriptionIdentifier: 2 }));
  const recipient = soleRecipient(router, "x/y");
  assert.equal(recipient.qos, 2);
  assert.equal(router.match("x/y").hasNoLocal, true);
  assert.deepEqual(
    [recipient.forPublisher?.qos, recipient.forPublisher?.subscriptionIdentifiers],
    [1, [2]],
  );
  assert.equal(recipient.forPublisher?.subscriber, a);

  router.subscribe(a, subscription("#", { noLocal: true }));
  router.unsubscribe(a, "x/+");
  assert.equal(soleRecipient(router, "x/y").forPublisher, undefined);
  assert.equal(router.match("z").hasNoLocal, true);
});

Deno.test("Router.match: says when no subscription has No Local", () => {
  assert.equal(routerOf({ a: ["x"], b: ["x", "#"] }).match("x").hasNoLocal, false);
});

Deno.test("Router.match: tells clients whose ids hash alike apart", () => {
  // Also for the same client id: subscribers are told apart as objects.
  const router = new Router<Subscriber>();
  router.subscribe(client("same"), subscription("a/b"));
  router.subscribe(client("same"), subscription("a/+"));
  assert.equal(router.match("a/b").recipients.length, 2);
});

for (const count of [2, 16, 17, 18, 300]) {
  Deno.test(`Router.match: merges once each of ${count} clients that overlap`, () => {
    const router = new Router<Subscriber>();
    const clients = Array.from({ length: count }, (_, i) => client(`c${i}`));
    for (const each of clients) {
      router.subscribe(each, subscription("a/b", { qos: 1 }));
      router.subscribe(each, subscription("a/#", { qos: 2 }));
    }
    router.subscribe(client("other"), subscription("+/b", { qos: 0 }));
    const { recipients } = router.match("a/b");
    assert.deepEqual(clientIds(recipients), [...clientIds(clients.map(toRecipient)), "other"]);
    assert.equal(recipients.filter(({ qos }) => qos === 2).length, count);
  });

  Deno.test(`Router.unsubscribe: leaves the others of ${count} clients with the same filter`, () => {
    const router = new Router<Subscriber>();
    const clients = Array.from({ length: count }, (_, i) => client(`c${i}`));
    for (const each of clients) router.subscribe(each, subscription("a"));
    while (clients.length > 0) {
      assert.deepEqual(
        clientIds(router.match("a").recipients),
        clientIds(clients.map(toRecipient)),
      );
      const leaver = clients.splice(Math.floor(clients.length / 2), 1)[0]!;
      assert.notEqual(router.unsubscribe(leaver, "a"), undefined);
      assert.equal(router.unsubscribe(leaver, "a"), undefined);
    }
    assert.equal(router.nodeCount, 0);
  });
}

function toRecipient(subscriber: Subscriber) {
  return { subscriber };
}

Deno.test("[MQTT-3.8.4-3] Router.subscribe: replaces the subscription with the same filter", () => {
  const router = new Router<Subscriber>();
  const [a, b] = [client("a"), client("b")];
  for (const filter of ["x/y", "x/+", "$share/g/x/#"]) {
    const first = subscription(filter, { qos: 0, subscriptionIdentifier: 1 });
    const second = subscription(filter, { qos: 2, subscriptionIdentifier: 2 });
    assert.equal(router.subscribe(a, first), undefined);
    assert.equal(router.subscribe(a, second), first);
    assert.equal(router.subscribe(b, first), undefined);
    assert.equal(router.subscribe(b, second), first);
    assert.equal(router.unsubscribe(b, filter), second);
    assert.equal(router.unsubscribe(a, filter), second);
  }
  assert.equal(router.subscriptionCount, 0);
});

Deno.test("[MQTT-3.10.4-1] Router.unsubscribe: compares character by character", () => {
  const router = new Router<Subscriber>();
  const a = client("a");
  const filters = ["x/y", "x/+", "x/#", "$share/g/x/y"];
  for (const filter of filters) router.subscribe(a, subscription(filter));
  for (
    const filter of ["x", "x/", "X/y", "x/y/", "x/+/#", "+/y", "#", "$share/g/x", "$share/G/x/y"]
  ) {
    assert.equal(router.unsubscribe(a, filter), undefined, filter);
  }
  assert.equal(router.unsubscribe(client("b"), "x/y"), undefined);
  assert.equal(router.unsubscribe(client("b"), "$share/g/x/y"), undefined);
  assert.equal(router.unsubscribe(a, "not/#/valid"), undefined);
  assert.equal(router.subscriptionCount, filters.length);
  for (const filter of filters) {
    assert.equal(router.unsubscribe(a, filter)?.topicFilter, filter);
  }
});

Deno.test("Router: counts subscriptions, filters and groups", () => {
  const router = new Router<Subscriber>();
  const [a, b] = [client("a"), client("b")];
  const counts = () => [router.subscriptionCount, router.filterCount, router.sharedGroupCount];
  router.subscribe(a, subscription("x"));
  router.subscribe(b, subscription("x"));
  router.subscribe(a, subscription("x/+"));
  assert.deepEqual(counts(), [3, 2, 0]);
  router.subscribe(a, subscription("$share/g/x"));
  router.subscribe(b, subscription("$share/g/x"));
  router.subscribe(b, subscription("$share/h/x"));
  router.subscribe(b, subscription("$share/g/#"));
  assert.deepEqual(counts(), [7, 3, 3]);
  router.subscribe(a, subscription("x", { qos: 1 }));
  assert.deepEqual(counts(), [7, 3, 3]);
  router.unsubscribe(a, "x");
  router.unsubscribe(b, "x");
  assert.deepEqual(counts(), [5, 3, 3]);
  for (const filter of ["$share/g/x", "$share/h/x", "$share/g/#"]) router.unsubscribe(b, filter);
  assert.deepEqual(counts(), [2, 2, 1]);
});

Deno.test("Router: tells of the first and the last subscription of each filter and share", () => {
  const told: string[] = [];
  const router = new Router<Subscriber>({
    onRouteAdded: (filter, share) => told.push(`+${share ?? ""}:${filter}`),
    onRouteRemoved: (filter, share) => told.push(`-${share ?? ""}:${filter}`),
  });
  const toldBy = (action: () => void) => {
    told.length = 0;
    action();
    return [...told];
  };
  const [a, b] = [client("a"), client("b")];
  assert.deepEqual(toldBy(() => router.subscribe(a, subscription("x/+"))), ["+:x/+"]);
  assert.deepEqual(toldBy(() => router.subscribe(b, subscription("x/+"))), []);
  assert.deepEqual(toldBy(() => router.subscribe(a, subscription("x/+", { qos: 1 }))), []);
  assert.deepEqual(toldBy(() => router.subscribe(a, subscription("$share/g/x/+"))), ["+g:x/+"]);
  assert.deepEqual(toldBy(() => router.subscribe(b, subscription("$share/g/x/+"))), []);
  assert.deepEqual(toldBy(() => router.subscribe(b, subscription("$share/h/x/+"))), ["+h:x/+"]);
  assert.deepEqual(toldBy(() => router.unsubscribe(a, "x/+")), []);
  assert.deepEqual(toldBy(() => router.unsubscribe(a, "x/+")), []);
  assert.deepEqual(toldBy(() => router.unsubscribe(b, "x/+")), ["-:x/+"]);
  assert.deepEqual(toldBy(() => router.unsubscribe(b, "$share/g/x/+")), []);
  assert.deepEqual(toldBy(() => router.unsubscribe(a, "$share/g/x/+")), ["-g:x/+"]);
  assert.deepEqual(toldBy(() => router.unsubscribe(b, "$share/h/x/+")), ["-h:x/+"]);
  assert.deepEqual(toldBy(() => router.subscribe(b, subscription("$share/h/x"))), ["+h:x"]);
  assert.deepEqual(toldBy(() => router.subscribe(b, subscription("x"))), ["+:x"]);
  assert.deepEqual(toldBy(() => router.unsubscribe(b, "x")), ["-:x"]);
});

Deno.test("Router.match: gives the same result until a subscription changes it", () => {
  const router = routerOf({ a: ["x/y", "x/#"], b: ["x/+"] });
  router.match("x/y"); // a result is kept when its topic comes again
  let before = router.match("x/y");
  const changes: [string, boolean][] = [
    ["z", false],
    ["z/#", false],
    ["x/z/#", false],
    ["x/y", true],
    ["x/+", true],
    ["x/y/#", true],
    ["#", true],
    ["+/y", true],
  ];
  const c = client("c");
  for (const [filter, isChange] of changes) {
    const subscribed = router.subscribe(c, subscription(filter));
    assert.equal(subscribed, undefined);
    const after = router.match("x/y");
    assert.equal(after !== before, isChange, filter);
    if (isChange) assert.ok(clientIds(after.recipients).includes("c"), filter);
    router.unsubscribe(c, filter);
    before = router.match("x/y");
    assert.deepEqual(clientIds(before.recipients), ["a", "b"]);
  }
});

Deno.test("Router: the thousandth filter is as good as the first", () => {
  const router = new Router<Subscriber>();
  const [a, b] = [client("a"), client("b")];
  for (let i = 0; i < 1000; i++) {
    router.subscribe(a, subscription(`sole/${i}`, { noLocal: true }));
    router.subscribe(a, subscription(`two/${i}/#`));
    router.subscribe(b, subscription(`two/${i}/#`));
    router.subscribe(a, subscription(`two/+/${i}`));
    router.subscribe(b, subscription(`$share/g/group/${i}`));
  }
  for (const i of [0, 1, 500, 999]) {
    const sole = router.match(`sole/${i}`);
    assert.deepEqual([clientIds(sole.recipients), sole.hasNoLocal], [["a"], true]);
    assert.deepEqual(clientIds(router.match(`two/${i}/${i}`).recipients), ["a", "b"]);
    assert.equal(router.match(`group/${i}`).groups[0]?.pick(anybody)?.subscriber, b);
  }
});

Deno.test("Router: an empty one takes no nodes, whatever it held", () => {
  const router = new Router<Subscriber>();
  const a = client("a");
  const filters = ["a", "a/b", "a/b/#", "a/+", "a/+/c", "+/+/+/#", "#", "$share/g/a/b", "/", "//+"];
  for (let round = 0; round < 2; round++) {
    for (const filter of filters) router.subscribe(a, subscription(filter));
    assert.ok(router.nodeCount >= router.filterCount);
    for (const filter of filters) router.unsubscribe(a, filter);
    assert.equal(router.nodeCount, 0);
    assert.equal(router.filterCount, 0);
  }
});

Deno.test("Router.match: walks each branch once, however many filters a hostile client makes", () => {
  // Every mixture of `a` and `+` over 12 levels: each of the 4096 matches, none twice.
  const router = new Router<Subscriber>({ cacheSize: 0 });
  const filters = Array.from({ length: 4096 }, (_, bits) => {
    return Array.from({ length: 12 }, (_, level) => bits >> level & 1 ? "a" : "+").join("/");
  });
  for (const [i, filter] of filters.entries()) {
    router.subscribe(client(`c${i}`), subscription(filter));
  }
  const topic = "a/".repeat(11) + "a";
  assert.equal(router.match(topic).recipients.length, 4096);
  assert.equal(new Set(clientIds(router.match(topic).recipients)).size, 4096);
  assert.equal(router.match(topic + "/a").recipients.length, 0);
});

Deno.test("Router.match: follows filters and topics of the most levels", () => {
  const deep = "a/".repeat(127) + "a";
  const router = routerOf({
    exact: [deep],
    singles: ["+/".repeat(127) + "+"],
    multi: ["+/".repeat(127) + "#"],
    parent: ["a/".repeat(126) + "#"],
    shorter: ["a/".repeat(126) + "a"],
  });
  assert.deepEqual(
    clientIds(router.match(deep).recipients),
    ["exact", "multi", "parent", "singles"],
  );
  // Not a topic that is accepted, but nothing is to break.
  assert.deepEqual(clientIds(router.match(deep + "/a/a").recipients), ["multi", "parent"]);
});

// Shared subscriptions (requirement row Q8).

Deno.test("[MQTT-4.8.2-3] Router: a shared subscription delivers with its own options (5.0)", () => {
  const router = new Router<Subscriber>();
  const options = { qos: 1, retainAsPublished: true, subscriptionIdentifier: 5 } as const;
  router.subscribe(client("a"), subscription("$share/g/x/#", options));
  const { recipients, groups } = router.match("x/y");
  assert.equal(recipients.length, 0);
  const member = groups[0]!.pick(anybody)!;
  assert.deepEqual(
    [member.qos, member.retainAsPublished, member.subscriptionIdentifiers],
    [1, true, [5]],
  );
  assert.equal(member.forPublisher, member);
});

Deno.test("Router: messages are spread evenly over the members of a group", () => {
  const router = new Router<Subscriber>();
  for (const id of ["a", "b", "c"]) {
    router.subscribe(client(id), subscription("$share/g/x/+"));
  }
  const counts = new Map<string, number>();
  for (let i = 0; i < 300; i++) {
    const { clientId } = router.match(`x/${i % 7}`).groups[0]!.pick(anybody)!.subscriber;
    counts.set(clientId, (counts.get(clientId) ?? 0) + 1);
  }
  assert.deepEqual([...counts.values()], [100, 100, 100]);
});

Deno.test("Router: a shared and an ordinary subscription of one client deliver each", () => {
  const router = routerOf({ a: ["x", "$share/g/x"], b: ["x"] });
  const { recipients, groups } = router.match("x");
  assert.deepEqual(clientIds(recipients), ["a", "b"]);
  assert.deepEqual(groups.map((group) => group.pick(anybody)?.subscriber.clientId), ["a"]);
});

Deno.test("Router: a member that unsubscribes gets no more, the others all", () => {
  const router = new Router<Subscriber>();
  const [a, b] = [client("a"), client("b")];
  for (const each of [a, b]) router.subscribe(each, subscription("$share/g/x"));
  const before = router.match("x").groups[0]!;
  router.unsubscribe(a, "$share/g/x");
  const picked = [1, 2, 3].map(() => router.match("x").groups[0]!.pick(anybody)!.subscriber);
  assert.deepEqual(picked, [b, b, b]);
  assert.equal(before.pick(anybody)?.subscriber, b);
});

Deno.test("Router: a group ends with its last member and begins anew with the next", () => {
  const router = new Router<Subscriber>();
  const a = client("a");
  router.subscribe(a, subscription("$share/g/x"));
  const group = router.match("x").groups[0]!;
  router.unsubscribe(a, "$share/g/x");
  assert.equal(router.sharedGroupCount, 0);
  assert.equal(router.match("x").groups.length, 0);
  assert.equal(group.pick(anybody), undefined);
  router.subscribe(a, subscription("$share/g/x"));
  assert.equal(router.match("x").groups[0]?.pick(anybody)?.subscriber, a);
});

Deno.test("Router: each group of a topic delivers once", () => {
  const router = routerOf({
    a: ["$share/g/x", "$share/h/x", "$share/g/+"],
    b: ["$share/g/x", "$share/h/x", "$share/g/y"],
  });
  const { recipients, groups } = router.match("x");
  assert.equal(recipients.length, 0);
  assert.deepEqual(
    groups.map(({ topicFilter }) => topicFilter).sort(),
    ["$share/g/+", "$share/g/x", "$share/h/x"],
  );
  assert.deepEqual(groups.map(({ memberCount }) => memberCount).sort(), [1, 2, 2]);
});

Deno.test("Router: the same share name with another filter is another group", () => {
  const router = routerOf({ a: ["$share/g/x"], b: ["$share/g/y"] });
  const members = (topic: string) => router.match(topic).groups.flatMap((g) => [...g.members()]);
  assert.deepEqual(clientIds(members("x")), ["a"]);
  assert.deepEqual(clientIds(members("y")), ["b"]);
});

Deno.test("Router: to subscribe again replaces the member and keeps its turn", () => {
  const router = new Router<Subscriber>();
  const [a, b] = [client("a"), client("b")];
  for (const each of [a, b]) router.subscribe(each, subscription("$share/g/x"));
  const group = router.match("x").groups[0]!;
  assert.equal(group.pick(anybody)?.subscriber, a);
  router.subscribe(b, subscription("$share/g/x", { qos: 2 }));
  assert.equal(router.match("x").groups[0], group);
  assert.equal(group.memberCount, 2);
  const next = group.pick(anybody)!;
  assert.deepEqual([next.subscriber, next.qos], [b, 2]);
  assert.equal(group.pick(anybody)?.subscriber, a);
});

Deno.test("Router: a session that ends leaves nothing behind", () => {
  const router = routerOf({ b: ["x", "$share/g/x"] });
  const a = client("a");
  const filters = ["x", "x/+", "$share/g/x", "$share/h/x", "$share/g/#"];
  for (const filter of filters) router.subscribe(a, subscription(filter));
  for (const filter of filters) router.unsubscribe(a, filter);
  const { recipients, groups } = router.match("x");
  assert.deepEqual(clientIds(recipients), ["b"]);
  assert.deepEqual(groups.map(({ topicFilter }) => topicFilter), ["$share/g/x"]);
  assert.deepEqual(clientIds(groups[0]!.members()), ["b"]);
  assert.equal(router.subscriptionCount, 2);
});

Deno.test("[MQTT-4.7.2-1] Router: $ topics are hidden from groups too", () => {
  const router = routerOf({ a: ["$share/g/#", "$share/g/+/x", "$share/g/$SYS/x"] });
  assert.deepEqual(
    router.match("$SYS/x").groups.map(({ matchFilter }) => matchFilter),
    ["$SYS/x"],
  );
});
