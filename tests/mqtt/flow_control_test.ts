/** Receive Maximum in both directions, and the broker's own limit: MQTT 5.0 section 4.9. */
import assert from "#assert";
import { ReasonCode } from "../../src/mqtt/reason_code.ts";
import { FaultyStore } from "../../src/storage/faulty_store.ts";
import { MemoryStore } from "../../src/storage/memory.ts";
import { expectDisconnected } from "../support/endings.ts";
import { durable, payloads, publish, receiveAll } from "../support/exchange.ts";
import type { ConnectOptions, RawClient } from "../support/raw_client.ts";
import { SlowPeers } from "../support/slow_peers.ts";
import { nextTurn, TestBroker, testVersions } from "../support/test_broker.ts";

type Version = 3 | 4 | 5;

/** A durable session whose client allows so many messages at once (5.0). */
function allowing(receiveMaximum: number): ConnectOptions {
  const options = durable(5, "sub");
  return { ...options, properties: { ...options.properties, receiveMaximum } };
}

function publisherOf(broker: TestBroker, protocolVersion: Version = 5): Promise<RawClient> {
  return broker.connect({ clientId: "pub", protocolVersion });
}

/** Takes exactly these messages, acknowledging none; the ids. */
async function takeOnly(subscriber: RawClient, expected: readonly string[]): Promise<number[]> {
  const packets = await subscriber.untilPing();
  const taken = packets.filter((packet) => packet.cmd === "publish");
  assert.equal(taken.length, packets.length);
  assert.deepEqual(payloads(taken), expected);
  return taken.map(({ messageId }) => messageId ?? 0);
}

// From the broker to the client

for (const qos of [1, 2] as const) {
  Deno.test(`[MQTT-4.9.0-1] [MQTT-4.9.0-2] [MQTT-3.3.4-9] No more than Receive Maximum is sent at QoS ${qos} (5.0)`, async () => {
    await using broker = await TestBroker.start();
    const subscriber = await broker.connect(allowing(3));
    await subscriber.subscribe("a", { qos });
    const publisher = await publisherOf(broker);
    for (const payload of ["1", "2", "3", "4", "5", "6"]) {
      await publish(publisher, "a", payload, { qos });
    }
    const ids = await takeOnly(subscriber, ["1", "2", "3"]);
    if (qos === 1) {
      await subscriber.send({ cmd: "puback", messageId: ids[1]! });
    } else {
      await subscriber.send({ cmd: "pubrec", messageId: ids[1]! });
      await subscriber.expect("pubrel");
      await subscriber.expectNothing();
      await subscriber.send({ cmd: "pubcomp", messageId: ids[1]! });
    }
    await takeOnly(subscriber, ["4"]);
    const cmd = qos === 1 ? "puback" : "pubrec";
    for (const messageId of [ids[0]!, ids[2]!]) {
      await subscriber.send({ cmd, messageId, reasonCode: ReasonCode.UnspecifiedError });
    }
    await takeOnly(subscriber, ["5", "6"]);
  });
}

Deno.test("[MQTT-3.3.4-9] QoS 1 and QoS 2 share the quota, and the stored part of a queue obeys it (5.0)", async () => {
  await using broker = await TestBroker.start();
  const first = await broker.connect(allowing(2));
  await first.subscribe("a", { qos: 2 });
  await first.disconnect();
  const publisher = await publisherOf(broker);
  for (const qos of [2, 1, 2, 1] as const) await publish(publisher, "a", `${qos}`, { qos });
  const second = await broker.connect(allowing(2));
  const [id] = await takeOnly(second, ["2", "1"]);
  await second.send({ cmd: "pubrec", messageId: id! });
  await second.expect("pubrel");
  await second.send({ cmd: "pubcomp", messageId: id! });
  await takeOnly(second, ["2"]);
});

Deno.test("[MQTT-4.9.0-2] QoS 0 passes a closed window (5.0)", async () => {
  await using broker = await TestBroker.start();
  const subscriber = await broker.connect(allowing(1));
  await subscriber.subscribe("a", { qos: 1 });
  const publisher = await publisherOf(broker);
  await publish(publisher, "a", "1", { qos: 1 });
  await publish(publisher, "a", "waits", { qos: 1 });
  await publish(publisher, "a", "passes");
  await takeOnly(subscriber, ["1", "passes"]);
});

