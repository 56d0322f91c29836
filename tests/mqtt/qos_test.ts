/** The exchanges of QoS 0, 1 and 2, the broker on either side: MQTT 5.0 section 4.3. */
import assert from "#assert";
import { ReasonCode } from "../../src/mqtt/reason_code.ts";
import { MemoryStore } from "../../src/storage/memory.ts";
import { expectDisconnected } from "../support/endings.ts";
import { durable, payloads, publish, receive, receiveAll } from "../support/exchange.ts";
import type { RawClient } from "../support/raw_client.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

type Version = 3 | 4 | 5;

/** Not to be told from another code in the answer of 3.x. */
function code(answer: { reasonCode?: number } | undefined): number {
  return answer?.reasonCode ?? 0;
}

async function pair(
  broker: TestBroker,
  protocolVersion: Version,
): Promise<{ subscriber: RawClient; publisher: RawClient }> {
  const subscriber = await broker.connect(durable(protocolVersion, "sub"));
  await subscriber.subscribe("#", { qos: 2 });
  const publisher = await broker.connect({ clientId: "pub", protocolVersion });
  return { subscriber, publisher };
}

/** The subscriber is back; nothing was said about what it had not acknowledged. */
async function reconnect(broker: TestBroker, subscriber: RawClient): Promise<RawClient> {
  await subscriber.close();
  return broker.connect(durable(subscriber.protocolVersion, "sub"));
}

function accounting(broker: TestBroker) {
  return broker.broker.inspector.accounting();
}

// QoS 0

testVersions(
  "[MQTT-4.3.1-1] [MQTT-3.3.1-2] QoS 0 is sent once, without DUP",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const { subscriber, publisher } = await pair(broker, version);
    await publisher.publish("a", "x");
    await subscriber.expect("publish", { qos: 0, dup: false, messageId: undefined });
    assert.equal(subscriber.lastBytes[0], 0x30);
    const again = await reconnect(broker, subscriber);
    await again.expectNothing();
  },
);

// QoS 1, the broker sends

testVersions(
  "[MQTT-4.3.2-1] [MQTT-4.3.2-2] [MQTT-2.2.1-4] QoS 1 is sent with an id of its own, without DUP",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const { subscriber, publisher } = await pair(broker, version);
    const ids = new Set<number>();
    for (let index = 0; index < 20; index++) {
      await publisher.publish("a", "x", { qos: 1 });
      const { messageId } = await subscriber.expect("publish", { qos: 1, dup: false });
      assert.ok(messageId! > 0 && !ids.has(messageId!));
      ids.add(messageId!);
    }
  },
);

testVersions(
  "[MQTT-4.3.2-3] [MQTT-4.4.0-1] QoS 1 is unacknowledged until its PUBACK, in any order",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const { subscriber, publisher } = await pair(broker, version);
    const ids: number[] = [];
    for (const payload of ["1", "2", "3", "4"]) {
      await publisher.publish("a", payload, { qos: 1 });
      ids.push((await subscriber.expect("publish", { payload })).messageId!);
    }
    await subscriber.send({ cmd: "puback", messageId: ids[2]! });
    await subscriber.send({ cmd: "puback", messageId: ids[0]! });
    await subscriber.ping();
    assert.equal(accounting(broker).inFlight, 2);
    const again = await reconnect(broker, subscriber);
    await receive(again, { payload: "2", messageId: ids[1]!, dup: true });
    await receive(again, { payload: "4", messageId: ids[3]!, dup: true });
    await again.expectNothing();
    const last = await reconnect(broker, again);
    await last.expectNothing();
    assert.equal(accounting(broker).delivered, 4);
  },
);

// QoS 1, the broker receives

testVersions(
  "[MQTT-4.3.2-4] PUBACK has the id of its PUBLISH",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const { subscriber, publisher } = await pair(broker, version);
    for (const messageId of [7, 65_535, 1]) {
      await publisher.send({ cmd: "publish", topic: "a", payload: "x", qos: 1, messageId });
      await publisher.expect("puback", { messageId });
      await receive(subscriber, { payload: "x" });
    }
  },
);

