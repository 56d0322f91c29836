/** What is sent again, when, and in which order: MQTT 5.0 sections 4.4, 4.5 and 4.6. */
import assert from "#assert";
import { SeededRandom } from "../../src/base/random.ts";
import type { QoS } from "mqtt-packet";
import { MemoryStore } from "../../src/storage/memory.ts";
import { durable, payloads, publish, receiveAll } from "../support/exchange.ts";
import type { PacketOf, RawClient } from "../support/raw_client.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

type Version = 3 | 4 | 5;

function subscriberOf(broker: TestBroker, version: Version): Promise<RawClient> {
  return broker.connect(durable(version, "sub"));
}

function publisherOf(broker: TestBroker, protocolVersion: Version): Promise<RawClient> {
  return broker.connect({ clientId: "pub", protocolVersion });
}

/** The ids under which `subscriber` gets these messages; it acknowledges none. */
async function leaveUnacknowledged(
  publisher: RawClient,
  subscriber: RawClient,
  messages: readonly (readonly [payload: string, qos: QoS])[],
): Promise<number[]> {
  const ids: number[] = [];
  for (const [payload, qos] of messages) {
    await publish(publisher, "a", payload, { qos });
    ids.push((await subscriber.expect("publish", { payload, qos, dup: false })).messageId ?? 0);
  }
  return ids;
}

const MIXED = [["1", 1], ["2", 2], ["3", 1], ["4", 2]] as const;

testVersions(
  "[MQTT-4.4.0-1] [MQTT-3.3.1-1] What is unacknowledged is sent again on the next connection",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const first = await subscriberOf(broker, version);
    await first.subscribe("a", { qos: 2 });
    const publisher = await publisherOf(broker, version);
    const ids = await leaveUnacknowledged(publisher, first, [...MIXED, ["qos 0", 0]]);
    await first.abort();
    for (let connection = 0; connection < 2; connection++) {
      const again = await subscriberOf(broker, version);
      for (const [index, [payload, qos]] of MIXED.entries()) {
        const messageId = ids[index]!;
        await again.expect("publish", { topic: "a", payload, qos, messageId, dup: true });
      }
      await again.expectNothing();
      await again.abort();
    }
  },
);

testVersions(
  "[MQTT-4.4.0-1] PUBREL is sent again, with its id",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const first = await subscriberOf(broker, version);
    await first.subscribe("a", { qos: 2 });
    const publisher = await publisherOf(broker, version);
    const ids = await leaveUnacknowledged(publisher, first, [["1", 2], ["2", 2]]);
    for (const messageId of ids) {
      await first.send({ cmd: "pubrec", messageId });
      await first.expect("pubrel", { messageId });
    }
    await first.send({ cmd: "pubcomp", messageId: ids[0]! });
    await first.close();
    for (let connection = 0; connection < 2; connection++) {
      const again = await subscriberOf(broker, version);
      await again.expect("pubrel", { messageId: ids[1]! });
      await again.expectNothing();
      await again.close();
    }
  },
);

testVersions(
  "[MQTT-4.4.0-1] A connection that takes over gets it, and the old one does not",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const first = await subscriberOf(broker, version);
    await first.subscribe("a", { qos: 2 });
    const publisher = await publisherOf(broker, version);
    const ids = await leaveUnacknowledged(publisher, first, MIXED);
    const second = await subscriberOf(broker, version);
    if (version === 5) await first.expect("disconnect", { reasonCode: 0x8e });
    await first.expectClosed();
    for (const [index, [payload]] of MIXED.entries()) {
      await second.expect("publish", { payload, messageId: ids[index]!, dup: true });
    }
  },
);

testVersions(
  "[MQTT-4.4.0-1] A restart of the broker counts as a new connection",
  [3, 4, 5],
  async (version) => {
    const store = new MemoryStore();
    const before = await TestBroker.start({ store });
    const first = await subscriberOf(before, version);
    await first.subscribe("a", { qos: 2 });
    const publisher = await publisherOf(before, version);
    const ids = await leaveUnacknowledged(publisher, first, MIXED);
    await before.stop();
    await using after = await TestBroker.start({ store });
    const again = await subscriberOf(after, version);
    for (const [index, [payload, qos]] of MIXED.entries()) {
      await again.expect("publish", { payload, qos, messageId: ids[index]!, dup: true });
    }
    // New ids go on behind those that are in use.
    const publisherAgain = await publisherOf(after, version);
    await publish(publisherAgain, "a", "new", { qos: 1 });
    const { messageId } = await again.expect("publish", { payload: "new", dup: false });
    assert.ok(!ids.includes(messageId!));
  },
);

