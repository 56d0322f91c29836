/** Message Expiry Interval: MQTT 5.0 section 3.3.2.3.3. Retained messages: `retained_test.ts`. */
import assert from "#assert";
import { FaultyStore } from "../../src/storage/faulty_store.ts";
import { MemoryStore } from "../../src/storage/memory.ts";
import { durable, payloads, publish, receive, receiveAll } from "../support/exchange.ts";
import type { RawClient } from "../support/raw_client.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

type Version = 3 | 4 | 5;

function expiring(seconds: number) {
  return { properties: { messageExpiryInterval: seconds } };
}

/** A durable subscriber of everything that is away, and a 5.0 publisher. */
async function sleeper(broker: TestBroker, version: Version): Promise<RawClient> {
  const subscriber = await broker.connect(durable(version, "sub"));
  await subscriber.subscribe("#", { qos: 2 });
  await subscriber.disconnect();
  return broker.connect({ clientId: "pub" });
}

function accounting(broker: TestBroker) {
  return broker.broker.inspector.accounting();
}

// Delivered at once

Deno.test("[MQTT-3.3.2-6] A message that did not wait keeps its whole interval (5.0)", async () => {
  await using broker = await TestBroker.start();
  const subscriber = await broker.connect({ clientId: "sub" });
  await subscriber.subscribe("a", { qos: 2 });
  const publisher = await broker.connect({ clientId: "pub" });
  for (const qos of [0, 1, 2] as const) {
    for (const seconds of [1, 60, 0xffff_ffff]) {
      await publish(publisher, "a", "x", { qos, ...expiring(seconds) });
      await receive(subscriber, { qos, properties: { messageExpiryInterval: seconds } });
    }
    await publish(publisher, "a", "x", { qos });
    await receive(subscriber, { qos, properties: undefined });
  }
});

testVersions("A 3.x receiver is not told the interval", [3, 4], async (version) => {
  await using broker = await TestBroker.start();
  const subscriber = await broker.connect({ clientId: "sub", protocolVersion: version });
  await subscriber.subscribe("a", { qos: 1 });
  const publisher = await broker.connect({ clientId: "pub" });
  await publish(publisher, "a", "x", { qos: 1, ...expiring(60) });
  await receive(subscriber, { payload: "x" });
});

Deno.test("[MQTT-3.3.2-5] An interval of 0 has passed before delivery can start (5.0)", async () => {
  await using broker = await TestBroker.start();
  const subscriber = await broker.connect({ clientId: "sub" });
  await subscriber.subscribe("a", { qos: 2 });
  const publisher = await broker.connect({ clientId: "pub" });
  for (const qos of [0, 1, 2] as const) {
    await publish(publisher, "a", "x", { qos, ...expiring(0) });
  }
  await publisher.ping();
  await subscriber.expectNothing();
  assert.equal(accounting(broker).expired, 3);
});

// In the queue of a session that is away

Deno.test("[MQTT-3.3.2-6] What a message waited in the queue is taken off its interval (5.0)", async () => {
  await using broker = await TestBroker.start();
  const publisher = await sleeper(broker, 5);
  await publish(publisher, "a", "1", { qos: 1, ...expiring(100) });
  await broker.advance(30_000);
  await publish(publisher, "a", "2", { qos: 2, ...expiring(100) });
  await publish(publisher, "a", "3", { qos: 1 });
  await broker.advance(2_500);
  const subscriber = await broker.connect(durable(5, "sub"));
  await subscriber.expect("publish", { payload: "1", properties: { messageExpiryInterval: 68 } });
  await subscriber.expect("publish", { payload: "2", properties: { messageExpiryInterval: 98 } });
  await subscriber.expect("publish", { payload: "3", properties: undefined });
});

testVersions(
  "[MQTT-3.3.2-5] What ran out in the queue is not delivered, to the millisecond",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const publisher = await sleeper(broker, version);
    for (const [payload, seconds] of [["gone", 10], ["alive", 11], ["gone too", 1]] as const) {
      await publish(publisher, "a", payload, { qos: 1, ...expiring(seconds) });
    }
    await publish(publisher, "a", "forever", { qos: 2 });
    await broker.advance(10_000);
    const subscriber = await broker.connect(durable(version, "sub"));
    assert.deepEqual(payloads(await receiveAll(subscriber)), ["alive", "forever"]);
    assert.equal(accounting(broker).expired, 2);
    assert.equal((await broker.store.queue.summary("sub")).count, 0);
  },
);

testVersions(
  "[MQTT-3.3.2-5] A millisecond before its time a message is delivered",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const publisher = await sleeper(broker, version);
    await publish(publisher, "a", "x", { qos: 1, ...expiring(10) });
    await broker.advance(9_999);
    const subscriber = await broker.connect(durable(version, "sub"));
    const { properties } = await receive(subscriber, { payload: "x" });
    if (version === 5) assert.equal(properties!.messageExpiryInterval, 1);
  },
);

