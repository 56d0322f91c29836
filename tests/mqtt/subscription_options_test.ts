/** Subscription Options and Subscription Identifiers: MQTT 5.0 sections 3.3.1.3, 3.3.4 and 3.8.3.1. */
import assert from "#assert";
import type { ISubscription } from "mqtt-packet";
import {
  acknowledge,
  durable,
  expectEnded,
  payloads,
  publish,
  receive,
  receiveAll,
} from "../support/exchange.ts";
import type { PacketOf } from "../support/raw_client.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

const identifiers = (publish: PacketOf<"publish">): number[] => {
  const found = publish.properties?.subscriptionIdentifier;
  return [found ?? []].flat().sort((one, other) => one - other);
};

// Retain Handling

testVersions(
  "[MQTT-3.3.1-9] a subscription gets the retained messages that it matches, each time (Retain Handling 0)",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    for (const topic of ["a/1", "a/2", "b/1"]) {
      await publisher.publish(topic, topic, { retain: true });
    }
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    for (let round = 0; round < 2; round++) {
      await client.subscribe("a/+");
      const found = await receiveAll(client);
      assert.deepEqual(payloads(found).sort(), ["a/1", "a/2"]);
      assert.ok(found.every(({ retain }) => retain));
    }
  },
);

testVersions(
  "[MQTT-3.3.1-9] each matching filter of one SUBSCRIBE gets the retained messages, in their order",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    for (const topic of ["x/1", "y/1"]) await publisher.publish(topic, topic, { retain: true });
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    await client.subscribe(["y/1", "+/1", "x/#", "none"]);
    const topics = (await receiveAll(client)).map(({ topic }) => topic);
    assert.equal(topics[0], "y/1");
    assert.deepEqual(topics.slice(1, 3).sort(), ["x/1", "y/1"]);
    assert.deepEqual(topics.slice(3), ["x/1"]);
  },
);

Deno.test("[MQTT-3.3.1-10] Retain Handling 1 sends retained messages to a new subscription only (5.0)", async () => {
  await using broker = await TestBroker.start();
  const publisher = await broker.connect({ clientId: "pub" });
  await publisher.publish("a", "kept", { retain: true });
  const client = await broker.connect({ clientId: "c" });
  await client.subscribe([{ topic: "a", rh: 1 }]);
  await client.expect("publish", { payload: "kept", retain: true });
  // It exists now, whatever else changes with the replacement.
  for (const change of [{}, { qos: 1 }, { nl: true }, { rap: true }] as Partial<ISubscription>[]) {
    await client.subscribe([{ topic: "a", rh: 1, ...change }]);
    await client.expectNothing();
  }
  // Another filter that matches is another subscription.
  await client.subscribe([{ topic: "+", rh: 1 }]);
  await client.expect("publish", { payload: "kept" });
  await client.unsubscribe("a");
  await client.subscribe([{ topic: "a", rh: 1 }]);
  await client.expect("publish", { payload: "kept" });
  await client.expectNothing();
});

Deno.test("[MQTT-3.3.1-10] a subscription of a resumed session exists; one of a new session does not (5.0)", async () => {
  await using broker = await TestBroker.start();
  const publisher = await broker.connect({ clientId: "pub" });
  await publisher.publish("a", "kept", { retain: true });
  const first = await broker.connect(durable(5, "c"));
  await first.subscribe([{ topic: "a", rh: 1 }]);
  await first.expect("publish", { payload: "kept" });
  await first.disconnect();
  const resumed = await broker.connect(durable(5, "c"));
  await resumed.subscribe([{ topic: "a", rh: 1 }]);
  await resumed.expectNothing();
  await resumed.disconnect();
  const anew = await broker.connect({ ...durable(5, "c"), clean: true });
  await anew.subscribe([{ topic: "a", rh: 1 }]);
  await anew.expect("publish", { payload: "kept" });
});

Deno.test("[MQTT-3.3.1-11] Retain Handling 2 sends no retained messages (5.0)", async () => {
  await using broker = await TestBroker.start();
  const publisher = await broker.connect({ clientId: "pub" });
  await publisher.publish("a", "kept", { retain: true });
  const client = await broker.connect({ clientId: "c" });
  for (let round = 0; round < 2; round++) {
    await client.subscribe([{ topic: "a", rh: 2 }, { topic: "#", rh: 2 }]);
    await client.expectNothing();
  }
  // Only the retained ones: new messages come.
  await publisher.publish("a", "new", { retain: true });
  await client.expect("publish", { payload: "new", retain: false });
});