testVersions(
  "[MQTT-4.4.0-1] Nothing is sent again on the same connection, however long it takes",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const subscriber = await subscriberOf(broker, version);
    await subscriber.subscribe("a", { qos: 2 });
    const publisher = await publisherOf(broker, version);
    const [first] = await leaveUnacknowledged(publisher, subscriber, MIXED);
    await broker.advance(3_600_000);
    await subscriber.expectNothing();
    await subscriber.subscribe("b");
    await subscriber.send({ cmd: "puback", messageId: first! });
    await subscriber.expectNothing();
  },
);

testVersions(
  "[MQTT-4.4.0-1] With clean start nothing is sent again",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const first = await subscriberOf(broker, version);
    await first.subscribe("a", { qos: 2 });
    const publisher = await publisherOf(broker, version);
    await leaveUnacknowledged(publisher, first, MIXED);
    await first.abort();
    const clean = await broker.connect({ ...durable(version, "sub"), clean: true });
    await clean.expectNothing();
    const again = await subscriberOf(broker, version);
    await again.expectNothing();
    assert.equal(broker.broker.inspector.accounting().discarded, MIXED.length);
  },
);

Deno.test("What is sent again is the same packet but for DUP (5.0)", async () => {
  await using broker = await TestBroker.start();
  const first = await broker.connect(durable(5, "sub"));
  await first.subscribe([{ topic: "a", rap: true }], {
    qos: 1,
    properties: { subscriptionIdentifier: 7 },
  });
  const publisher = await publisherOf(broker, 5);
  const properties = { contentType: "t", userProperties: { a: ["2", "1"], b: "3" } };
  const payload = new Uint8Array(5000).fill(0x55);
  await publish(publisher, "a", payload, { qos: 1, retain: true, properties });
  await first.expect("publish", { properties: { ...properties, subscriptionIdentifier: 7 } });
  const sent = first.lastBytes.slice();
  await first.abort();
  const second = await broker.connect(durable(5, "sub"));
  await second.expect("publish", { retain: true });
  sent[0]! |= 0x08;
  assert.equal(second.lastBytes.toHex(), sent.toHex());
});

// Order

testVersions(
  "[MQTT-4.6.0-5] First what is sent again, then the queue, then what is new, each in order",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const first = await subscriberOf(broker, version);
    await first.subscribe("a", { qos: 2 });
    const publisher = await publisherOf(broker, version);
    await leaveUnacknowledged(publisher, first, MIXED);
    await first.abort();
    for (const payload of ["5", "6"]) await publish(publisher, "a", payload, { qos: 1 });
    const second = await subscriberOf(broker, version);
    for (const payload of ["7", "8"]) await publish(publisher, "a", payload, { qos: 2 });
    const received = await receiveAll(second);
    assert.deepEqual(payloads(received), ["1", "2", "3", "4", "5", "6", "7", "8"]);
    assert.deepEqual(received.map(({ dup }) => dup), [
      ...[true, true, true, true],
      ...[false, false, false, false],
    ]);
  },
);

/** Takes `count` messages, acknowledging all that comes meanwhile. */
async function takePublishes(client: RawClient, count: number): Promise<PacketOf<"publish">[]> {
  const publishes: PacketOf<"publish">[] = [];
  while (publishes.length < count) {
    const packet = await client.next();
    const messageId = packet.messageId!;
    if (packet.cmd === "pubrel") await client.send({ cmd: "pubcomp", messageId });
    if (packet.cmd !== "publish") continue;
    publishes.push(packet);
    await client.send({ cmd: packet.qos === 1 ? "puback" : "pubrec", messageId });
  }
  return publishes;
}

/** The numbers of each topic come one after the other. */
function assertNext(seen: Map<string, number>, publishes: readonly PacketOf<"publish">[]): void {
  for (const { topic, payload } of publishes) {
    assert.equal(Number(payload), (seen.get(topic) ?? -1) + 1);
    seen.set(topic, Number(payload));
  }
}

