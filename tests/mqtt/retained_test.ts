/** Retained messages: MQTT 5.0 section 3.3.1.3. */
import assert from "#assert";
import type { QoS } from "mqtt-packet";
import { Message } from "../../src/mqtt/message.ts";
import { ReasonCode } from "../../src/mqtt/reason_code.ts";
import { FaultyStore } from "../../src/storage/faulty_store.ts";
import { MemoryStore } from "../../src/storage/memory.ts";
import { durable, payloads, publish, receive, receiveAll } from "../support/exchange.ts";
import type { RawClient } from "../support/raw_client.ts";
import { nextTurn, TestBroker, testVersions } from "../support/test_broker.ts";

type Version = 3 | 4 | 5;

const RETAIN = { retain: true } as const;

/** What a client that subscribes now gets; the client is gone afterwards. */
async function retainedFor(broker: TestBroker, version: Version, filter: string, qos: QoS = 2) {
  const client = await broker.connect({ clientId: "newcomer", protocolVersion: version });
  await client.subscribe(filter, { qos });
  const publishes = await receiveAll(client);
  await client.disconnect();
  return publishes;
}

function publisherOf(broker: TestBroker, protocolVersion: Version): Promise<RawClient> {
  return broker.connect({ clientId: "pub", protocolVersion });
}

function retainedCount(broker: TestBroker): number {
  return broker.broker.inspector.counts().retainedMessages;
}

for (const qos of [0, 1, 2] as const) {
  testVersions(
    `[MQTT-3.3.1-5] RETAIN stores the message for later subscribers, at QoS ${qos}`,
    [3, 4, 5],
    async (version) => {
      await using broker = await TestBroker.start();
      const publisher = await publisherOf(broker, version);
      await publish(publisher, "a", "kept", { qos, ...RETAIN });
      await publisher.disconnect();
      for (const granted of [0, 1, 2] as const) {
        const [message, ...more] = await retainedFor(broker, version, "a", granted);
        assert.deepEqual(
          [message!.topic, `${message!.payload}`, message!.retain, message!.dup, message!.qos],
          ["a", "kept", true, false, Math.min(qos, granted)],
        );
        assert.equal(more.length, 0);
      }
    },
  );
}

testVersions("[MQTT-3.3.1-5] RETAIN replaces the message of its topic", [3, 4, 5], async (v) => {
  await using broker = await TestBroker.start();
  const publisher = await publisherOf(broker, v);
  await publish(publisher, "a", "old", { qos: 2, ...RETAIN });
  await publish(publisher, "a/b", "other", RETAIN);
  await publish(publisher, "a", "new", { qos: 0, ...RETAIN });
  await publisher.ping();
  const [message, ...more] = await retainedFor(broker, v, "a");
  assert.deepEqual([`${message!.payload}`, message!.qos, more.length], ["new", 0, 0]);
  assert.deepEqual(payloads(await retainedFor(broker, v, "a/b")), ["other"]);
  assert.equal(retainedCount(broker), 2);
});

Deno.test("[MQTT-3.3.1-5] A replaced message takes its properties with it (5.0)", async () => {
  await using broker = await TestBroker.start();
  const publisher = await publisherOf(broker, 5);
  const properties = { messageExpiryInterval: 1, contentType: "t" };
  await publish(publisher, "a", "old", { ...RETAIN, properties });
  await publish(publisher, "a", "new", RETAIN);
  await publisher.ping();
  await broker.advance(5_000);
  const [message] = await retainedFor(broker, 5, "a");
  assert.deepEqual([`${message!.payload}`, message!.properties], ["new", undefined]);
});

testVersions(
  "[MQTT-3.3.1-6] An empty payload clears the topic, and is delivered like any message",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const publisher = await publisherOf(broker, version);
    await publish(publisher, "a", "kept", { qos: 1, ...RETAIN });
    await publish(publisher, "a/b", "other", { qos: 1, ...RETAIN });
    const subscriber = await broker.connect({ clientId: "sub", protocolVersion: version });
    await subscriber.subscribe("a", { qos: 1 });
    await receive(subscriber, { payload: "kept", retain: true });
    await publish(publisher, "a", "", { qos: 1, ...RETAIN });
    await receive(subscriber, { topic: "a", payload: "", retain: false, qos: 1 });
    assert.deepEqual(await retainedFor(broker, version, "a"), []);
    assert.deepEqual(payloads(await retainedFor(broker, version, "#")), ["other"]);
  },
);

testVersions("[MQTT-3.3.1-7] An empty payload is not retained", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start();
  const publisher = await publisherOf(broker, version);
  for (const qos of [0, 1, 2] as const) await publish(publisher, "a", "", { qos, ...RETAIN });
  assert.equal(retainedCount(broker), 0);
  assert.equal(await broker.store.retained.count(), 0);
  assert.deepEqual(await retainedFor(broker, version, "a"), []);
});

