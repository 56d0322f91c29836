/** What a stored session is promised by SUBACK and UNSUBACK, and what happens when the store fails. */
import assert from "#assert";
import { FaultyStore } from "../../src/storage/faulty_store.ts";
import { MemoryStore } from "../../src/storage/memory.ts";
import { durable, payloads, publish, receive, receiveAll } from "../support/exchange.ts";
import type { PacketOf, RawClient } from "../support/raw_client.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

/** A broker whose store the test can hold back and break. */
async function startFaulty(): Promise<{ broker: TestBroker; store: FaultyStore }> {
  const store = new FaultyStore(new MemoryStore());
  return { broker: await TestBroker.start({ store }), store };
}

/** Sends SUBSCRIBE (packet id 1) and returns while it waits for the store. */
async function subscribeHeld(
  client: RawClient,
  other: RawClient,
  filters: { topic: string; qos: 0 | 1 | 2 }[],
): Promise<void> {
  await client.send({ cmd: "subscribe", messageId: 1, subscriptions: filters });
  await other.ping();
  await other.ping();
  assert.equal(client.pending, 0, "answered before the write was durable");
}

async function storedFilters(store: FaultyStore, clientId: string): Promise<[string, number][]> {
  const subscriptions = await store.subscriptions.list(clientId);
  return subscriptions.map(({ topicFilter, qos }) => [topicFilter, qos]);
}

testVersions(
  "SUBACK of a durable session leaves when its subscriptions are durable, and retained messages after it",
  [3, 4, 5],
  async (version) => {
    const { broker, store } = await startFaulty();
    await using _ = broker;
    const other = await broker.connect({ clientId: "other", protocolVersion: version });
    await other.publish("a", "kept", { retain: true });
    const client = await broker.connect(durable(version, "c"));
    store.hold();
    await subscribeHeld(client, other, [{ topic: "a", qos: 1 }, { topic: "b", qos: 2 }]);
    assert.equal(store.held, 1); // one write for the whole packet
    store.releaseAll();
    await client.expect("suback", { messageId: 1, granted: [1, 2] });
    await client.expect("publish", { payload: "kept", retain: true });
    assert.deepEqual(await storedFilters(store, "c"), [["a", 1], ["b", 2]]);
  },
);

testVersions(
  "SUBACK of a session that ends with its connection waits for no store",
  [3, 4, 5],
  async (version) => {
    const { broker, store } = await startFaulty();
    await using _ = broker;
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    store.hold();
    await client.subscribe("a");
    await client.unsubscribe("a");
    assert.equal(store.held, 0);
  },
);

testVersions(
  "[MQTT-3.8.4-4] what is published while a replacement waits for the store is not lost",
  [3, 4, 5],
  async (version) => {
    const { broker, store } = await startFaulty();
    await using _ = broker;
    const other = await broker.connect({ clientId: "other", protocolVersion: version });
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    const client = await broker.connect(durable(version, "c"));
    await client.subscribe("a", { qos: 1 });
    store.hold();
    await subscribeHeld(client, other, [{ topic: "a", qos: 1 }]);
    await publisher.send({
      cmd: "publish",
      topic: "a",
      payload: "meanwhile",
      qos: 1,
      messageId: 5,
    });
    await other.ping();
    store.releaseAll();
    await publisher.expect("puback", { messageId: 5 });
    const packets = await client.untilPing();
    assert.deepEqual(packets.map(({ cmd }) => cmd).sort(), ["publish", "suback"]);
    const message = packets.find(({ cmd }) => cmd === "publish") as PacketOf<"publish">;
    assert.equal(message.payload.toString(), "meanwhile");
  },
);

for (const [kind, code] of [["failed", 0x80], ["full", 0x97]] as const) {
  testVersions(
    `[MQTT-3.8.4-7] a store that is ${kind} fails the subscriptions and leaves none of them`,
    [3, 4, 5],
    async (version) => {
      const { broker, store } = await startFaulty();
      await using _ = broker;
      const other = await broker.connect({ clientId: "other", protocolVersion: version });
      await other.publish("a", "kept", { retain: true });
      const client = await broker.connect(durable(version, "c"));
      store.failNext(kind);
      const failure = version === 5 ? code : 0x80;
      const invalid = version === 5 ? 0x8f : 0x80;
      const suback = await client.subscribe(["a", "not#valid", "$share/g/b"]);
      assert.deepEqual(suback.granted, [failure, invalid, failure]);
      await publish(other, "a", "x", {});
      await publish(other, "b", "x", {});
      await client.expectNothing();
      assert.equal(broker.broker.inspector.counts().subscriptions, 0);
      assert.deepEqual(await storedFilters(store, "c"), []);
      // The next one, with the store in order again, is not the worse for it.
      assert.deepEqual((await client.subscribe("a")).granted, [0]);
      await client.expect("publish", { payload: "kept" });
    },
  );
}