for (const qos of [1, 2] as const) {
  testVersions(
    `[MQTT-4.6.0-5] [MQTT-4.6.0-6] Order holds at QoS ${qos} through windows, queues and connections`,
    [3, 4, 5],
    async (version) => {
      await using broker = await TestBroker.start({ limits: { inflightMax: 3 } });
      let subscriber = await subscriberOf(broker, version);
      await subscriber.subscribe("#", { qos });
      const publishers = [await publisherOf(broker, version)];
      publishers.push(await broker.connect({ clientId: "other", protocolVersion: version }));
      const seen = new Map<string, number>();
      for (let round = 0; round < 8; round++) {
        for (let index = 0; index < 5; index++) {
          for (const [number, publisher] of publishers.entries()) {
            await publish(publisher, `t/${number}`, `${round * 5 + index}`, { qos });
          }
        }
        // Takes a part of it, then the connection is lost with three messages on the way.
        const part = await takePublishes(subscriber, 4);
        assertNext(seen, part);
        await subscriber.close();
        subscriber = await subscriberOf(broker, version);
      }
      assertNext(seen, await receiveAll(subscriber));
      assert.deepEqual([...seen.values()], [39, 39]);
    },
  );
}

testVersions(
  "[MQTT-4.6.0-5] [MQTT-4.6.0-6] A burst at each QoS arrives in order",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const subscriber = await subscriberOf(broker, version);
    await subscriber.subscribe("a", { qos: 2 });
    const publisher = await publisherOf(broker, version);
    const count = 300;
    for (let index = 0; index < count; index++) {
      const qos = index % 3 as QoS;
      const messageId = qos === 0 ? {} : { messageId: index + 1 };
      await publisher.send({ cmd: "publish", topic: "a", payload: `${index}`, qos, ...messageId });
    }
    await publisher.untilPing();
    const received = await receiveAll(subscriber);
    for (const qos of [0, 1, 2]) {
      const numbers = received.filter((each) => each.qos === qos).map((each) => +each.payload);
      assert.deepEqual(numbers, Array.from({ length: count / 3 }, (_, index) => index * 3 + qos));
    }
  },
);

// Session State

testVersions(
  "[MQTT-4.5.0-1] A message is kept for every session with a matching subscription",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    for (const [clientId, filter] of [["one", "a/#"], ["two", "+/b"], ["three", "c"]] as const) {
      const client = await broker.connect(durable(version, clientId));
      await client.subscribe(filter, { qos: 1 });
      await client.disconnect();
    }
    const publisher = await publisherOf(broker, version);
    for (const qos of [1, 2] as const) await publish(publisher, "a/b", `${qos}`, { qos });
    for (const [clientId, expected] of [["one", ["1", "2"]], ["two", ["1", "2"]], ["three", []]]) {
      const client = await broker.connect(durable(version, clientId as string));
      assert.deepEqual(payloads(await receiveAll(client)), expected);
    }
  },
);

testVersions(
  "QoS 0 for a session that is away is not kept, and counted",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const subscriber = await subscriberOf(broker, version);
    await subscriber.subscribe("a", { qos: 1 });
    await subscriber.disconnect();
    const publisher = await publisherOf(broker, version);
    await publisher.publish("a", "lost");
    await publish(publisher, "a", "kept", { qos: 1 });
    const again = await subscriberOf(broker, version);
    assert.deepEqual(payloads(await receiveAll(again)), ["kept"]);
    assert.equal(broker.broker.inspector.accounting().dropped.qos0_offline, 1);
  },
);

// Packet ids across the wrap

testVersions(
  "[MQTT-2.2.1-4] Ids go on from 65,535 with 1, past those in use",
  [3, 4, 5],
  async (version) => {
    const store = new MemoryStore();
    const before = await TestBroker.start({ store });
    const first = await subscriberOf(before, version);
    await first.subscribe("a", { qos: 2 });
    const publisher = await publisherOf(before, version);
    await leaveUnacknowledged(publisher, first, [["1", 1], ["2", 1], ["3", 2]]);
    await before.stop();
    // As if 65,533 messages had been delivered: the last two ids in use are 65,534 and 2.
    const batch = store.batch();
    const [one, two, three] = await store.inflight.list("sub");
    for (const { packetId } of [one!, two!, three!]) batch.deleteInflight("sub", packetId);
    batch.putInflight("sub", 2, two!.seq, two!.delivery);
    batch.putInflight("sub", 65_534, three!.seq, three!.delivery);
    await batch.commit();
    const random = new SeededRandom(1);
    random.below = () => 65_533;
    await using after = await TestBroker.start({ store, balanced: false, random });
    const again = await subscriberOf(after, version);
    await again.expect("publish", { payload: "2", messageId: 2, dup: true });
    await again.expect("publish", { payload: "3", messageId: 65_534, dup: true });
    const publisherAgain = await publisherOf(after, version);
    for (const messageId of [65_535, 1, 3, 4]) {
      await publish(publisherAgain, "a", "new", { qos: 1 });
      await again.expect("publish", { payload: "new", messageId });
    }
  },
);
