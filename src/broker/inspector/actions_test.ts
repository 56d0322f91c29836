import assert from "#assert";
import { durable, expectEnded, payloads, receiveAll } from "../../../tests/support/exchange.ts";
import { nextTurn, TestBroker, testVersions } from "../../../tests/support/test_broker.ts";
import type { SubscribeRequest } from "../../mqtt/packets/subscribe.ts";
import { ReasonCode } from "../../mqtt/reason_code.ts";
import { FaultyStore } from "../../storage/faulty_store.ts";
import { MemoryStore } from "../../storage/memory.ts";
import { FILTERS_MAX, type PublishRequest } from "./actions.ts";

const encoder = new TextEncoder();

function request(topicFilter: string, change: Partial<SubscribeRequest> = {}): SubscribeRequest {
  return {
    topicFilter,
    qos: 1,
    noLocal: false,
    retainAsPublished: false,
    retainHandling: 0,
    ...change,
  };
}

function message(topic: string, change: Partial<PublishRequest> = {}): PublishRequest {
  return { topic, payload: encoder.encode("hello"), qos: 1, retain: false, ...change };
}

testVersions(
  "Actions.disconnect ends a connection and keeps the session",
  [4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect(durable(version, "c"));
    const { actions } = broker.broker.inspector;
    assert.equal(actions.disconnect("c"), true);
    await expectEnded(client, 0x98);
    assert.equal(broker.broker.inspector.session("c")?.connected, false);
    assert.equal(actions.disconnect("c"), false);
    assert.equal(actions.disconnect("nobody"), false);
  },
);

Deno.test("Actions.disconnectAll ends those that are selected, and only once connected", async () => {
  await using broker = await TestBroker.start();
  await broker.client(); // no CONNECT yet: nobody knows who it is
  const alice = await broker.connect({ clientId: "a", username: "alice" });
  const bob = await broker.connect({ clientId: "b", username: "bob" });
  const { actions } = broker.broker.inspector;
  const isAlice = ({ username }: { username: string | undefined }) => username === "alice";
  assert.equal(await actions.disconnectAll(isAlice, ReasonCode.Banned, "banned"), 1);
  await alice.expect("disconnect", { reasonCode: 0x98 }); // 0x8A exists in CONNACK only
  await alice.expectClosed();
  await bob.ping();
});

Deno.test("Actions.subscribe does what the client's SUBSCRIBE would", async () => {
  await using broker = await TestBroker.start({ limits: { maximumQoS: 1 } });
  const client = await broker.connect(durable(5, "c"));
  const publisher = await broker.connect({ clientId: "p" });
  await publisher.publish("kept/t", "old", { qos: 1, retain: true });
  const { actions } = broker.broker.inspector;
  const outcomes = await actions.subscribe(
    "c",
    [request("kept/#", { qos: 2 }), request("a/#/b"), request("$share/g/x", { noLocal: true })],
    { subscriptionIdentifier: 9 },
  );
  assert.deepEqual(outcomes!.map(({ reasonCode }) => reasonCode), [1, 0x8f, 0x82]);
  const got = await client.expect("publish", { topic: "kept/t", retain: true });
  await client.send({ cmd: "puback", messageId: got.messageId! });
  await client.expectNothing();
  const [stored] = await broker.store.subscriptions.list("c");
  assert.deepEqual([stored!.topicFilter, stored!.subscriptionIdentifier], ["kept/#", 9]);
});

Deno.test("Actions.subscribe and unsubscribe act on a client that is away", async () => {
  await using broker = await TestBroker.start();
  const client = await broker.connect(durable(5, "c"));
  await client.send({ cmd: "disconnect" });
  await client.expectClosed();
  const { actions } = broker.broker.inspector;
  await actions.subscribe("c", [request("t"), request("u")]);
  assert.equal((await actions.publish(message("t"))).matched, 1);
  const outcomes = await actions.unsubscribe("c", ["t", "never", "a/#/b"]);
  assert.deepEqual(outcomes!.map(({ reasonCode }) => reasonCode), [0, 0x11, 0x8f]);
  assert.equal((await actions.publish(message("t"))).matched, 0);
  assert.deepEqual((await broker.store.subscriptions.list("c")).map((s) => s.topicFilter), ["u"]);
  const back = await broker.client();
  await back.connect(durable(5, "c"));
  assert.deepEqual(payloads(await receiveAll(back)), ["hello"]);
});

Deno.test("Actions: nothing is done for a client without a session, nor beyond the limits", async () => {
  await using broker = await TestBroker.start();
  const { actions } = broker.broker.inspector;
  assert.equal(await actions.subscribe("nobody", [request("t")]), undefined);
  assert.equal(await actions.unsubscribe("nobody", ["t"]), undefined);
  await broker.connect({ clientId: "c" });
  const many = Array.from({ length: FILTERS_MAX + 1 }, (_, n) => request(`f/${n}`));
  const outcomes = (await actions.subscribe("c", many))!;
  assert.equal(outcomes[FILTERS_MAX]!.reasonCode, ReasonCode.QuotaExceeded);
  assert.equal(broker.broker.inspector.session("c")!.subscriptions, FILTERS_MAX);
});