testVersions("Without an interval a message never runs out", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start({ limits: { expirySweepMs: 30 * 86_400_000 } });
  const subscriber = await broker.connect({
    ...durable(5, "sub"),
    properties: { sessionExpiryInterval: 0xffff_ffff },
  });
  await subscriber.subscribe("#", { qos: 1 });
  await subscriber.disconnect();
  const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
  await publish(publisher, "a", "x", { qos: 1 });
  await broker.advance(365 * 86_400_000);
  const again = await broker.connect(durable(5, "sub"));
  await receive(again, { payload: "x", properties: undefined });
});

testVersions(
  "[MQTT-3.3.2-5] The time runs on while the broker is down",
  [3, 4, 5],
  async (version) => {
    const store = new MemoryStore();
    const first = await TestBroker.start({ store });
    const publisher = await sleeper(first, version);
    await publish(publisher, "a", "gone", { qos: 1, ...expiring(50) });
    await publish(publisher, "a", "alive", { qos: 1, ...expiring(100) });
    const { clock } = first;
    await first.stop();
    await clock.advance(50_000);
    await using second = await TestBroker.start({ store, clock });
    const subscriber = await second.connect(durable(version, "sub"));
    const [message, ...more] = await receiveAll(subscriber);
    assert.deepEqual([`${message!.payload}`, more.length], ["alive", 0]);
    if (version === 5) assert.equal(message!.properties!.messageExpiryInterval, 50);
  },
);

// In the queue of a client that is connected

testVersions(
  "[MQTT-3.3.2-5] A message that waits for a full window can run out",
  [3, 4, 5],
  async (version) => {
    for (const clean of [true, false]) {
      await using broker = await TestBroker.start({ limits: { inflightMax: 1 } });
      const subscriber = await broker.connect({ ...durable(version, "sub"), clean });
      await subscriber.subscribe("#", { qos: 1 });
      const publisher = await broker.connect({ clientId: "pub" });
      await publish(publisher, "a", "first", { qos: 1, ...expiring(5) });
      await publish(publisher, "a", "gone", { qos: 1, ...expiring(5) });
      await publish(publisher, "a", "last", { qos: 1, ...expiring(60) });
      const { messageId } = await subscriber.expect("publish", { payload: "first" });
      await broker.advance(5_000);
      await subscriber.send({ cmd: "puback", messageId: messageId! });
      await receive(subscriber, { payload: "last" });
      await subscriber.expectNothing();
      assert.equal(accounting(broker).expired, 1);
    }
  },
);

// The sweep

Deno.test("[MQTT-3.3.2-5] The sweep deletes what ran out, resident or stored only (5.0)", async () => {
  await using broker = await TestBroker.start({ limits: { expirySweepMs: 60_000 } });
  const publisher = await sleeper(broker, 5);
  const expected: string[] = [];
  for (let index = 0; index < 300; index++) {
    const keeps = index % 3 === 0;
    if (keeps) expected.push(`${index}`);
    await publish(publisher, "a", `${index}`, { qos: 1, ...expiring(keeps ? 3600 : 30) });
  }
  await broker.advance(59_999);
  assert.equal(broker.broker.inspector.session("sub")!.queued, 300);
  await broker.advance(1);
  const session = broker.broker.inspector.session("sub")!;
  const { count, bytes } = await broker.store.queue.summary("sub");
  assert.deepEqual([session.queued, count, accounting(broker).expired], [100, 100, 200]);
  assert.equal(session.queuedBytes, bytes);
  broker.assertBalanced();
  const subscriber = await broker.connect(durable(5, "sub"));
  assert.deepEqual(payloads(await receiveAll(subscriber)), expected);
});

Deno.test("The sweep makes room in a full queue (5.0)", async () => {
  await using broker = await TestBroker.start({
    limits: { expirySweepMs: 60_000, queue: { messagesMax: 2, bytesMax: 1_000_000 } },
  });
  const publisher = await sleeper(broker, 5);
  for (const payload of ["1", "2", "3"]) {
    await publish(publisher, "a", payload, { qos: 1, ...expiring(30) });
  }
  await broker.advance(60_000);
  await publish(publisher, "a", "4", { qos: 1 });
  const subscriber = await broker.connect(durable(5, "sub"));
  assert.deepEqual(payloads(await receiveAll(subscriber)), ["4"]);
  assert.equal(accounting(broker).dropped.queue_full, 1);
});