Deno.test("[MQTT-4.9.0-3] [MQTT-3.3.4-10] All other packets pass a closed window (5.0)", async () => {
  await using broker = await TestBroker.start();
  const subscriber = await broker.connect(allowing(1));
  await subscriber.subscribe("a", { qos: 2 });
  const publisher = await publisherOf(broker);
  await publish(publisher, "a", "1", { qos: 2 });
  await publish(publisher, "a", "2", { qos: 2 });
  const [messageId] = await takeOnly(subscriber, ["1"]);
  await subscriber.subscribe("b");
  await subscriber.unsubscribe("b");
  await publish(subscriber, "c", "x", { qos: 1 });
  await publish(subscriber, "c", "x", { qos: 2 });
  await subscriber.send({ cmd: "pubrec", messageId: messageId! });
  await subscriber.expect("pubrel");
  await subscriber.expectNothing();
});

Deno.test("[MQTT-3.3.4-10] On a new connection PUBREL does not wait for a smaller window (5.0)", async () => {
  await using broker = await TestBroker.start();
  const first = await broker.connect(allowing(3));
  await first.subscribe("a", { qos: 2 });
  const publisher = await publisherOf(broker);
  for (const payload of ["1", "2", "3"]) await publish(publisher, "a", payload, { qos: 2 });
  const ids = await takeOnly(first, ["1", "2", "3"]);
  await first.send({ cmd: "pubrec", messageId: ids[2]! });
  await first.expect("pubrel");
  await first.close();
  const second = await broker.connect(allowing(1));
  await second.expect("pubrel", { messageId: ids[2]! });
  await second.expectNothing();
  await second.send({ cmd: "pubcomp", messageId: ids[2]! });
  assert.deepEqual(await takeOnly(second, ["1"]), [ids[0]]);
});

Deno.test("[MQTT-4.9.0-1] Each connection has its own quota, also for what is sent again (5.0)", async () => {
  await using broker = await TestBroker.start();
  const first = await broker.connect(allowing(4));
  await first.subscribe("a", { qos: 1 });
  const publisher = await publisherOf(broker);
  for (const payload of ["1", "2", "3", "4", "5"]) {
    await publish(publisher, "a", payload, { qos: 1 });
  }
  await takeOnly(first, ["1", "2", "3", "4"]);
  await first.close();
  const smaller = await broker.connect(allowing(2));
  const [id] = await takeOnly(smaller, ["1", "2"]);
  await smaller.send({ cmd: "puback", messageId: id! });
  await takeOnly(smaller, ["3"]);
  await smaller.close();
  const larger = await broker.connect(allowing(10));
  await takeOnly(larger, ["2", "3", "4", "5"]);
});

testVersions(
  "The broker's own limit holds where the client names a larger one or none",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start({ limits: { inflightMax: 2 } });
    const subscriber = await broker.connect(
      version === 5 ? allowing(65_535) : durable(version, "sub"),
    );
    await subscriber.subscribe("a", { qos: 1 });
    const publisher = await publisherOf(broker, version);
    for (const payload of ["1", "2", "3"]) await publish(publisher, "a", payload, { qos: 1 });
    const [id] = await takeOnly(subscriber, ["1", "2"]);
    await subscriber.send({ cmd: "puback", messageId: id! });
    await takeOnly(subscriber, ["3"]);
    assert.equal(broker.broker.inspector.session("sub")!.queued, 0);
  },
);

Deno.test("[MQTT-3.3.4-9] A client that names no Receive Maximum allows 65,535 (5.0)", async () => {
  await using broker = await TestBroker.start({
    limits: { inflightMax: 65_535, queue: { messagesMax: 10, bytesMax: 1_000_000 } },
  });
  const subscriber = await broker.connect({ clientId: "sub" });
  await subscriber.subscribe("a", { qos: 1 });
  const publisher = await publisherOf(broker);
  for (let index = 0; index < 300; index++) await publish(publisher, "a", "x", { qos: 1 });
  assert.equal((await subscriber.untilPing()).length, 300);
});

// From the client to the broker

const RECEIVE_MAXIMUM = { limits: { receiveMaximum: 3 } };

/** Sends QoS 2 messages and takes their PUBREC, but lets none of them go. */
async function sendUnreleased(client: RawClient, ids: readonly number[]): Promise<void> {
  for (const messageId of ids) await client.publish("a", "x", { qos: 2, messageId });
}

Deno.test("[MQTT-4.9.0-1] CONNACK names the broker's Receive Maximum (5.0)", async () => {
  await using broker = await TestBroker.start(RECEIVE_MAXIMUM);
  const client = await broker.client();
  const { properties } = await client.connect();
  assert.equal(properties!.receiveMaximum, 3);
});

for (const qos of [1, 2] as const) {
  Deno.test(`[MQTT-3.3.4-7] One message too many at QoS ${qos} ends the connection with 0x93 (5.0)`, async () => {
    await using broker = await TestBroker.start(RECEIVE_MAXIMUM);
    const client = await publisherOf(broker);
    await sendUnreleased(client, [1, 2, 3]);
    await client.send({ cmd: "publish", topic: "a", qos, messageId: 4 });
    await expectDisconnected(client, ReasonCode.ReceiveMaximumExceeded);
  });
}