Deno.test("Retain Handling is decided for each filter of a SUBSCRIBE on its own (5.0)", async () => {
  await using broker = await TestBroker.start();
  const publisher = await broker.connect({ clientId: "pub" });
  for (const topic of ["a", "b", "c"]) await publisher.publish(topic, topic, { retain: true });
  const client = await broker.connect({ clientId: "c" });
  await client.subscribe([{ topic: "b", rh: 2 }]);
  await client.subscribe([
    { topic: "a", rh: 2 },
    { topic: "b", rh: 1 },
    { topic: "c", rh: 1 },
    { topic: "+", rh: 0, qos: 0 },
  ]);
  const found = payloads(await receiveAll(client));
  assert.equal(found[0], "c");
  assert.deepEqual(found.slice(1).sort(), ["a", "b", "c"]);
});

// Retain As Published

testVersions(
  "[MQTT-3.3.1-12] without Retain As Published a forwarded message has RETAIN 0",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    await client.subscribe("a", { qos: 2 });
    for (const qos of [0, 1, 2] as const) {
      for (const retain of [true, false]) {
        await publish(publisher, "a", `${qos}${retain}`, { qos, retain });
        await receive(client, { payload: `${qos}${retain}`, retain: false, qos });
      }
    }
  },
);

Deno.test("[MQTT-3.3.1-13] with Retain As Published a forwarded message has the RETAIN flag of its PUBLISH (5.0)", async () => {
  await using broker = await TestBroker.start();
  const publisher = await broker.connect({ clientId: "pub" });
  const client = await broker.connect({ clientId: "c" });
  await client.subscribe([{ topic: "a", qos: 2, rap: true }]);
  for (const qos of [0, 1, 2] as const) {
    for (const retain of [true, false]) {
      await publish(publisher, "a", `${qos}${retain}`, { qos, retain });
      await receive(client, { payload: `${qos}${retain}`, retain, qos });
    }
  }
});

Deno.test("[MQTT-3.3.1-12] [MQTT-3.3.1-13] one publish keeps RETAIN for those who asked for it only (5.0)", async () => {
  await using broker = await TestBroker.start();
  const publisher = await broker.connect({ clientId: "pub" });
  const clients = [];
  for (const rap of [false, true, false, true]) {
    const client = await broker.connect({ clientId: `c${clients.length}` });
    await client.subscribe([{ topic: "a", rap }]);
    clients.push({ client, rap });
  }
  for (const retain of [true, false]) {
    await publisher.publish("a", "x", { retain });
    for (const { client, rap } of clients) {
      await client.expect("publish", { payload: "x", retain: retain && rap });
    }
  }
});

Deno.test("[MQTT-3.3.1-13] RETAIN is kept through the queue of an absent client (5.0)", async () => {
  await using broker = await TestBroker.start();
  const publisher = await broker.connect({ clientId: "pub" });
  const client = await broker.connect(durable(5, "c"));
  await client.subscribe([{ topic: "rap", qos: 1, rap: true }, { topic: "plain", qos: 1 }]);
  await client.disconnect();
  for (const topic of ["rap", "plain"]) {
    for (const retain of [true, false]) await publisher.publish(topic, "x", { qos: 1, retain });
  }
  const again = await broker.connect(durable(5, "c"));
  assert.deepEqual(
    (await receiveAll(again)).map(({ topic, retain }) => [topic, retain]),
    [["rap", true], ["rap", false], ["plain", false], ["plain", false]],
  );
});

Deno.test("a message sent because it is retained has RETAIN 1 whatever Retain As Published says (5.0)", async () => {
  await using broker = await TestBroker.start();
  const publisher = await broker.connect({ clientId: "pub" });
  await publisher.publish("a", "kept", { retain: true });
  const client = await broker.connect({ clientId: "c" });
  for (const rap of [false, true]) {
    await client.subscribe([{ topic: "a", rap }]);
    await client.expect("publish", { payload: "kept", retain: true });
  }
});

// No Local