testVersions(
  "[MQTT-4.3.2-5] After PUBACK the same id is a new message, with or without DUP",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const { subscriber, publisher } = await pair(broker, version);
    for (const dup of [false, false, true, true]) {
      await publisher.publish("a", `${dup}`, { qos: 1, messageId: 7, dup });
      await receive(subscriber, { payload: `${dup}`, dup: false });
    }
  },
);

// QoS 2, the broker sends

testVersions(
  "[MQTT-4.3.3-1] [MQTT-4.3.3-2] [MQTT-2.2.1-4] QoS 2 is sent with an id of its own, without DUP",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const { subscriber, publisher } = await pair(broker, version);
    const ids = new Set<number>();
    for (let index = 0; index < 20; index++) {
      await publish(publisher, "a", "x", { qos: 2 });
      const { messageId } = await subscriber.expect("publish", { qos: 2, dup: false });
      assert.ok(messageId! > 0 && !ids.has(messageId!));
      ids.add(messageId!);
      // The id stays in use until PUBCOMP.
      await subscriber.send({ cmd: "pubrec", messageId: messageId! });
      await subscriber.expect("pubrel", { messageId: messageId! });
    }
  },
);

testVersions(
  "[MQTT-4.3.3-3] QoS 2 is unacknowledged until its PUBREC",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const { subscriber, publisher } = await pair(broker, version);
    await publish(publisher, "a", "x", { qos: 2 });
    const { messageId } = await subscriber.expect("publish", { payload: "x" });
    const again = await reconnect(broker, subscriber);
    await receive(again, { payload: "x", qos: 2, dup: true, messageId: messageId! });
    const last = await reconnect(broker, again);
    await last.expectNothing();
  },
);

testVersions(
  "[MQTT-4.3.3-4] [MQTT-4.3.3-5] [MQTT-4.3.3-6] After PUBREC only PUBREL is sent, until PUBCOMP",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const { subscriber, publisher } = await pair(broker, version);
    await publish(publisher, "a", "x", { qos: 2 });
    const messageId = (await subscriber.expect("publish", { payload: "x" })).messageId!;
    await subscriber.send({ cmd: "pubrec", messageId });
    await subscriber.expect("pubrel", { messageId });
    assert.deepEqual([...subscriber.lastBytes], [0x62, 2, messageId >> 8, messageId & 0xff]);
    // A PUBREC that is repeated gets its PUBREL again.
    await subscriber.send({ cmd: "pubrec", messageId });
    await subscriber.expect("pubrel", { messageId });
    const again = await reconnect(broker, subscriber);
    await again.expect("pubrel", { messageId });
    await again.expectNothing();
    assert.equal(accounting(broker).delivered, 0);
    await again.send({ cmd: "pubcomp", messageId });
    await again.ping();
    assert.equal(accounting(broker).delivered, 1);
    const last = await reconnect(broker, again);
    await last.expectNothing();
  },
);

testVersions(
  "[MQTT-4.3.3-2] [MQTT-4.3.3-4] [MQTT-4.3.3-11] The exchange of a session that is not kept",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const [subscriber, publisher] = [
      await broker.connect({ protocolVersion: version, clientId: "sub" }),
      await broker.connect({ protocolVersion: version, clientId: "pub" }),
    ];
    await subscriber.subscribe("a", { qos: 2 });
    // The first message makes the topic known, which the later ones profit from.
    for (const messageId of [7, 8, 9]) {
      const payload = `message ${messageId}`;
      await publisher.send({ cmd: "publish", topic: "a", payload, qos: 2, messageId });
      await publisher.expect("pubrec", { messageId });
      const received = await subscriber.expect("publish", { payload, qos: 2, dup: false });
      await subscriber.send({ cmd: "pubrec", messageId: received.messageId! });
      await subscriber.expect("pubrel", { messageId: received.messageId! });
      await subscriber.send({ cmd: "pubcomp", messageId: received.messageId! });
      // Until PUBREL the packet id means the same message.
      await publisher.send({ cmd: "publish", topic: "a", payload, qos: 2, messageId });
      await publisher.expect("pubrec", { messageId });
      await subscriber.expectNothing();
      await publisher.send({ cmd: "pubrel", messageId });
      await publisher.expect("pubcomp", { messageId });
    }
    assert.equal(accounting(broker).delivered, 3);
  },
);

