/** Topic aliases in both directions: MQTT 5.0 section 3.3.2.3.4. */
import assert from "#assert";
import { ReasonCode } from "../../src/mqtt/reason_code.ts";
import { packetBytes } from "../support/bytes.ts";
import { expectDisconnected } from "../support/endings.ts";
import { durable, publish, receive } from "../support/exchange.ts";
import type { PublishOptions, RawClient } from "../support/raw_client.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

function alias(topicAlias: number): PublishOptions {
  return { properties: { topicAlias } };
}

/** A subscriber of everything that allows no aliases itself, and a publisher. */
async function pair(broker: TestBroker): Promise<{ subscriber: RawClient; publisher: RawClient }> {
  const subscriber = await broker.connect({ clientId: "sub" });
  await subscriber.subscribe("#", { qos: 2 });
  return { subscriber, publisher: await broker.connect(durable(5, "pub")) };
}

// Aliases that the client sets

Deno.test("[MQTT-3.3.2-12] The first use of an alias sets it, later ones stand for the topic (5.0)", async () => {
  await using broker = await TestBroker.start();
  const { subscriber, publisher } = await pair(broker);
  await publisher.publish("a/b", "1", alias(1));
  await receive(subscriber, { topic: "a/b", payload: "1", properties: undefined });
  for (const qos of [0, 1, 2] as const) {
    await publish(publisher, "", `${qos}`, { qos, ...alias(1) });
    await receive(subscriber, { topic: "a/b", payload: `${qos}`, qos, properties: undefined });
  }
});

Deno.test("[MQTT-3.3.2-12] Every alias up to the Topic Alias Maximum is taken (5.0)", async () => {
  await using broker = await TestBroker.start({ limits: { topicAliasMaximum: 5 } });
  const subscriber = await broker.connect({ clientId: "sub" });
  await subscriber.subscribe("#");
  const publisher = await broker.client();
  const { properties } = await publisher.connect({ clientId: "pub" });
  assert.equal(properties!.topicAliasMaximum, 5);
  for (const number of [5, 1, 3, 2, 4]) {
    await publisher.publish(`t/${number}`, "x", alias(number));
    await receive(subscriber, { topic: `t/${number}` });
  }
  for (const number of [1, 2, 3, 4, 5]) {
    await publisher.publish("", "x", alias(number));
    await receive(subscriber, { topic: `t/${number}` });
  }
});

Deno.test("An alias that is set again stands for the new topic (5.0)", async () => {
  await using broker = await TestBroker.start();
  const { subscriber, publisher } = await pair(broker);
  for (const topic of ["old", "new"]) {
    await publisher.publish(topic, "x", alias(1));
    await receive(subscriber, { topic });
    await publisher.publish("", "x", alias(1));
    await receive(subscriber, { topic });
  }
});

for (const [topicAlias, maximum] of [[0, 5], [6, 5], [65_535, 64], [1, 0]] as const) {
  Deno.test(`[MQTT-3.3.2-8] [MQTT-3.3.2-9] [MQTT-3.2.2-17] [MQTT-3.2.2-18] Alias ${topicAlias} of ${maximum} ends the connection with 0x94 (5.0)`, async () => {
    await using broker = await TestBroker.start({ limits: { topicAliasMaximum: maximum } });
    const { subscriber, publisher } = await pair(broker);
    await publisher.send({ cmd: "publish", topic: "a", ...alias(topicAlias) });
    await expectDisconnected(publisher, ReasonCode.TopicAliasInvalid);
    await subscriber.expectNothing();
  });
}

Deno.test("An alias that was never set ends the connection with 0x82 (5.0)", async () => {
  await using broker = await TestBroker.start();
  const { subscriber, publisher } = await pair(broker);
  await publisher.publish("a", "x", alias(1));
  await receive(subscriber);
  await publisher.send({ cmd: "publish", topic: "", ...alias(2) });
  await expectDisconnected(publisher, ReasonCode.ProtocolError);
  await subscriber.expectNothing();
});

Deno.test("[MQTT-3.3.2-7] An alias ends with its connection, not with its session (5.0)", async () => {
  await using broker = await TestBroker.start();
  const { subscriber, publisher } = await pair(broker);
  await publisher.publish("a", "x", alias(1));
  await receive(subscriber);
  await publisher.close();
  const again = await broker.connect(durable(5, "pub"));
  await again.send({ cmd: "publish", topic: "", ...alias(1) });
  await expectDisconnected(again, ReasonCode.ProtocolError);
  await subscriber.expectNothing();
});