testVersions(
  "[MQTT-3.8.4-3] a replacement that the store does not take leaves the subscription as it was",
  [3, 4, 5],
  async (version) => {
    const { broker, store } = await startFaulty();
    await using _ = broker;
    const other = await broker.connect({ clientId: "other", protocolVersion: version });
    const client = await broker.connect(durable(version, "c"));
    await client.subscribe([{ topic: "a", qos: 1 }, { topic: "$share/g/b", qos: 1 }]);
    store.failNext("failed");
    // The second filter replaces one that the same packet has just made.
    const suback = await client.subscribe(["a", "new", "a", "$share/g/b"], { qos: 0 });
    assert.deepEqual(suback.granted, [0x80, 0x80, 0x80, 0x80]);
    assert.equal(broker.broker.inspector.counts().subscriptions, 2);
    for (const topic of ["a", "b", "new"]) await other.publish(topic, topic, { qos: 1 });
    assert.deepEqual(
      (await receiveAll(client)).map(({ topic, qos }) => [topic, qos]),
      [["a", 1], ["b", 1]],
    );
    assert.deepEqual(await storedFilters(store, "c"), [["a", 1], ["$share/g/b", 1]]);
  },
);

Deno.test("a replacement that the store does not take leaves the options and the identifier as they were (5.0)", async () => {
  const { broker, store } = await startFaulty();
  await using _ = broker;
  const client = await broker.connect(durable(5, "c"));
  await client.subscribe([{ topic: "a", qos: 1, rap: true }], {
    properties: { subscriptionIdentifier: 4 },
  });
  store.failNext("full");
  await client.subscribe([{ topic: "a", qos: 1, nl: true }], {
    properties: { subscriptionIdentifier: 5 },
  });
  await client.publish("a", "mine", { retain: true });
  const message = await client.expect("publish", { payload: "mine", retain: true });
  assert.equal(message.properties?.subscriptionIdentifier, 4);
});

testVersions(
  "a client that goes before its SUBACK has the subscription if the store took it, and not if it failed",
  [3, 4, 5],
  async (version) => {
    for (const takes of [true, false]) {
      const { broker, store } = await startFaulty();
      await using _ = broker;
      const other = await broker.connect({ clientId: "other", protocolVersion: version });
      const client = await broker.connect(durable(version, "c"));
      await client.subscribe("before", { qos: 1 });
      store.hold();
      await subscribeHeld(client, other, [{ topic: "a", qos: 1 }, { topic: "before", qos: 0 }]);
      await client.abort();
      await other.ping();
      if (takes) store.release(1);
      else store.failHeld("failed", 1);
      store.releaseAll();
      await other.ping();
      const expected = takes ? [["before", 0], ["a", 1]] : [["before", 1]];
      assert.deepEqual(await storedFilters(store, "c"), expected);
      assert.equal(broker.broker.inspector.session("c")?.subscriptions, expected.length);
      await other.publish("a", "x", { qos: 1 });
      await other.publish("before", "x", { qos: 1 });
      assert.equal(broker.broker.inspector.session("c")?.queued, 1);
    }
  },
);

testVersions(
  "UNSUBACK of a durable session leaves when the removal is durable",
  [3, 4, 5],
  async (version) => {
    const { broker, store } = await startFaulty();
    await using _ = broker;
    const other = await broker.connect({ clientId: "other", protocolVersion: version });
    const client = await broker.connect(durable(version, "c"));
    await client.subscribe(["a", "b"]);
    store.hold();
    await client.send({ cmd: "unsubscribe", messageId: 9, unsubscriptions: ["b", "none"] });
    await other.ping();
    assert.equal(client.pending, 0);
    store.releaseAll();
    await client.expect("unsuback", { messageId: 9 });
    assert.deepEqual(await storedFilters(store, "c"), [["a", 0]]);
  },
);

for (const kind of ["failed", "full"] as const) {
  testVersions(
    `[MQTT-3.11.3-2] a store that is ${kind} fails UNSUBSCRIBE, and the subscriptions go on`,
    [3, 4, 5],
    async (version) => {
      const { broker, store } = await startFaulty();
      await using _ = broker;
      const other = await broker.connect({ clientId: "other", protocolVersion: version });
      const client = await broker.connect(durable(version, "c"));
      await client.subscribe(["a", "$share/g/b"], { qos: 1 });
      store.failNext(kind);
      await client.send({
        cmd: "unsubscribe",
        messageId: 9,
        unsubscriptions: ["a", "none", "$share/g/b"],
      });
      // 3.x has no way to say it: an UNSUBACK would promise what is not so.
      if (version !== 5) await client.expectClosed();
      else await client.expect("unsuback", { messageId: 9, granted: [0x80, 0x11, 0x80] });
      const after = version === 5 ? client : await broker.connect(durable(version, "c"));
      await other.publish("a", "1", { qos: 1 });
      await other.publish("b", "2", { qos: 1 });
      assert.deepEqual(payloads(await receiveAll(after)), ["1", "2"]);
      assert.deepEqual(await storedFilters(store, "c"), [["a", 1], ["$share/g/b", 1]]);
    },
  );
}