testVersions(
  "[MQTT-4.3.3-6] Also after a restart of the broker PUBLISH does not come again",
  [3, 4, 5],
  async (version) => {
    const store = new MemoryStore();
    const first = await TestBroker.start({ store });
    const { subscriber, publisher } = await pair(first, version);
    await publish(publisher, "a", "released", { qos: 2 });
    await publish(publisher, "a", "sent", { qos: 2 });
    const released = (await subscriber.expect("publish", { payload: "released" })).messageId!;
    const sent = (await subscriber.expect("publish", { payload: "sent" })).messageId!;
    await subscriber.send({ cmd: "pubrec", messageId: released });
    await subscriber.expect("pubrel");
    await first.stop();
    await using second = await TestBroker.start({ store });
    const again = await second.connect(durable(version, "sub"));
    await again.expect("pubrel", { messageId: released });
    await again.send({ cmd: "pubcomp", messageId: released });
    await receive(again, { payload: "sent", messageId: sent, dup: true });
    await again.expectNothing();
  },
);

// QoS 2, the broker receives

testVersions(
  "[MQTT-4.3.3-8] [MQTT-4.3.3-11] PUBREC and PUBCOMP have the id of the PUBLISH",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const { subscriber, publisher } = await pair(broker, version);
    for (const messageId of [7, 65_535, 1]) {
      await publisher.send({ cmd: "publish", topic: "a", payload: "x", qos: 2, messageId });
      await publisher.expect("pubrec", { messageId });
      await receive(subscriber, { payload: "x", qos: 2 });
      await publisher.send({ cmd: "pubrel", messageId });
      await publisher.expect("pubcomp", { messageId });
      assert.deepEqual([...publisher.lastBytes], [0x70, 2, messageId >> 8, messageId & 0xff]);
    }
  },
);

testVersions(
  "[MQTT-4.3.3-10] [MQTT-4.3.3-12] Until PUBREL the same id is the same message, then a new one",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const { subscriber, publisher } = await pair(broker, version);
    for (const payload of ["first", "second"]) {
      await publisher.publish("a", payload, { qos: 2, messageId: 7 });
      await receive(subscriber, { payload });
      for (const dup of [true, false]) {
        const answer = await publisher.publish("a", payload, { qos: 2, messageId: 7, dup });
        assert.equal(code(answer), 0);
      }
      await publisher.release(7);
      await subscriber.expectNothing();
    }
    assert.equal(accounting(broker).matched, 2);
  },
);

testVersions(
  "[MQTT-4.3.3-10] The id is remembered on the next connection of the publisher",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const { subscriber } = await pair(broker, version);
    const first = await broker.connect(durable(version, "durable pub"));
    await first.publish("a", "x", { qos: 2, messageId: 7 });
    await receive(subscriber, { payload: "x" });
    await first.abort();
    const second = await broker.connect(durable(version, "durable pub"));
    await second.publish("a", "x", { qos: 2, messageId: 7, dup: true });
    await second.release(7);
    await subscriber.expectNothing();
    await second.publish("a", "y", { qos: 2, messageId: 7 });
    await receive(subscriber, { payload: "y" });
  },
);

testVersions(
  "[MQTT-4.3.3-10] [MQTT-4.3.3-12] The id is remembered across a restart, and freed for good",
  [3, 4, 5],
  async (version) => {
    const store = new MemoryStore();
    const first = await TestBroker.start({ store });
    const { subscriber } = await pair(first, version);
    const publisher = await first.connect(durable(version, "durable pub"));
    await publisher.publish("a", "kept", { qos: 2, messageId: 7 });
    await publisher.publish("a", "done", { qos: 2, messageId: 8 });
    await publisher.release(8);
    assert.deepEqual(payloads(await receiveAll(subscriber)), ["kept", "done"]);
    await first.stop();
    await using second = await TestBroker.start({ store });
    const subscriberAgain = await second.connect(durable(version, "sub"));
    const again = await second.connect(durable(version, "durable pub"));
    await again.publish("a", "kept", { qos: 2, messageId: 7, dup: true });
    await again.publish("a", "new", { qos: 2, messageId: 8 });
    assert.deepEqual(payloads(await receiveAll(subscriberAgain)), ["new"]);
    await again.release(7);
    await again.release(8);
  },
);