Deno.test("Each connection has aliases of its own (5.0)", async () => {
  await using broker = await TestBroker.start();
  const { subscriber, publisher } = await pair(broker);
  const other = await broker.connect({ clientId: "other" });
  await publisher.publish("a", "x", alias(1));
  await receive(subscriber, { topic: "a" });
  await other.publish("b", "x", alias(1));
  await receive(subscriber, { topic: "b" });
  await publisher.publish("", "x", alias(1));
  await receive(subscriber, { topic: "a" });
  await other.publish("", "x", alias(1));
  await receive(subscriber, { topic: "b" });
});

Deno.test("An alias also sets the topic of retained, refused and repeated messages (5.0)", async () => {
  const authorizer = {
    publish: (_: unknown, topic: string) => topic !== "secret",
    subscribe: () => true,
  };
  await using broker = await TestBroker.start({ authorizer });
  const { subscriber, publisher } = await pair(broker);
  await publisher.publish("kept", "x", { retain: true, ...alias(1) });
  await receive(subscriber, { topic: "kept" });
  await publisher.publish("", "y", { retain: true, ...alias(1) });
  await receive(subscriber, { topic: "kept" });
  const newcomer = await broker.connect({ clientId: "new" });
  await newcomer.subscribe("kept");
  await receive(newcomer, { topic: "kept", payload: "y", properties: undefined });
  const refused = await publisher.publish("secret", "x", { qos: 1, ...alias(2) });
  assert.equal(refused!.reasonCode, ReasonCode.NotAuthorized);
  const again = await publisher.publish("", "x", { qos: 1, ...alias(2) });
  assert.equal(
    again!.reasonCode,
    ReasonCode.NotAuthorized,
    "the topic behind the alias is asked for",
  );
  await publisher.publish("a", "x", { qos: 2, messageId: 7 });
  await receive(subscriber, { topic: "a" });
  await publisher.publish("b", "x", { qos: 2, messageId: 7, dup: true, ...alias(3) });
  await publisher.publish("", "x", alias(3));
  await receive(subscriber, { topic: "b" });
});

testVersions("3.x has no empty topic", [3, 4], async (version) => {
  await using broker = await TestBroker.start();
  const client = await broker.connect({ clientId: "c", protocolVersion: version });
  await client.sendBytes(packetBytes(0x30, [0, 0], [0x78]));
  await client.expectClosed();
});

// Aliases that the broker assigns

/** A subscriber that allows so many aliases. */
async function allowing(broker: TestBroker, topicAliasMaximum?: number): Promise<RawClient> {
  const properties = topicAliasMaximum === undefined ? {} : { topicAliasMaximum };
  const subscriber = await broker.connect({ clientId: "sub", properties });
  await subscriber.subscribe("#", { qos: 1 });
  return subscriber;
}

/** What a receiver makes of the topics and aliases that it gets, as the specification says. */
class AliasReader {
  readonly topics = new Map<number, string>();
  constructor(readonly maximum: number) {}

  async take(subscriber: RawClient): Promise<{ topic: string; written: boolean }> {
    const { topic, properties } = await receive(subscriber);
    const number = properties?.topicAlias;
    if (number === undefined) return { topic, written: true };
    assert.ok(number >= 1 && number <= this.maximum, `alias ${number} of ${this.maximum}`);
    if (topic !== "") this.topics.set(number, topic);
    const known = this.topics.get(number);
    assert.ok(known !== undefined, `alias ${number} was never set`);
    return { topic: known!, written: topic !== "" };
  }
}

Deno.test("A topic that repeats gets an alias and is left out from then on (5.0)", async () => {
  await using broker = await TestBroker.start();
  const subscriber = await allowing(broker, 10);
  const publisher = await broker.connect({ clientId: "pub" });
  for (const qos of [0, 1] as const) {
    const topic = `long/topic/${qos}`;
    for (const written of [true, true, false, false]) {
      await publish(publisher, topic, "x", { qos });
      await receive(subscriber, { topic: written ? topic : "", payload: "x", qos });
    }
  }
  const last = packetBytes(0x32, [0, 0], [0, 4], [3, 0x23, 0, 2], [0x78]);
  assert.equal(subscriber.lastBytes.toHex(), last.toHex());
});

for (const topicAliasMaximum of [undefined, 0]) {
  Deno.test(`[MQTT-3.1.2-27] Without Topic Alias Maximum (${topicAliasMaximum}) none is sent (5.0)`, async () => {
    await using broker = await TestBroker.start();
    const subscriber = await allowing(broker, topicAliasMaximum);
    const publisher = await broker.connect({ clientId: "pub" });
    for (let index = 0; index < 5; index++) {
      await publish(publisher, "a", "x", { qos: index % 2 as 0 | 1 });
      await receive(subscriber, { topic: "a", properties: undefined });
    }
  });
}

