import assert from "#assert";
import { nextTurn, TestBroker } from "../../../tests/support/test_broker.ts";
import type { Inspector } from "./inspector.ts";
import { PAGE_ROWS_MAX } from "./page.ts";
import { ROWS_PER_SLICE } from "./row_gate.ts";
import type { SubscriptionFilter, SubscriptionPosition } from "./subscription_list.ts";

async function startWith(clients: Record<string, string[]>): Promise<TestBroker> {
  const broker = await TestBroker.start();
  for (const [clientId, filters] of Object.entries(clients)) {
    const client = await broker.connect({ clientId });
    if (filters.length > 0) await client.subscribe(filters, { qos: 1 });
  }
  return broker;
}

const CLIENTS = {
  b: ["x/+", "x/y", "$share/g/x/y"],
  a: ["x/y", "$share/g/x/y", "$share/h/Deep/#"],
  c: ["z"],
  idle: [],
};

/** Each page as `client filter`. */
async function pages(
  { subscriptions }: Inspector,
  filter: SubscriptionFilter,
  limit: number,
): Promise<string[][]> {
  const found: string[][] = [];
  let after: SubscriptionPosition | undefined;
  do {
    const { items, next } = await subscriptions.page(filter, { limit, after });
    found.push(items.map(({ clientId, topicFilter }) => `${clientId} ${topicFilter}`));
    after = next;
  } while (after !== undefined);
  return found;
}

Deno.test("SubscriptionList pages by client and filter, also within a client", async () => {
  await using broker = await startWith(CLIENTS);
  assert.deepEqual(await pages(broker.broker.inspector, {}, 2), [
    ["a $share/g/x/y", "a $share/h/Deep/#"],
    ["a x/y", "b $share/g/x/y"],
    ["b x/+", "b x/y"],
    ["c z"],
  ]);
});

const FILTERS: readonly [string, SubscriptionFilter, string[]][] = [
  ["client", { clientId: "b" }, ["b $share/g/x/y", "b x/+", "b x/y"]],
  ["client that is not there", { clientId: "nobody" }, []],
  ["topic filter", { topicFilter: "x/y" }, ["a x/y", "b x/y"]],
  ["shared topic filter", { topicFilter: "$share/g/x/y" }, ["a $share/g/x/y", "b $share/g/x/y"]],
  [
    "topic",
    { matchTopic: "x/y" },
    ["a $share/g/x/y", "a x/y", "b $share/g/x/y", "b x/+", "b x/y"],
  ],
  ["topic and client", { matchTopic: "x/q", clientId: "b" }, ["b x/+"]],
  ["topic and filter", { matchTopic: "x/q", topicFilter: "x/y" }, []],
  ["share name", { shareName: "h" }, ["a $share/h/Deep/#"]],
  ["part", { q: "dEEp" }, ["a $share/h/Deep/#"]],
  ["part and share name", { q: "x", shareName: "h" }, []],
];

for (const [name, filter, expected] of FILTERS) {
  Deno.test(`SubscriptionList filters: ${name}`, async () => {
    await using broker = await startWith(CLIENTS);
    const { inspector } = broker.broker;
    const found = await pages(inspector, filter, 2);
    assert.deepEqual(found.flat(), expected);
    assert.ok(found.every((page) => page.length <= 2));
    const { total } = await inspector.subscriptions.page(filter, { limit: 1, count: true });
    assert.deepEqual(total, { value: expected.length, relation: "eq" });
  });
}

Deno.test("SubscriptionList shows a subscription as it was granted", async () => {
  await using broker = await startWith({ a: [] });
  const client = await broker.connect({ clientId: "b" });
  await client.subscribe([{ topic: "x", qos: 2, nl: true, rap: true, rh: 2 }], {
    properties: { subscriptionIdentifier: 7 },
  });
  const { items } = await broker.broker.inspector.subscriptions.page({}, { limit: 5 });
  assert.deepEqual(items, [{
    clientId: "b",
    connected: true,
    topicFilter: "x",
    matchFilter: "x",
    shareName: undefined,
    qos: 2,
    noLocal: true,
    retainAsPublished: true,
    retainHandling: 2,
    subscriptionIdentifier: 7,
  }]);
});