testVersions(
  "[MQTT-3.3.1-8] Without RETAIN nothing is stored, replaced or removed",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const publisher = await publisherOf(broker, version);
    for (const qos of [0, 1, 2] as const) await publish(publisher, "none", "x", { qos });
    assert.deepEqual(await retainedFor(broker, version, "none"), []);
    await publish(publisher, "a", "kept", { qos: 1, ...RETAIN });
    await publish(publisher, "a", "passing", { qos: 1 });
    await publish(publisher, "a", "", { qos: 1 });
    assert.deepEqual(payloads(await retainedFor(broker, version, "a")), ["kept"]);
  },
);

testVersions(
  "[MQTT-3.3.1-12] A retained message reaches those who are subscribed without RETAIN",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const subscriber = await broker.connect({ clientId: "sub", protocolVersion: version });
    await subscriber.subscribe("a", { qos: 2 });
    const publisher = await publisherOf(broker, version);
    for (const qos of [0, 1, 2] as const) {
      await publish(publisher, "a", "x", { qos, ...RETAIN });
      await receive(subscriber, { qos, retain: false });
    }
  },
);

Deno.test("[MQTT-3.3.1-13] With Retain As Published RETAIN comes as it was sent (5.0)", async () => {
  await using broker = await TestBroker.start();
  const subscriber = await broker.connect({ clientId: "sub" });
  await subscriber.subscribe([{ topic: "a", qos: 2, rap: true }]);
  const publisher = await publisherOf(broker, 5);
  for (const qos of [0, 1, 2] as const) {
    for (const retain of [true, false]) {
      await publish(publisher, "a", "x", { qos, retain });
      await receive(subscriber, { qos, retain });
    }
  }
});

testVersions("A filter gets all that it matches, each topic once", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start();
  const publisher = await publisherOf(broker, version);
  for (const topic of ["a", "a/b", "a/c", "b", "$other/a"]) {
    await publish(publisher, topic, topic, { qos: 1, ...RETAIN });
  }
  const topics = async (filter: string) => {
    return payloads(await retainedFor(broker, version, filter)).toSorted();
  };
  assert.deepEqual(await topics("#"), ["a", "a/b", "a/c", "b"]);
  assert.deepEqual(await topics("a/#"), ["a", "a/b", "a/c"]);
  assert.deepEqual(await topics("+/b"), ["a/b"]);
  assert.deepEqual(await topics("$other/#"), ["$other/a"]);
  assert.deepEqual(await topics("c"), []);
});

testVersions("Many retained messages come whole and in order", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start();
  const publisher = await publisherOf(broker, version);
  const expected: string[] = [];
  for (let index = 0; index < 450; index++) {
    expected.push(`${index}`);
    await publisher.publish(`a/${index}`, `${index}`, RETAIN);
  }
  await publisher.ping();
  const subscriber = await broker.connect({ clientId: "sub", protocolVersion: version });
  await subscriber.subscribe("a/+");
  for (const payload of expected) await subscriber.expect("publish", { payload, retain: true });
  await subscriber.expectNothing();
});

testVersions(
  "A retained message outlives its publisher and a restart of the broker",
  [3, 4, 5],
  async (version) => {
    const store = new MemoryStore();
    const first = await TestBroker.start({ store });
    const publisher = await publisherOf(first, version);
    await publish(publisher, "a", "kept", { qos: 1, ...RETAIN });
    await publish(publisher, "b", "cleared", { qos: 1, ...RETAIN });
    await publish(publisher, "b", "", { qos: 1, ...RETAIN });
    await publisher.disconnect();
    await first.stop();
    await using second = await TestBroker.start({ store });
    assert.equal(retainedCount(second), 1);
    assert.deepEqual(payloads(await retainedFor(second, version, "#")), ["kept"]);
  },
);

// Limits

testVersions(
  "Beyond the limit a message of a new topic is refused, not one that replaces",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start({
      limits: { retainedMessagesMax: 2, v3RefusedPublish: "acknowledge" },
    });
    const publisher = await publisherOf(broker, version);
    const subscriber = await broker.connect({ clientId: "sub", protocolVersion: version });
    await subscriber.subscribe("#");
    const attempt = async (topic: string, payload: string, accepted: boolean) => {
      const code = accepted || version !== 5 ? 0 : ReasonCode.QuotaExceeded;
      for (const qos of [1, 2] as const) {
        const answer = await publisher.publish(topic, payload, { qos, ...RETAIN });
        assert.equal(answer!.reasonCode ?? 0, code);
        if (qos === 2 && code === 0) await publisher.release(answer!.messageId!);
        if (accepted) await subscriber.expect("publish", { topic, payload });
      }
      await publisher.publish(topic, payload, RETAIN);
      await publisher.ping();
      if (accepted) await subscriber.expect("publish", { topic, payload });
      await subscriber.expectNothing();
    };
    await attempt("a", "1", true);
    await attempt("b", "1", true);
    await attempt("c", "1", false);
    await attempt("a", "2", true);
    await attempt("a", "", true);
    await attempt("c", "2", true);
    assert.deepEqual(payloads(await retainedFor(broker, version, "#")), ["1", "2"]);
    assert.equal(broker.broker.inspector.statistics.publishRefused, 3);
  },
);

// Expiry