testVersions(
  "[MQTT-4.3.3-12] A session that ended has forgotten its ids",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const { subscriber } = await pair(broker, version);
    for (const payload of ["1", "2"]) {
      const publisher = await broker.connect({ clientId: "again", protocolVersion: version });
      await publisher.publish("a", payload, { qos: 2, messageId: 7, dup: payload === "2" });
      await receive(subscriber, { payload });
      await publisher.abort();
    }
  },
);

Deno.test("[MQTT-4.3.3-9] An id that was refused is a new message next time (5.0)", async () => {
  let allowed = false;
  const authorizer = { publish: () => allowed, subscribe: () => true };
  await using broker = await TestBroker.start({ authorizer });
  const { subscriber, publisher } = await pair(broker, 5);
  for (const answer of [ReasonCode.NotAuthorized, ReasonCode.NotAuthorized, 0]) {
    allowed = answer === 0;
    const pubrec = await publisher.publish("a", "x", { qos: 2, messageId: 7 });
    assert.equal(code(pubrec), answer);
  }
  await receive(subscriber, { payload: "x" });
  // While it is not released, nobody is asked about it again.
  allowed = false;
  assert.equal(code(await publisher.publish("a", "x", { qos: 2, messageId: 7, dup: true })), 0);
  assert.equal(code(await publisher.release(7)), 0);
  await subscriber.expectNothing();
});

testVersions(
  "[MQTT-4.3.3-11] PUBREL of an id that is not known is answered, in 5.0 with 0x92",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    for (let round = 0; round < 2; round++) {
      const pubcomp = await client.release(9);
      assert.equal(code(pubcomp), version === 5 ? ReasonCode.PacketIdentifierNotFound : 0);
    }
  },
);

testVersions(
  "The ids of the two directions have nothing to do with each other",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    await client.subscribe("#", { qos: 2 });
    await client.send({ cmd: "publish", topic: "a", payload: "x", qos: 2, messageId: 1 });
    const { messageId } = await client.expect("publish", { payload: "x" });
    assert.equal(messageId, 1);
    await client.expect("pubrec", { messageId: 1 });
    await client.send({ cmd: "pubrec", messageId: 1 });
    await client.expect("pubrel", { messageId: 1 });
    await client.release(1);
    await client.send({ cmd: "publish", topic: "a", payload: "y", qos: 2, messageId: 1 });
    const second = await client.expect("publish", { payload: "y" });
    assert.notEqual(second.messageId, 1, "the broker's own 1 awaits its PUBCOMP");
  },
);

// Answers that do not fit

const WRONG_ANSWERS = [
  ["PUBREC", 1, "pubrec"],
  ["PUBCOMP", 1, "pubcomp"],
  ["PUBACK", 2, "puback"],
  ["PUBCOMP", 2, "pubcomp"],
] as const;

for (const [name, qos, cmd] of WRONG_ANSWERS) {
  testVersions(`${name} for a message of QoS ${qos} ends the connection`, [3, 4, 5], async (v) => {
    await using broker = await TestBroker.start();
    const { subscriber, publisher } = await pair(broker, v);
    await publish(publisher, "a", "x", { qos });
    const { messageId } = await subscriber.expect("publish", { qos });
    await subscriber.send({ cmd, messageId: messageId! });
    await expectDisconnected(subscriber, ReasonCode.ProtocolError);
    // The message is not lost over it.
    const again = await broker.connect(durable(v, "sub"));
    await receive(again, { payload: "x", messageId: messageId!, dup: true });
  });
}