Deno.test("SubscriptionList gives way among many", async () => {
  await using broker = await startWith({ a: [], b: [] });
  const clientIds = ["m", "n", "o", "p", "q", "r", "s", "t"];
  const perClient = ROWS_PER_SLICE * 3 / clientIds.length;
  const filters = Array.from({ length: perClient }, (_, n) => `f/${n}`);
  for (const clientId of clientIds) {
    await (await broker.connect({ clientId })).subscribe(filters);
  }
  let done = false;
  let turns = 0;
  const result = pages(broker.broker.inspector, { q: "f/3999" }, 10).finally(() => done = true);
  for (; !done; turns++) await nextTurn();
  assert.ok(turns >= 2, `${turns}`);
  const found = await result;
  assert.equal(found.length, Math.ceil(ROWS_PER_SLICE * 3 / PAGE_ROWS_MAX), "rows of a page");
  assert.deepEqual(found.flat(), clientIds.map((clientId) => `${clientId} f/3999`));
});

Deno.test("SharedGroupList pages by topic filter", async () => {
  await using broker = await startWith(CLIENTS);
  const { sharedGroups } = broker.broker.inspector;
  const first = await sharedGroups.page({}, { limit: 1, count: true });
  assert.deepEqual(first.items, [
    { topicFilter: "$share/g/x/y", shareName: "g", matchFilter: "x/y", members: 2 },
  ]);
  assert.deepEqual(first.total, { value: 2, relation: "eq" });
  const second = await sharedGroups.page({}, { limit: 1, after: first.next });
  assert.deepEqual(second.items.map(({ shareName }) => shareName), ["h"]);
  assert.equal(second.next, undefined);
  const named = await sharedGroups.page({ shareName: "h" }, { limit: 5 });
  assert.equal(named.items.length, 1);
  assert.equal((await sharedGroups.page({ q: "DEEP" }, { limit: 5 })).items.length, 1);
});

Deno.test("TopicReceivers: one for each client, and groups whose turn does not pass", async () => {
  await using broker = await startWith({ ...CLIENTS, b: [...CLIENTS.b, "x/#"] });
  const { receivers } = broker.broker.inspector;
  const ask = () => receivers.of({ topic: "x/y", qos: 2 }, { limit: 5, count: true });
  const found = await ask();
  assert.deepEqual(found.ordinary.items, [
    { clientId: "a", connected: true, qos: 1, subscriptions: 1, topicFilters: ["x/y"] },
    {
      clientId: "b",
      connected: true,
      qos: 1,
      subscriptions: 3,
      topicFilters: ["x/#", "x/+", "x/y"],
    },
  ]);
  assert.deepEqual(found.ordinary.total, { value: 4, relation: "eq" });
  assert.equal(found.groupCount, 1);
  assert.deepEqual(found.groups, [{ topicFilter: "$share/g/x/y", members: 2, next: "b" }]);
  assert.deepEqual(await ask(), found);
});

Deno.test("TopicReceivers pages by client, and leaves No Local of the publisher out", async () => {
  await using broker = await startWith({ a: ["t"], b: ["t"], c: ["u"] });
  const local = await broker.connect({ clientId: "self" });
  await local.subscribe([{ topic: "t", nl: true }]);
  const { receivers } = broker.broker.inspector;
  const question = { topic: "t", qos: 0, publisher: "self" } as const;
  const first = await receivers.of(question, { limit: 1 });
  assert.deepEqual(first.ordinary.items.map(({ clientId, qos }) => [clientId, qos]), [["a", 0]]);
  const second = await receivers.of(question, { limit: 5, after: first.ordinary.next });
  assert.deepEqual(second.ordinary.items.map(({ clientId }) => clientId), ["b"]);
  const others = await receivers.of({ topic: "t", qos: 0 }, { limit: 5 });
  assert.equal(others.ordinary.items.length, 3);
});
