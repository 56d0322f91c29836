/** PUBLISH: MQTT 5.0 section 3.3, but for what has a file of its own. */
import assert from "#assert";
import type { QoS } from "mqtt-packet";
import { ReasonCode } from "../../src/mqtt/reason_code.ts";
import { lengthPrefixed, packetBytes } from "../support/bytes.ts";
import { expectDisconnected } from "../support/endings.ts";
import { publish, receive, receiveAll } from "../support/exchange.ts";
import type { RawClient } from "../support/raw_client.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

type Version = 3 | 4 | 5;

/** A client that subscribes to everything, and one that publishes. */
async function pair(
  broker: TestBroker,
  protocolVersion: Version,
  qos: QoS = 2,
): Promise<{ subscriber: RawClient; publisher: RawClient }> {
  const subscriber = await broker.connect({ clientId: "sub", protocolVersion });
  await subscriber.subscribe("#", { qos });
  const publisher = await broker.connect({ clientId: "pub", protocolVersion });
  return { subscriber, publisher };
}

testVersions("PUBLISH reaches a subscriber at each QoS", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start();
  const { subscriber, publisher } = await pair(broker, version);
  await publisher.publish("a/b", "zero");
  await subscriber.expect("publish", { topic: "a/b", payload: "zero", qos: 0 });
  await publisher.publish("a/b", "one", { qos: 1 });
  const one = await subscriber.expect("publish", { payload: "one", qos: 1, dup: false });
  await subscriber.send({ cmd: "puback", messageId: one.messageId! });
  await publisher.publish("a/b", "two", { qos: 2, messageId: 7 });
  await publisher.release(7);
  const two = await subscriber.expect("publish", { payload: "two", qos: 2, dup: false });
  await subscriber.send({ cmd: "pubrec", messageId: two.messageId! });
  await subscriber.expect("pubrel", { messageId: two.messageId! });
  await subscriber.send({ cmd: "pubcomp", messageId: two.messageId! });
  await subscriber.expectNothing();
});

testVersions(
  "[MQTT-3.3.4-1] PUBLISH is answered as its QoS says",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    // On a topic that was used before a message takes another way through the broker.
    for (const time of [1, 2]) {
      await client.send({ cmd: "publish", topic: "zero", qos: 0 });
      await client.expectNothing();
      await client.send({ cmd: "publish", topic: "one", qos: 1, messageId: time });
      await client.expect("puback", { messageId: time });
      await client.send({ cmd: "publish", topic: "two", qos: 2, messageId: 10 + time });
      await client.expect("pubrec", { messageId: 10 + time });
      await client.expectNothing();
    }
  },
);

for (const qos of [0, 1, 2] as const) {
  testVersions(
    `A message is delivered at the lower QoS, published at ${qos}`,
    [3, 4, 5],
    async (version) => {
      await using broker = await TestBroker.start();
      const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
      for (const granted of [0, 1, 2] as const) {
        const subscriber = await broker.connect({
          clientId: `sub${granted}`,
          protocolVersion: version,
        });
        await subscriber.subscribe("a", { qos: granted });
        await publish(publisher, "a", "x", { qos });
        await receive(subscriber, { qos: Math.min(qos, granted) as QoS });
        await subscriber.disconnect();
      }
    },
  );
}

// Fixed header

testVersions(
  "[MQTT-3.3.1-2] [MQTT-3.3.1-3] DUP is not passed on to subscribers",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const { subscriber, publisher } = await pair(broker, version);
    await publish(publisher, "a", "1", { qos: 1, dup: true });
    await receive(subscriber, { qos: 1, dup: false });
    await publish(publisher, "a", "2", { qos: 2, dup: true });
    await receive(subscriber, { qos: 2, dup: false });
    await subscriber.subscribe("#", { qos: 0 });
    await publish(publisher, "a", "3", { qos: 1, dup: true });
    await receive(subscriber, { qos: 0, dup: false });
  },
);

const FLAGS: readonly [name: string, firstByte: number][] = [
  ["[MQTT-3.3.1-4] PUBLISH with both QoS bits", 0x36],
  ["[MQTT-3.3.1-4] PUBLISH with both QoS bits and DUP", 0x3e],
  ["[MQTT-3.3.1-2] PUBLISH at QoS 0 with DUP", 0x38],
];

for (const [name, firstByte] of FLAGS) {
  testVersions(`${name} ends the connection`, [3, 4, 5], async (version) => {
    await using broker = await TestBroker.start();
    const { subscriber, publisher } = await pair(broker, version);
    const properties = version === 5 ? [0] : [];
    await publisher.sendBytes(packetBytes(firstByte, lengthPrefixed("a"), [0, 1], properties));
    await expectDisconnected(publisher, ReasonCode.MalformedPacket);
    await subscriber.expectNothing();
  });
}

// Topic Name