Deno.test("[MQTT-3.8.3-3] No Local keeps a client's own messages away, at each QoS (5.0)", async () => {
  await using broker = await TestBroker.start();
  const own = await broker.connect({ clientId: "own" });
  const other = await broker.connect({ clientId: "other" });
  await own.subscribe([{ topic: "a/#", qos: 2, nl: true }]);
  await other.subscribe([{ topic: "a/#", qos: 2, nl: true }]);
  for (const qos of [0, 1, 2] as const) {
    await publish(own, "a/b", `${qos}`, { qos });
    await receive(other, { payload: `${qos}`, qos });
    await own.expectNothing();
    await publish(other, "a/b", `${qos}`, { qos });
    await receive(own, { payload: `${qos}`, qos });
    await other.expectNothing();
  }
});

testVersions(
  "without No Local a client gets its own messages",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    await client.subscribe("a");
    await client.publish("a", "mine");
    await client.expect("publish", { payload: "mine" });
  },
);

Deno.test("[MQTT-3.8.3-3] it is the client id that counts: the next connection's messages are local, too (5.0)", async () => {
  await using broker = await TestBroker.start();
  const first = await broker.connect(durable(5, "c"));
  await first.subscribe([{ topic: "a", qos: 1, nl: true }]);
  await first.abort();
  const next = await broker.connect(durable(5, "c"));
  await next.publish("a", "still mine", { qos: 1 });
  await next.expectNothing();
});

Deno.test("[MQTT-3.8.3-3] an overlapping subscription without No Local gets the message, with its own QoS and identifier (5.0)", async () => {
  await using broker = await TestBroker.start();
  const client = await broker.connect({ clientId: "c" });
  await client.subscribe([{ topic: "a/#", qos: 2, nl: true, rap: true }], {
    properties: { subscriptionIdentifier: 1 },
  });
  await client.subscribe([{ topic: "a/b", qos: 1 }], {
    properties: { subscriptionIdentifier: 2 },
  });
  await client.send({ cmd: "publish", topic: "a/b", qos: 2, messageId: 9, retain: true });
  const packets = await client.untilPing();
  const own = packets.find(({ cmd }) => cmd === "publish") as PacketOf<"publish">;
  assert.deepEqual([own.qos, own.retain, identifiers(own)], [1, false, [2]]);
  assert.equal(packets.length, 2); // and the PUBREC
  await acknowledge(client, own);
  await client.release(9);
  const publisher = await broker.connect({ clientId: "pub" });
  await publish(publisher, "a/b", "x", { qos: 2, retain: true });
  const foreign = await receive(client);
  assert.deepEqual([foreign.qos, foreign.retain, identifiers(foreign)], [2, true, [1, 2]]);
});

Deno.test("[MQTT-3.8.3-3] No Local can be switched on and off by subscribing again (5.0)", async () => {
  await using broker = await TestBroker.start();
  const client = await broker.connect({ clientId: "c" });
  for (const nl of [true, false, true]) {
    await client.subscribe([{ topic: "a", nl }]);
    await client.publish("a", "x");
    if (!nl) await client.expect("publish", { payload: "x" });
    await client.expectNothing();
  }
});

Deno.test("[MQTT-3.8.3-3] PUBACK says that nobody matched when only the publisher did (5.0)", async () => {
  await using broker = await TestBroker.start();
  const client = await broker.connect({ clientId: "c" });
  await client.subscribe([{ topic: "a", nl: true }]);
  const puback = await client.publish("a", "x", { qos: 1 });
  assert.equal(puback?.reasonCode, 0x10);
});

Deno.test("No Local does not keep retained messages away, whoever published them (5.0)", async () => {
  await using broker = await TestBroker.start();
  const client = await broker.connect({ clientId: "c" });
  await client.publish("a", "mine", { retain: true });
  await client.subscribe([{ topic: "a", nl: true }]);
  await client.expect("publish", { payload: "mine", retain: true });
});

Deno.test("[MQTT-3.8.3-4] No Local on a shared subscription ends the connection, and nothing of the SUBSCRIBE holds (5.0)", async () => {
  await using broker = await TestBroker.start();
  const client = await broker.connect(durable(5, "c"));
  await client.send({
    cmd: "subscribe",
    messageId: 1,
    subscriptions: [
      { topic: "a", qos: 0 },
      { topic: "$share/g/a", qos: 0, nl: true },
    ],
  });
  await expectEnded(client, 0x82);
  assert.equal(broker.broker.inspector.counts().subscriptions, 0);
});