Deno.test("Actions: what the store does not take is as it was before", async () => {
  const store = new FaultyStore(new MemoryStore());
  await using broker = await TestBroker.start({ store, balanced: false });
  const client = await broker.connect(durable(5, "c"));
  await client.subscribe("old", { qos: 1 });
  const { inspector } = broker.broker;
  store.failNext("full");
  const subscribed = await inspector.actions.subscribe("c", [request("new")]);
  assert.deepEqual(subscribed!.map(({ reasonCode }) => reasonCode), [ReasonCode.QuotaExceeded]);
  store.failNext("failed");
  const removed = await inspector.actions.unsubscribe("c", ["old"]);
  assert.deepEqual(removed!.map(({ reasonCode }) => reasonCode), [ReasonCode.UnspecifiedError]);
  const { items } = await inspector.subscriptions.page({}, { limit: 5 });
  assert.deepEqual(items.map(({ topicFilter }) => topicFilter), ["old"]);
  store.failNext("full");
  const published = await inspector.actions.publish(message("old"));
  assert.deepEqual([published.reasonCode, published.matched], [ReasonCode.QuotaExceeded, 0]);
  await nextTurn();
});

Deno.test("Actions.publish waits until the message is stored", async () => {
  const store = new FaultyStore(new MemoryStore());
  await using broker = await TestBroker.start({ store });
  const client = await broker.connect(durable(5, "c"));
  await client.subscribe("t", { qos: 1 });
  store.hold();
  let done = false;
  const published = broker.broker.inspector.actions.publish(message("t")).finally(() =>
    done = true
  );
  await nextTurn();
  assert.equal(done, false);
  store.releaseAll();
  assert.deepEqual(await published, { reasonCode: 0, matched: 1 });
  const got = await client.expect("publish", { topic: "t", payload: "hello" });
  await client.send({ cmd: "puback", messageId: got.messageId! });
  await client.ping();
});

const REFUSED: readonly [string, Partial<PublishRequest>, ReasonCode][] = [
  ["a wildcard", { topic: "a/#" }, ReasonCode.TopicNameInvalid],
  ["no topic", { topic: "" }, ReasonCode.TopicNameInvalid],
  ["a topic of the broker", { topic: "$SYS/x" }, ReasonCode.NotAuthorized],
  ["a QoS above the maximum", { qos: 2 }, ReasonCode.QoSNotSupported],
  ["RETAIN while that is off", { retain: true }, ReasonCode.RetainNotSupported],
  ["a payload that is too large", { payload: new Uint8Array(11) }, ReasonCode.PacketTooLarge],
];

for (const [name, change, reasonCode] of REFUSED) {
  Deno.test(`Actions.publish refuses ${name}`, async () => {
    const limits = { maximumQoS: 1, retainAvailable: false, messageSizeMax: 10 } as const;
    await using broker = await TestBroker.start({ limits });
    const outcome = await broker.broker.inspector.actions.publish(message("t", change));
    assert.deepEqual([outcome.reasonCode, outcome.matched], [reasonCode, 0]);
    assert.ok(outcome.problem);
  });
}

Deno.test("Actions.publish: properties, expiry and No Local of the publisher that is named", async () => {
  await using broker = await TestBroker.start();
  const client = await broker.connect({ clientId: "c" });
  await client.subscribe([{ topic: "t", nl: true }]);
  const { actions } = broker.broker.inspector;
  const own = await actions.publish(message("t", { publisher: "c" }));
  assert.deepEqual(own, { reasonCode: ReasonCode.NoMatchingSubscribers, matched: 0 });
  const properties = { contentType: "text/plain", userProperties: [["k", "v"]] as const };
  await actions.publish(message("t", { properties, messageExpiryInterval: 30 }));
  await client.expect("publish", {
    properties: { contentType: "text/plain", messageExpiryInterval: 30 },
  });
});

Deno.test("SlowReceivers lists those that do not keep up", async () => {
  await using broker = await TestBroker.start({
    limits: { outputHighWater: 1000, outputLowWater: 500 },
    transport: { windowBytes: 0 },
  });
  const client = await broker.connect({ clientId: "slow" });
  await client.subscribe("t");
  await broker.connect({ clientId: "well" });
  client.freeze();
  const { actions, slowReceivers } = broker.broker.inspector;
  assert.deepEqual(await slowReceivers.list(5), []);
  await actions.publish(message("t", { payload: new Uint8Array(5_000), qos: 0 }));
  await actions.publish(message("t", { payload: new Uint8Array(5_000), qos: 0 }));
  const [first, ...others] = await slowReceivers.list(5);
  assert.deepEqual([first!.clientId, first!.congestion, others.length], ["slow", "congested", 0]);
  assert.ok(first!.pendingBytes > 1000);
  await broker.advance(1000);
  assert.equal((await slowReceivers.list(5))[0]!.congestion, "slow");
});