for (const [clients, brokers] of [[1, 64], [3, 64], [65_535, 4]] as const) {
  Deno.test(`[MQTT-3.1.2-26] [MQTT-3.3.2-11] Of ${clients} allowed by the client and ${brokers} here no higher alias is sent (5.0)`, async () => {
    await using broker = await TestBroker.start({ limits: { topicAliasMaximum: brokers } });
    const subscriber = await allowing(broker, clients);
    const publisher = await broker.connect({ clientId: "pub" });
    const reader = new AliasReader(Math.min(clients, brokers));
    let left = 0;
    for (let index = 0; index < 200; index++) {
      // Busy topics and rare ones, more than there are aliases.
      const topic = `t/${index % 3 === 0 ? index % 7 : index % 2}`;
      await publish(publisher, topic, "x", { qos: index % 2 as 0 | 1 });
      const seen = await reader.take(subscriber);
      assert.equal(seen.topic, topic);
      if (!seen.written) left++;
    }
    assert.ok(left > 20, "aliases are of use");
  });
}

Deno.test("[MQTT-3.3.2-7] The broker starts anew on each connection of a session (5.0)", async () => {
  await using broker = await TestBroker.start();
  const options = durable(5, "sub");
  const properties = { ...options.properties, topicAliasMaximum: 10 };
  let subscriber = await broker.connect({ ...options, properties });
  await subscriber.subscribe("#", { qos: 1 });
  const publisher = await broker.connect({ clientId: "pub" });
  for (let connection = 0; connection < 2; connection++) {
    for (const written of [true, true, false]) {
      await publish(publisher, "a", "x", { qos: 1 });
      await receive(subscriber, { topic: written ? "a" : "" });
    }
    await subscriber.close();
    subscriber = await broker.connect({ ...options, properties });
  }
  // What is sent again says its topic, too.
  for (let index = 0; index < 3; index++) await publish(publisher, "a", "x", { qos: 1 });
  for (const topic of ["a", "a", ""]) await subscriber.expect("publish", { topic });
  await subscriber.close();
  subscriber = await broker.connect({ ...options, properties });
  for (const topic of ["a", "a", ""]) await subscriber.expect("publish", { topic, dup: true });
});

Deno.test("Receivers of one message each have their own alias for its topic (5.0)", async () => {
  await using broker = await TestBroker.start();
  const subscribers: RawClient[] = [];
  for (const topicAliasMaximum of [0, 1, 2, 2]) {
    const clientId = `sub${subscribers.length}`;
    const subscriber = await broker.connect({ clientId, properties: { topicAliasMaximum } });
    await subscriber.subscribe(subscribers.length === 3 ? "b/#" : "#");
    subscribers.push(subscriber);
  }
  const publisher = await broker.connect({ clientId: "pub" });
  const readers = subscribers.map((_, index) => new AliasReader([0, 1, 2, 2][index]!));
  for (let index = 0; index < 40; index++) {
    const topic = `${index % 2 === 0 ? "a" : "b"}/${index % 5}`;
    await publisher.publish(topic, "x");
    for (const [which, subscriber] of subscribers.entries()) {
      if (which === 3 && !topic.startsWith("b")) continue;
      assert.equal((await readers[which]!.take(subscriber)).topic, topic);
    }
  }
});

Deno.test("A message that is too large for the client sets no alias (5.0)", async () => {
  await using broker = await TestBroker.start();
  const subscriber = await broker.connect({
    clientId: "sub",
    properties: { topicAliasMaximum: 1, maximumPacketSize: 60 },
  });
  await subscriber.subscribe("#");
  const publisher = await broker.connect({ clientId: "pub" });
  const reader = new AliasReader(1);
  for (
    const payload of ["x", new Uint8Array(60), new Uint8Array(60), "x", new Uint8Array(60), "x"]
  ) {
    await publisher.publish("topic", payload);
    if (typeof payload === "string") assert.equal((await reader.take(subscriber)).topic, "topic");
  }
  await subscriber.expectNothing();
});

Deno.test("An alias leaves the other properties as they are (5.0)", async () => {
  await using broker = await TestBroker.start();
  const subscriber = await allowing(broker, 1);
  const publisher = await broker.connect({ clientId: "pub" });
  const properties = { contentType: "t", messageExpiryInterval: 60, userProperties: { a: "1" } };
  for (const topicAlias of [undefined, 1, 1]) {
    await publisher.publish("a", "x", { properties });
    await receive(subscriber, { properties: { ...properties, topicAlias } });
  }
});