// Overlapping subscriptions and identifiers

testVersions(
  "[MQTT-3.3.4-2] overlapping subscriptions get one message, at the highest of their QoS",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    await client.subscribe([
      { topic: "a/b", qos: 0 },
      { topic: "a/+", qos: 2 },
      { topic: "a/#", qos: 1 },
      { topic: "#", qos: 0 },
    ]);
    for (const qos of [0, 1, 2] as const) {
      await publish(publisher, "a/b", "x", { qos });
      await receive(client, { qos });
      await client.expectNothing();
    }
    await publish(publisher, "a/b/c", "x", { qos: 2 });
    await receive(client, { qos: 1 });
    await client.expectNothing();
  },
);

testVersions(
  "[MQTT-3.3.4-2] the QoS of an overlap follows its subscriptions as they come and go",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    await client.subscribe([{ topic: "a/b", qos: 0 }, { topic: "a/+", qos: 2 }]);
    await client.unsubscribe("a/+");
    await publish(publisher, "a/b", "x", { qos: 2 });
    await receive(client, { qos: 0 });
    await client.subscribe([{ topic: "#", qos: 1 }]);
    await publish(publisher, "a/b", "x", { qos: 2 });
    await receive(client, { qos: 1 });
    await client.expectNothing();
  },
);

Deno.test("[MQTT-3.3.4-3] [MQTT-3.3.4-4] one copy has the identifiers of all matching subscriptions that have one (5.0)", async () => {
  await using broker = await TestBroker.start();
  const publisher = await broker.connect({ clientId: "pub" });
  const client = await broker.connect({ clientId: "c" });
  const subscriptions: [string, number | undefined][] = [
    ["a/b", 1],
    ["a/+", 268_435_455],
    ["a/#", undefined],
    ["#", 300],
    ["a/c", 4],
  ];
  for (const [topic, subscriptionIdentifier] of subscriptions) {
    const properties = subscriptionIdentifier === undefined ? {} : { subscriptionIdentifier };
    await client.subscribe([{ topic, qos: 1 }], { properties });
  }
  const expected: [string, number[]][] = [
    ["a/b", [1, 300, 268_435_455]],
    ["a/c", [4, 300, 268_435_455]],
    ["a/b/c", [300]],
    ["b", [300]],
  ];
  for (const [topic, ids] of expected) {
    for (const qos of [0, 1] as const) {
      await publisher.publish(topic, "x", { qos });
      assert.deepEqual(identifiers(await receive(client, { topic, qos })), ids);
      await client.expectNothing();
    }
  }
});

Deno.test("[MQTT-3.3.4-3] a subscription without identifier adds none, and a replacement takes the new one (5.0)", async () => {
  await using broker = await TestBroker.start();
  const publisher = await broker.connect({ clientId: "pub" });
  const client = await broker.connect({ clientId: "c" });
  for (const subscriptionIdentifier of [undefined, 7, 8, undefined]) {
    const properties = subscriptionIdentifier === undefined ? {} : { subscriptionIdentifier };
    await client.subscribe("a", { properties });
    await publisher.publish("a", "x");
    const ids = subscriptionIdentifier === undefined ? [] : [subscriptionIdentifier];
    assert.deepEqual(identifiers(await client.expect("publish")), ids);
  }
});

Deno.test("[MQTT-3.3.4-4] an identifier comes once for each subscription that has it (5.0)", async () => {
  await using broker = await TestBroker.start();
  const client = await broker.connect({ clientId: "c" });
  const properties = { subscriptionIdentifier: 5 };
  await client.subscribe(["a/b", "a/+"], { properties });
  await client.publish("a/b", "x");
  assert.deepEqual(identifiers(await client.expect("publish")), [5, 5]);
});