testVersions(
  "[MQTT-3.3.2-1] The Topic Name is the first field, as it came",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const { subscriber, publisher } = await pair(broker, version, 0);
    for (const topic of ["a", "/", "//a//", " ", "é/漢字/🌊", "a\u0001b"]) {
      await publisher.publish(topic, "x");
      await subscriber.expect("publish", { topic });
      const expected = packetBytes(
        0x30,
        lengthPrefixed(topic),
        version === 5 ? [0] : [],
        [0x78],
      );
      assert.deepEqual([...subscriber.lastBytes], [...expected]);
    }
  },
);

testVersions(
  "[MQTT-3.3.2-1] A Topic Name that is no UTF-8 ends the connection",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const { subscriber, publisher } = await pair(broker, version);
    const properties = version === 5 ? [0] : [];
    await publisher.sendBytes(packetBytes(0x30, lengthPrefixed([0xff, 0x61]), properties));
    await expectDisconnected(publisher, ReasonCode.MalformedPacket);
    await subscriber.expectNothing();
  },
);

testVersions(
  "[MQTT-3.3.2-2] [MQTT-4.7.0-1] A Topic Name with a wildcard ends the connection",
  [3, 4, 5],
  async (version) => {
    for (const topic of ["#", "+", "a/#", "a/+/b", "a+", "#a", "é+"]) {
      await using broker = await TestBroker.start();
      const { subscriber, publisher } = await pair(broker, version);
      await publisher.send({ cmd: "publish", topic });
      await expectDisconnected(publisher, ReasonCode.TopicNameInvalid);
      await subscriber.expectNothing();
    }
  },
);

testVersions(
  "[MQTT-3.3.2-3] The subscriber is told the topic, not its filter",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const subscriber = await broker.connect({ clientId: "sub", protocolVersion: version });
    await subscriber.subscribe(["a/+/c", "b/#", "exact"]);
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    for (const topic of ["a/b/c", "b/x/y", "exact"]) {
      await publisher.publish(topic, "x");
      await subscriber.expect("publish", { topic });
    }
    for (const topic of ["a/c", "c", "exact/more"]) await publisher.publish(topic, "x");
    await publisher.ping();
    await subscriber.expectNothing();
  },
);

testVersions(
  "[MQTT-4.7.3-3] A topic of 65,535 bytes is passed on whole",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const { subscriber, publisher } = await pair(broker, version);
    const topic = "é".repeat(32_767) + "x";
    await publisher.publish(topic, "x");
    await subscriber.expect("publish", { topic, payload: "x" });
  },
);

testVersions("A topic with more levels than are allowed is refused", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start();
  const { subscriber, publisher } = await pair(broker, version);
  const deepest = "/".repeat(127);
  await publish(publisher, deepest, "x", { qos: 1 });
  await receive(subscriber, { topic: deepest });
  const tooDeep = `${deepest}/`;
  if (version === 5) {
    const puback = await publisher.publish(tooDeep, "x", { qos: 1, retain: true });
    assert.equal(puback!.reasonCode, ReasonCode.TopicNameInvalid);
  } else {
    await publisher.send({ cmd: "publish", topic: tooDeep, qos: 1, messageId: 9, retain: true });
    await publisher.expectClosed();
  }
  await subscriber.expectNothing();
  assert.equal(broker.broker.inspector.counts().retainedMessages, 0);
});

// Payload

for (const size of [0, 1, 127, 2048, 65_536, 1024 * 1024]) {
  testVersions(`A payload of ${size} bytes is passed on whole`, [3, 4, 5], async (version) => {
    await using broker = await TestBroker.start();
    const { subscriber, publisher } = await pair(broker, version);
    const payload = Uint8Array.from({ length: size }, (_, index) => index * 31 % 251);
    await publish(publisher, "a", payload, { qos: 1 });
    const { payload: received } = await receive(subscriber, { qos: 1 });
    assert.equal(received.length, size);
    assert.ok(payload.every((byte, index) => byte === received[index]));
  });
}

testVersions("A payload above the limit ends the connection", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start({ limits: { messageSizeMax: 1024 } });
  const { subscriber, publisher } = await pair(broker, version);
  await publish(publisher, "a", new Uint8Array(1024), { qos: 1 });
  await receive(subscriber);
  await publisher.send({ cmd: "publish", topic: "a", payload: new Uint8Array(1025) });
  await expectDisconnected(publisher, ReasonCode.PacketTooLarge);
  await subscriber.expectNothing();
});

// What the broker was told not to support

for (const maximumQoS of [0, 1] as const) {
  testVersions(
    `[MQTT-3.2.2-11] [MQTT-3.2.2-9] Above Maximum QoS ${maximumQoS} the connection ends`,
    [3, 4, 5],
    async (version) => {
      await using broker = await TestBroker.start({ limits: { maximumQoS } });
      const { subscriber, publisher } = await pair(broker, version);
      await publish(publisher, "a", "x", { qos: maximumQoS });
      await receive(subscriber, { qos: maximumQoS });
      const qos = maximumQoS + 1 as QoS;
      await publisher.send({ cmd: "publish", topic: "a", qos, messageId: 9 });
      await expectDisconnected(publisher, ReasonCode.QoSNotSupported);
      await subscriber.expectNothing();
    },
  );
}