Deno.test("The sweep also passes the queues of connected clients, in memory and stored (5.0)", async () => {
  for (const clean of [true, false]) {
    await using broker = await TestBroker.start({
      limits: { expirySweepMs: 60_000, inflightMax: 1 },
    });
    const subscriber = await broker.connect({
      ...(clean ? { clientId: "sub" } : durable(5, "sub")),
    });
    await subscriber.subscribe("#", { qos: 1 });
    const publisher = await broker.connect({ clientId: "pub" });
    for (let index = 0; index < 200; index++) {
      await publish(publisher, "a", `${index}`, { qos: 1, ...expiring(index < 100 ? 30 : 3600) });
    }
    await broker.advance(60_000);
    assert.equal(accounting(broker).expired, 99, "all but the one that is in flight");
    assert.equal(broker.broker.inspector.session("sub")!.queued, 100);
    const received = payloads(await receiveAll(subscriber));
    assert.deepEqual([received.length, received[1], received.at(-1)], [101, "100", "199"]);
  }
});

Deno.test("The sweep leaves alone what a client that came and went has taken from the store meanwhile (5.0)", async () => {
  const store = new MemoryStore();
  await using broker = await TestBroker.start({ store, limits: { expirySweepMs: 60_000 } });
  const publisher = await sleeper(broker, 5);
  for (let index = 0; index < 200; index++) {
    await publish(publisher, "a", `${index}`, { qos: 1, ...expiring(30) });
  }
  const { page } = store.queue;
  const held = Promise.withResolvers<void>();
  store.queue.page = async (...range) => {
    store.queue.page = page;
    const found = await page(...range);
    await held.promise;
    return found;
  };
  await broker.advance(60_000);
  assert.equal(accounting(broker).expired, 128, "the resident part; the sweep reads the rest");
  const subscriber = await broker.connect(durable(5, "sub"));
  assert.deepEqual(await receiveAll(subscriber), []);
  await subscriber.disconnect();
  held.resolve();
  await broker.advance(0);
  assert.equal(accounting(broker).expired, 200);
  assert.equal(broker.broker.inspector.session("sub")!.queued, 0);
});

// What has been started

for (const qos of [1, 2] as const) {
  testVersions(
    `${
      qos === 2 ? "[MQTT-4.3.3-7] " : ""
    }A message that was sent at QoS ${qos} is sent again, whatever its time`,
    [3, 4, 5],
    async (version) => {
      await using broker = await TestBroker.start({ limits: { expirySweepMs: 1_000 } });
      const publisher = await sleeper(broker, version);
      const first = await broker.connect(durable(version, "sub"));
      await publish(publisher, "a", "x", { qos, ...expiring(5) });
      const { messageId } = await first.expect("publish", { payload: "x", qos });
      await first.abort();
      await broker.advance(10_000);
      const second = await broker.connect(durable(version, "sub"));
      const again = await receive(second, { payload: "x", qos, dup: true, messageId: messageId! });
      if (version === 5) assert.equal(again.properties!.messageExpiryInterval, 0);
      await second.expectNothing();
      assert.equal(accounting(broker).expired, 0);
    },
  );
}

testVersions(
  "[MQTT-3.3.2-5] A message that was started but never sent can still run out",
  [4, 5],
  async (version) => {
    const store = new FaultyStore(new MemoryStore());
    await using broker = await TestBroker.start({ store });
    const publisher = await sleeper(broker, version);
    const first = await broker.connect(durable(version, "sub"));
    store.hold();
    await publisher.send({
      cmd: "publish",
      topic: "a",
      payload: "x",
      qos: 2,
      messageId: 1,
      ...expiring(5),
    });
    await broker.advance(0);
    await first.abort(); // before the message is stored, so before it is sent
    store.releaseAll();
    await publisher.expect("pubrec");
    await broker.advance(5_000);
    const second = await broker.connect(durable(version, "sub"));
    await second.expectNothing();
    assert.deepEqual([accounting(broker).expired, accounting(broker).inFlight], [1, 0]);
    assert.deepEqual(await store.inflight.list("sub"), []);
  },
);

Deno.test("[MQTT-4.3.3-13] The exchange with the publisher goes on when the message ran out (5.0)", async () => {
  await using broker = await TestBroker.start();
  const publisher = await sleeper(broker, 5);
  const answer = await publisher.publish("a", "x", { qos: 2, messageId: 9, ...expiring(1) });
  assert.equal(answer!.reasonCode ?? 0, 0);
  await broker.advance(2_000);
  await publisher.send({
    cmd: "publish",
    topic: "a",
    payload: "x",
    qos: 2,
    messageId: 9,
    dup: true,
  });
  await publisher.expect("pubrec", { messageId: 9, reasonCode: 0 });
  assert.equal((await publisher.release(9)).reasonCode ?? 0, 0);
  // Also when it had run out on arrival.
  await publish(publisher, "a", "x", { qos: 2, ...expiring(0) });
  const subscriber = await broker.connect(durable(5, "sub"));
  await subscriber.expectNothing();
  assert.equal(accounting(broker).expired, 2);
});