Deno.test("[MQTT-3.3.4-7] What is finished, refused, repeated or QoS 0 takes no place (5.0)", async () => {
  const authorizer = {
    publish: (_: unknown, topic: string) => topic !== "secret",
    subscribe: () => true,
  };
  await using broker = await TestBroker.start({ ...RECEIVE_MAXIMUM, authorizer });
  const client = await publisherOf(broker);
  for (let round = 0; round < 5; round++) {
    await client.publish("a", "x", { qos: 1 });
    await client.publish("secret", "x", { qos: 1 });
    await client.publish("secret", "x", { qos: 2 });
    await publish(client, "a", "x", { qos: 2 });
  }
  await sendUnreleased(client, [101, 102, 103]);
  await sendUnreleased(client, [101, 102, 103]);
  await client.publish("a", "x");
  await client.release(102);
  await sendUnreleased(client, [104]);
  await client.send({ cmd: "publish", topic: "a", qos: 1, messageId: 105 });
  await expectDisconnected(client, ReasonCode.ReceiveMaximumExceeded);
});

testVersions("3.x knows no Receive Maximum", [3, 4], async (version) => {
  await using broker = await TestBroker.start(RECEIVE_MAXIMUM);
  const client = await publisherOf(broker, version);
  await sendUnreleased(client, [1, 2, 3, 4, 5]);
  await client.publish("a", "x", { qos: 1 });
  for (const messageId of [1, 2, 3, 4, 5]) await client.release(messageId);
});

Deno.test("[MQTT-3.3.4-7] [MQTT-4.9.0-1] The quota is whole on the next connection, where what is sent again counts (5.0)", async () => {
  await using broker = await TestBroker.start(RECEIVE_MAXIMUM);
  const first = await broker.connect(durable(5, "pub"));
  await sendUnreleased(first, [1, 2, 3]);
  await first.close();
  const second = await broker.connect(durable(5, "pub"));
  await sendUnreleased(second, [11, 12]);
  // PUBREL of an earlier one gives nothing back.
  await second.release(1);
  await sendUnreleased(second, [2]);
  await second.send({ cmd: "publish", topic: "a", qos: 2, messageId: 3, dup: true });
  await expectDisconnected(second, ReasonCode.ReceiveMaximumExceeded);
});

Deno.test("[MQTT-3.3.4-7] An answer of the last connection gives no place back on this one (5.0)", async () => {
  const cluster = new SlowPeers();
  await using broker = await TestBroker.start({ ...RECEIVE_MAXIMUM, cluster });
  const first = await broker.connect(durable(5, "pub"));
  await first.send({ cmd: "publish", topic: "a", payload: "old", qos: 1, messageId: 1 });
  await nextTurn();
  await first.close();
  const second = await broker.connect(durable(5, "pub"));
  for (const messageId of [2, 3, 4]) {
    const payload = `${messageId}`;
    await second.send({ cmd: "publish", topic: "a", payload, qos: 2, messageId });
    await nextTurn();
    cluster.stored(payload);
    await second.expect("pubrec", { messageId });
  }
  cluster.stored("old");
  await second.ping();
  await second.send({ cmd: "publish", topic: "a", payload: "5", qos: 2, messageId: 5 });
  await expectDisconnected(second, ReasonCode.ReceiveMaximumExceeded);
});

testVersions(
  "A client whose messages cannot be stored yet is not read beyond the Receive Maximum",
  [4, 5],
  async (version) => {
    const store = new FaultyStore(new MemoryStore());
    await using broker = await TestBroker.start({ ...RECEIVE_MAXIMUM, store });
    const sleeper = await broker.connect(durable(version, "sleeper"));
    await sleeper.subscribe("a", { qos: 1 });
    await sleeper.disconnect();
    const client = await publisherOf(broker, version);
    store.hold();
    for (const messageId of [1, 2, 3, 4, 5]) {
      await client.send({ cmd: "publish", topic: "a", payload: "x", qos: 1, messageId });
    }
    await nextTurn();
    assert.deepEqual([store.held, client.pending], [3, 0]);
    store.release(1);
    await client.expect("puback", { messageId: 1 });
    await nextTurn();
    assert.equal(store.held, 3);
    store.releaseAll();
    for (const messageId of [2, 3, 4, 5]) await client.expect("puback", { messageId });
    await client.expectNothing();
    const again = await broker.connect(durable(version, "sleeper"));
    assert.equal((await receiveAll(again)).length, 5);
  },
);