testVersions(
  "[MQTT-3.2.2-14] Without retained messages RETAIN ends the connection",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start({ limits: { retainAvailable: false } });
    const { subscriber, publisher } = await pair(broker, version);
    await publisher.publish("a", "x");
    await receive(subscriber);
    await publisher.send({ cmd: "publish", topic: "a", retain: true, payload: "x" });
    await expectDisconnected(publisher, ReasonCode.RetainNotSupported);
    await subscriber.expectNothing();
    assert.equal(broker.broker.inspector.counts().retainedMessages, 0);
  },
);

// Actions

testVersions(
  "[MQTT-3.3.4-2] Overlapping subscriptions: once, at the highest QoS",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const subscriber = await broker.connect({ clientId: "sub", protocolVersion: version });
    await subscriber.subscribe([
      { topic: "#", qos: 0 },
      { topic: "a/b", qos: 2 },
      { topic: "a/+", qos: 1 },
    ]);
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    await publish(publisher, "a/b", "x", { qos: 2 });
    await receive(subscriber, { qos: 2 });
    await publish(publisher, "a/c", "x", { qos: 2 });
    await receive(subscriber, { qos: 1 });
    await subscriber.expectNothing();
  },
);

Deno.test("[MQTT-3.3.4-3] [MQTT-3.3.4-4] All identifiers of overlapping subscriptions (5.0)", async () => {
  await using broker = await TestBroker.start();
  const subscriber = await broker.connect({ clientId: "sub" });
  await subscriber.subscribe("a/+", { qos: 1, properties: { subscriptionIdentifier: 1 } });
  await subscriber.subscribe("a/#", {
    qos: 1,
    properties: { subscriptionIdentifier: 268_435_455 },
  });
  await subscriber.subscribe("a/b", { qos: 1 });
  const publisher = await broker.connect({ clientId: "pub" });
  for (const qos of [0, 1] as const) {
    await publish(publisher, "a/b", "x", { qos });
    const { properties } = await receive(subscriber, { qos });
    const identifiers = properties!.subscriptionIdentifier as number[];
    assert.deepEqual(identifiers.toSorted((a, b) => a - b), [1, 268_435_455]);
  }
  await subscriber.unsubscribe(["a/+", "a/#"]);
  await publish(publisher, "a/b", "x");
  await receive(subscriber, { properties: undefined });
});

Deno.test("[MQTT-3.3.4-5] A shared copy and an ordinary one each have their own identifier (5.0)", async () => {
  await using broker = await TestBroker.start();
  const subscriber = await broker.connect({ clientId: "sub" });
  await subscriber.subscribe("$share/g/a", { properties: { subscriptionIdentifier: 7 } });
  await subscriber.subscribe("a", { properties: { subscriptionIdentifier: 8 } });
  const publisher = await broker.connect({ clientId: "pub" });
  await publisher.publish("a", "x");
  const copies = await receiveAll(subscriber);
  const identifiers = copies.map(({ properties }) => properties?.subscriptionIdentifier);
  assert.deepEqual(identifiers.toSorted(), [7, 8]);
});

Deno.test("PUBACK and PUBREC say whether anybody is subscribed (5.0)", async () => {
  await using broker = await TestBroker.start();
  const { NoMatchingSubscribers, Success } = ReasonCode;
  const client = await broker.connect({ clientId: "c" });
  assert.equal((await client.publish("a", "x", { qos: 1 }))!.reasonCode, NoMatchingSubscribers);
  assert.equal((await client.publish("a", "x", { qos: 2 }))!.reasonCode, NoMatchingSubscribers);
  const subscriber = await broker.connect({ clientId: "sub" });
  await subscriber.subscribe("a");
  assert.equal((await client.publish("a", "x", { qos: 1 }))!.reasonCode ?? 0, Success);
  assert.equal((await client.publish("a", "x", { qos: 2 }))!.reasonCode ?? 0, Success);
  assert.equal((await receiveAll(subscriber)).length, 2);
  // The publisher's own subscription counts, unless it asked not to get its own messages.
  await subscriber.disconnect();
  await client.subscribe([{ topic: "a", nl: true }]);
  assert.equal((await client.publish("a", "x", { qos: 1 }))!.reasonCode, NoMatchingSubscribers);
});

testVersions(
  "A fan-out reaches receivers of every version, each in its own form",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const subscribers: RawClient[] = [];
    for (const protocolVersion of [3, 4, 5, 5, 4, 3] as const) {
      const clientId = `sub${subscribers.length}`;
      const subscriber = await broker.connect({ protocolVersion, clientId });
      await subscriber.subscribe("a/#", { qos: 1 });
      subscribers.push(subscriber);
    }
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    for (const qos of [0, 1] as const) {
      for (const payload of ["first", "second"]) {
        await publish(publisher, `a/${payload}`, payload, { qos });
      }
      for (const subscriber of subscribers) {
        await receive(subscriber, { topic: "a/first", payload: "first", qos });
        await receive(subscriber, { topic: "a/second", payload: "second", qos });
      }
    }
  },
);