Deno.test("[MQTT-3.3.4-3] retained messages carry the identifier of the subscription that asked for them (5.0)", async () => {
  await using broker = await TestBroker.start();
  const client = await broker.connect({ clientId: "c" });
  await client.publish("a/b", "kept", { retain: true });
  await client.subscribe("a/b", { properties: { subscriptionIdentifier: 1 } });
  assert.deepEqual(identifiers(await client.expect("publish", { retain: true })), [1]);
  await client.subscribe("a/+", { properties: { subscriptionIdentifier: 2 } });
  assert.deepEqual(identifiers(await client.expect("publish", { retain: true })), [2]);
  await client.subscribe("#");
  assert.deepEqual(identifiers(await client.expect("publish", { retain: true })), []);
});

Deno.test("[MQTT-3.3.4-5] each of several copies has the identifier of its own subscription (5.0)", async () => {
  await using broker = await TestBroker.start();
  const client = await broker.connect({ clientId: "c" });
  const filters = ["a", "$share/g/a", "$share/h/a", "$share/none/a"];
  for (const [index, filter] of filters.entries()) {
    const properties = index === 3 ? {} : { subscriptionIdentifier: index + 1 };
    await client.subscribe(filter, { properties });
  }
  await client.publish("a", "x");
  const found = (await receiveAll(client)).map(identifiers);
  assert.deepEqual(found.map((ids) => ids[0] ?? 0).sort(), [0, 1, 2, 3]);
  assert.ok(found.every((ids) => ids.length <= 1));
});

Deno.test("[MQTT-3.3.4-3] identifiers are kept with queued messages, as they were when the message came (5.0)", async () => {
  await using broker = await TestBroker.start();
  const publisher = await broker.connect({ clientId: "pub" });
  const client = await broker.connect(durable(5, "c"));
  await client.subscribe("a/b", { qos: 1, properties: { subscriptionIdentifier: 1 } });
  await client.subscribe("a/+", { qos: 1, properties: { subscriptionIdentifier: 2 } });
  await client.disconnect();
  await publisher.publish("a/b", "x", { qos: 1 });
  const again = await broker.connect(durable(5, "c"));
  const sent = await again.expect("publish");
  assert.deepEqual(identifiers(sent), [1, 2]);
  await again.abort();
  const third = await broker.connect(durable(5, "c"));
  const repeated = await third.expect("publish", { dup: true });
  assert.deepEqual(identifiers(repeated), [1, 2]);
  await acknowledge(third, repeated);
});

Deno.test("[MQTT-3.3.4-6] PUBLISH with a Subscription Identifier from a client ends the connection (5.0)", async () => {
  await using broker = await TestBroker.start();
  const subscriber = await broker.connect({ clientId: "sub" });
  await subscriber.subscribe("#");
  for (const qos of [0, 1, 2] as const) {
    const client = await broker.connect({ clientId: "c" });
    await client.send({
      cmd: "publish",
      topic: "a",
      qos,
      messageId: 1,
      properties: { subscriptionIdentifier: 1 },
    });
    await expectEnded(client, 0x82);
  }
  await subscriber.expectNothing();
});

testVersions("3.x clients get no identifiers of anybody", [3, 4], async (version) => {
  await using broker = await TestBroker.start();
  const old = await broker.connect({ clientId: "old", protocolVersion: version });
  const modern = await broker.connect({ clientId: "modern" });
  await old.subscribe("a/+");
  await modern.subscribe("a/+", { properties: { subscriptionIdentifier: 3 } });
  await old.publish("a/b", "x");
  await old.expect("publish", { payload: "x" });
  assert.deepEqual([...old.lastBytes], [0x30, 6, 0, 3, 0x61, 0x2f, 0x62, 0x78]);
  assert.deepEqual(identifiers(await modern.expect("publish", { payload: "x" })), [3]);
});

Deno.test("a session that comes back with 3.1.1 keeps the subscriptions that it made with 5.0, without identifiers", async () => {
  await using broker = await TestBroker.start();
  const modern = await broker.connect(durable(5, "c"));
  await modern.subscribe([{ topic: "a", qos: 1, nl: true, rap: true }], {
    properties: { subscriptionIdentifier: 3 },
  });
  await modern.disconnect();
  const publisher = await broker.connect({ clientId: "pub" });
  await publisher.publish("a", "x", { qos: 1, retain: true });
  const old = await broker.connect(durable(4, "c"));
  await receive(old, { payload: "x", retain: true });
  await old.publish("a", "mine");
  await old.expectNothing();
});