testVersions("PUBACK after PUBREC ends the connection", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start();
  const { subscriber, publisher } = await pair(broker, version);
  await publish(publisher, "a", "x", { qos: 2 });
  const messageId = (await subscriber.expect("publish", { qos: 2 })).messageId!;
  await subscriber.send({ cmd: "pubrec", messageId });
  await subscriber.expect("pubrel");
  await subscriber.send({ cmd: "puback", messageId });
  await expectDisconnected(subscriber, ReasonCode.ProtocolError);
});

testVersions("PUBACK and PUBCOMP for nothing are ignored", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start();
  const { subscriber, publisher } = await pair(broker, version);
  for (const cmd of ["puback", "pubcomp"] as const) await subscriber.send({ cmd, messageId: 9 });
  await publish(publisher, "a", "x", { qos: 1 });
  const message = await receive(subscriber, { payload: "x" });
  await subscriber.send({ cmd: "puback", messageId: message.messageId! });
  await subscriber.expectNothing();
  assert.equal(accounting(broker).delivered, 1);
});

testVersions("PUBREC for nothing is answered, in 5.0 with 0x92", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start();
  const client = await broker.connect({ clientId: "c", protocolVersion: version });
  await client.send({ cmd: "pubrec", messageId: 9 });
  const pubrel = await client.expect("pubrel", { messageId: 9 });
  assert.equal(code(pubrel), version === 5 ? ReasonCode.PacketIdentifierNotFound : 0);
  if (version === 5) {
    await client.send({ cmd: "pubrec", messageId: 9, reasonCode: ReasonCode.UnspecifiedError });
  }
  await client.expectNothing();
});

// Messages that the client refuses

for (const [qos, cmd] of [[1, "puback"], [2, "pubrec"]] as const) {
  Deno.test(`[MQTT-4.4.0-2] A ${cmd.toUpperCase()} of 0x80 or more ends the delivery (5.0)`, async () => {
    await using broker = await TestBroker.start({ limits: { inflightMax: 1 } });
    const { subscriber, publisher } = await pair(broker, 5);
    await publish(publisher, "a", "refused", { qos });
    const { messageId } = await subscriber.expect("publish", { payload: "refused" });
    await publish(publisher, "a", "next", { qos });
    await subscriber.send({ cmd, messageId: messageId!, reasonCode: ReasonCode.QuotaExceeded });
    await subscriber.expect("publish", { payload: "next" });
    await subscriber.expectNothing();
    const again = await reconnect(broker, subscriber);
    await receive(again, { payload: "next", dup: true });
    await again.expectNothing();
    const { dropped, delivered } = accounting(broker);
    assert.deepEqual([dropped.refused_by_receiver, delivered], [1, 1]);
  });
}

Deno.test("A PUBREC of 0x80 or more after PUBREL ends the delivery (5.0)", async () => {
  await using broker = await TestBroker.start();
  const { subscriber, publisher } = await pair(broker, 5);
  await publish(publisher, "a", "x", { qos: 2 });
  const messageId = (await subscriber.expect("publish")).messageId!;
  await subscriber.send({ cmd: "pubrec", messageId });
  await subscriber.expect("pubrel");
  await subscriber.send({ cmd: "pubrec", messageId, reasonCode: ReasonCode.UnspecifiedError });
  const again = await reconnect(broker, subscriber);
  await again.expectNothing();
  assert.equal(accounting(broker).dropped.refused_by_receiver, 1);
});

Deno.test("A PUBCOMP with 0x92 completes: the client has let go before (5.0)", async () => {
  await using broker = await TestBroker.start();
  const { subscriber, publisher } = await pair(broker, 5);
  await publish(publisher, "a", "x", { qos: 2 });
  const messageId = (await subscriber.expect("publish")).messageId!;
  await subscriber.send({ cmd: "pubrec", messageId });
  await subscriber.expect("pubrel");
  const reasonCode = ReasonCode.PacketIdentifierNotFound;
  await subscriber.send({ cmd: "pubcomp", messageId, reasonCode });
  const again = await reconnect(broker, subscriber);
  await again.expectNothing();
  assert.equal(accounting(broker).delivered, 1);
});