Deno.test("[MQTT-3.3.2-5] [MQTT-3.3.2-6] A retained message runs out at its time (5.0)", async () => {
  await using broker = await TestBroker.start();
  const publisher = await publisherOf(broker, 5);
  const properties = { messageExpiryInterval: 10 };
  await publish(publisher, "a", "kept", { qos: 1, ...RETAIN, properties });
  await broker.advance(4_000);
  const [message] = await retainedFor(broker, 5, "a");
  assert.equal(message!.properties!.messageExpiryInterval, 6);
  await broker.advance(5_999);
  const [late] = await retainedFor(broker, 5, "a");
  assert.equal(late!.properties!.messageExpiryInterval, 1, "still alive, so not yet 0");
  await broker.advance(1);
  assert.deepEqual(await retainedFor(broker, 5, "a"), []);
});

testVersions("A retained message that ran out reaches no version", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start();
  const publisher = await publisherOf(broker, 5);
  const properties = { messageExpiryInterval: 10 };
  await publish(publisher, "a", "kept", { qos: 1, ...RETAIN, properties });
  assert.equal((await retainedFor(broker, version, "a")).length, 1);
  await broker.advance(10_000);
  assert.deepEqual(await retainedFor(broker, version, "a"), []);
});

Deno.test("The sweep removes retained messages that ran out, here and in the store (5.0)", async () => {
  await using broker = await TestBroker.start({ limits: { expirySweepMs: 60_000 } });
  const publisher = await publisherOf(broker, 5);
  for (const [topic, seconds] of [["a", 59], ["b", 61]] as const) {
    const properties = { messageExpiryInterval: seconds };
    await publish(publisher, topic, "kept", { qos: 1, ...RETAIN, properties });
  }
  await publish(publisher, "c", "kept", { qos: 1, ...RETAIN });
  await broker.advance(59_999);
  assert.equal(retainedCount(broker), 3);
  await broker.advance(1);
  assert.equal(retainedCount(broker), 2);
  assert.equal(await broker.store.retained.get("a"), undefined);
  await broker.advance(60_000);
  assert.equal(retainedCount(broker), 1);
  assert.equal(await broker.store.retained.count(), 1);
});

Deno.test("What is left of the interval is known after a restart (5.0)", async () => {
  const store = new MemoryStore();
  const first = await TestBroker.start({ store });
  const publisher = await publisherOf(first, 5);
  const properties = { messageExpiryInterval: 100 };
  await publish(publisher, "a", "kept", { qos: 1, ...RETAIN, properties });
  await first.advance(30_000);
  const { clock } = first;
  await first.stop();
  await clock.advance(10_000);
  await using second = await TestBroker.start({ store, clock });
  const [message] = await retainedFor(second, 5, "a");
  assert.equal(message!.properties!.messageExpiryInterval, 60);
});

// Durability

testVersions(
  "PUBACK of a retained message waits until it is stored",
  [3, 4, 5],
  async (version) => {
    const store = new FaultyStore(new MemoryStore());
    await using broker = await TestBroker.start({ store });
    const publisher = await publisherOf(broker, version);
    store.hold();
    await publisher.send({
      cmd: "publish",
      topic: "a",
      qos: 1,
      messageId: 1,
      ...RETAIN,
      payload: "x",
    });
    await nextTurn();
    assert.deepEqual([store.held, publisher.pending], [1, 0]);
    store.releaseAll();
    await publisher.expect("puback");
  },
);

for (const payload of ["new", ""]) {
  testVersions(
    `When the store fails the retained message is as before, after ${payload || "clearing"}`,
    [4, 5],
    async (version) => {
      const store = new FaultyStore(new MemoryStore());
      await using broker = await TestBroker.start({ store });
      const publisher = await publisherOf(broker, 5);
      await publish(publisher, "a", "old", { qos: 1, ...RETAIN });
      store.failNext("full");
      const puback = await publisher.publish("a", payload, { qos: 1, ...RETAIN });
      assert.equal(puback!.reasonCode, ReasonCode.QuotaExceeded);
      assert.deepEqual(payloads(await retainedFor(broker, version, "a")), ["old"]);
      store.failNext("full");
      await publisher.publish("b", "first of its topic", RETAIN);
      await publisher.ping();
      assert.deepEqual(payloads(await retainedFor(broker, version, "#")), ["old"]);
      assert.equal(retainedCount(broker), await store.retained.count());
    },
  );
}

Deno.test("A retained message of the broker itself does not depend on the store (5.0)", async () => {
  const store = new FaultyStore(new MemoryStore());
  await using broker = await TestBroker.start({ store });
  const sleeper = await broker.connect(durable(5, "sleeper"));
  await sleeper.subscribe("$SYS/#", { qos: 1 });
  await sleeper.disconnect();
  store.failNext("full");
  const { durable: stored } = broker.broker.publish(
    new Message({
      topic: "$SYS/x",
      payload: new Uint8Array(1),
      qos: 1,
      retain: true,
      receivedAt: broker.clock.now(),
    }),
  );
  await assert.rejects(stored!);
  assert.equal((await retainedFor(broker, 5, "$SYS/#")).length, 1);
});