Deno.test("an UNSUBSCRIBE that fails late does not undo the SUBSCRIBE behind it (5.0)", async () => {
  const { broker, store } = await startFaulty();
  await using _ = broker;
  const other = await broker.connect({ clientId: "other" });
  const client = await broker.connect(durable(5, "c"));
  await client.subscribe("a", { qos: 1 });
  store.hold();
  await client.send({ cmd: "unsubscribe", messageId: 9, unsubscriptions: ["a"] });
  await client.send({
    cmd: "subscribe",
    messageId: 10,
    subscriptions: [{ topic: "a", qos: 2 }],
  });
  await other.ping();
  store.failHeld("failed", 1);
  store.releaseAll();
  await client.expect("unsuback", { messageId: 9, granted: [0x80] });
  await client.expect("suback", { messageId: 10, granted: [2] });
  await publish(other, "a", "x", { qos: 2 });
  await receive(client, { payload: "x", qos: 2 });
  await client.expectNothing();
  assert.deepEqual(await storedFilters(store, "c"), [["a", 2]]);
});

testVersions(
  "[MQTT-4.6.0-2] SUBACK and its retained messages come behind an acknowledgement that waits for the store",
  [3, 4, 5],
  async (version) => {
    const { broker, store } = await startFaulty();
    await using _ = broker;
    const other = await broker.connect({ clientId: "other", protocolVersion: version });
    await other.publish("r", "kept", { retain: true });
    const away = await broker.connect(durable(version, "away"));
    await away.subscribe("a", { qos: 1 });
    await away.abort();
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    store.hold();
    await client.send({ cmd: "publish", topic: "a", payload: "x", qos: 1, messageId: 5 });
    await client.send({
      cmd: "subscribe",
      messageId: 6,
      subscriptions: [{ topic: "r", qos: 0 }],
    });
    await other.ping();
    assert.equal(client.pending, 0);
    store.releaseAll();
    await client.expect("puback", { messageId: 5 });
    await client.expect("suback", { messageId: 6 });
    await client.expect("publish", { payload: "kept" });
  },
);

testVersions(
  "subscriptions of a durable session hold after a restart; what was unsubscribed does not",
  [3, 4, 5],
  async (version) => {
    const store = new MemoryStore();
    const before = await TestBroker.start({ store });
    const first = await before.connect(durable(version, "c"));
    await first.subscribe([
      { topic: "zero", qos: 0 },
      { topic: "two/+", qos: 2 },
      { topic: "gone", qos: 1 },
      { topic: "$share/g/shared/#", qos: 1 },
    ]);
    await first.unsubscribe("gone");
    await before.stop();

    await using broker = await TestBroker.start({ store });
    assert.equal(broker.broker.inspector.counts().subscriptions, 3);
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    // Also while the client is away.
    await publish(publisher, "two/x", "queued", { qos: 2 });
    const again = await broker.connect(durable(version, "c"));
    await receive(again, { payload: "queued", qos: 2 });
    for (const topic of ["zero", "two/x", "gone", "shared", "nothing"]) {
      await publish(publisher, topic, topic, { qos: 2 });
    }
    assert.deepEqual(
      (await receiveAll(again)).map(({ topic, qos }) => [topic, qos]).sort(),
      [["shared", 1], ["two/x", 2], ["zero", 0]],
    );
  },
);

Deno.test("[MQTT-3.8.3-3] [MQTT-3.3.1-13] [MQTT-3.3.4-3] options and identifiers hold after a restart (5.0)", async () => {
  const store = new MemoryStore();
  const before = await TestBroker.start({ store });
  const first = await before.connect(durable(5, "c"));
  await first.subscribe([{ topic: "local", nl: true }, { topic: "rap", rap: true, rh: 2 }], {
    qos: 1,
    properties: { subscriptionIdentifier: 9 },
  });
  await before.stop();
  await using broker = await TestBroker.start({ store });
  const client = await broker.connect(durable(5, "c"));
  await client.publish("local", "mine");
  await client.expectNothing();
  await client.publish("rap", "x", { retain: true });
  const message = await client.expect("publish", { payload: "x", retain: true });
  assert.equal(message.properties?.subscriptionIdentifier, 9);
});
