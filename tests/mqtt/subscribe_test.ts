/** SUBSCRIBE and SUBACK: MQTT 5.0 sections 3.8 and 3.9. */
import assert from "#assert";
import type { QoS } from "mqtt-packet";
import { expectEnded, payloads, publish, receive, receiveAll } from "../support/exchange.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

const QOS_LEVELS: readonly QoS[] = [0, 1, 2];

/** SUBSCRIBE to "a" with packet id 1: first byte and Subscription Options as given. */
function subscribeBytes(version: number, firstByte: number, options: number): Uint8Array {
  const properties = version === 5 ? [0] : [];
  const body = [0, 1, ...properties, 0, 1, 0x61, options];
  return new Uint8Array([firstByte, body.length, ...body]);
}

testVersions(
  "[MQTT-3.8.1-1] SUBSCRIBE with any flags but 0010 ends the connection",
  [4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    for (let flags = 0; flags < 16; flags++) {
      const client = await broker.connect({ protocolVersion: version });
      await client.sendBytes(subscribeBytes(version, 0x80 | flags, 0));
      if (flags === 2) await client.expect("suback", { messageId: 1, granted: [0] });
      else await expectEnded(client, 0x81);
    }
  },
);

Deno.test("SUBSCRIBE of 3.1 is a QoS 1 packet, which DUP may repeat (3.1)", async () => {
  await using broker = await TestBroker.start();
  const client = await broker.connect({ clientId: "c", protocolVersion: 3 });
  await client.sendBytes(subscribeBytes(3, 0x82, 1));
  await client.expect("suback", { granted: [1] });
  await client.sendBytes(subscribeBytes(3, 0x8a, 1));
  await client.expect("suback", { granted: [1] });
  await client.sendBytes(subscribeBytes(3, 0x84, 1));
  await client.expectClosed();
});

testVersions(
  "[MQTT-3.8.3-1] a topic filter that is not well-formed UTF-8 ends the connection",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const properties = version === 5 ? "00" : "";
    // A lone continuation byte, an overlong "/", a surrogate, U+0000, a sequence that is cut short.
    for (const text of ["80", "c0af", "eda080", "00", "e282"]) {
      const client = await broker.connect({ clientId: `c${text}`, protocolVersion: version });
      const filter = `00 ${(text.length / 2).toString(16).padStart(2, "0")} ${text}`;
      const body = `0001 ${properties} ${filter} 00`.replace(/ /g, "");
      await client.sendBytes(`82 ${(body.length / 2).toString(16).padStart(2, "0")} ${body}`);
      await expectEnded(client, 0x81);
    }
    assert.equal(broker.broker.inspector.counts().subscriptions, 0);
  },
);

testVersions(
  "[MQTT-3.8.3-2] SUBSCRIBE without a topic filter ends the connection",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    await client.sendBytes(version === 5 ? "82 03 0001 00" : "82 02 0001");
    await expectEnded(client, 0x82);
  },
);

testVersions(
  "[MQTT-3.8.3-5] reserved bits in the Subscription Options end the connection",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const reserved = version === 5 ? [0x40, 0x80, 0xc0] : [0x04, 0x08, 0x10, 0x20, 0x40, 0x80];
    for (const bits of reserved) {
      const client = await broker.connect({ clientId: `c${bits}`, protocolVersion: version });
      await client.sendBytes(subscribeBytes(version, 0x82, bits | 1));
      await expectEnded(client, 0x81);
    }
  },
);

testVersions("SUBSCRIBE that asks for QoS 3 ends the connection", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start();
  const client = await broker.connect({ clientId: "c", protocolVersion: version });
  await client.sendBytes(subscribeBytes(version, 0x82, 3));
  await expectEnded(client, 0x82);
});

Deno.test("SUBSCRIBE with Retain Handling 3 ends the connection (5.0)", async () => {
  await using broker = await TestBroker.start();
  const client = await broker.connect();
  await client.sendBytes(subscribeBytes(5, 0x82, 0x30));
  await expectEnded(client, 0x82);
});

testVersions("SUBSCRIBE with packet id 0 ends the connection", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start();
  const client = await broker.connect({ clientId: "c", protocolVersion: version });
  await client.sendBytes(version === 5 ? "82 07 0000 00 0001 61 00" : "82 06 0000 0001 61 00");
  await expectEnded(client, 0x82);
});

testVersions(
  "SUBSCRIBE that ends inside a topic filter or before its options ends the connection",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const properties = version === 5 ? "00" : "";
    for (const payload of ["0003 61", "0001 61", "0001 61 00 00"]) {
      const body = `0001 ${properties} ${payload}`.replace(/ /g, "");
      const client = await broker.connect({
        clientId: `c${payload.length}`,
        protocolVersion: version,
      });
      await client.sendBytes(`82 ${(body.length / 2).toString(16).padStart(2, "0")} ${body}`);
      await expectEnded(client, 0x81);
    }
  },
);

testVersions(
  "[MQTT-3.8.4-1] [MQTT-3.8.4-2] [MQTT-2.2.1-6] SUBACK answers with the packet id of SUBSCRIBE",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    for (const messageId of [1, 2, 0x0100, 0x7fff, 0xffff, 1]) {
      await client.send({
        cmd: "subscribe",
        messageId,
        subscriptions: [{ topic: `a/${messageId}`, qos: 0 }],
      });
      await client.expect("suback", { messageId, granted: [0] });
    }
    await client.expectNothing();
  },
);

testVersions(
  "[MQTT-3.8.4-1] SUBSCRIBE packets that come at once are answered in their order",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    const packets = [5, 3, 9].map((messageId) =>
      client.encode({ cmd: "subscribe", messageId, subscriptions: [{ topic: "a", qos: 1 }] })
    );
    await client.sendBytes(new Uint8Array(packets.flatMap((bytes) => [...bytes])));
    for (const messageId of [5, 3, 9]) await client.expect("suback", { messageId });
  },
);

testVersions(
  "[MQTT-3.8.4-5] [MQTT-3.8.4-6] [MQTT-3.8.4-7] [MQTT-3.9.3-1] [MQTT-3.9.3-2] one SUBACK has the " +
    "code of each topic filter in its place",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    const invalid = version === 5 ? 0x8f : 0x80;
    const suback = await client.subscribe([
      { topic: "two", qos: 2 },
      { topic: "not/#/valid", qos: 2 },
      { topic: "zero", qos: 0 },
      { topic: "", qos: 0 },
      { topic: "one", qos: 1 },
      { topic: "$share/nothing", qos: 1 },
      { topic: "zero/too", qos: 0 },
    ]);
    assert.deepEqual(suback.granted, [2, invalid, 0, invalid, 1, invalid, 0]);
    await client.expectNothing();
    for (const topic of ["two", "zero", "one", "zero/too"]) {
      await client.publish(topic, topic);
      await client.expect("publish", { topic });
    }
    assert.equal(broker.broker.inspector.session("c")?.subscriptions, 4);
  },
);

testVersions(
  "[MQTT-3.8.4-5] a topic filter that comes twice in one SUBSCRIBE is replaced by the second",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    const suback = await client.subscribe([
      { topic: "a", qos: 0 },
      { topic: "a", qos: 1 },
    ]);
    assert.deepEqual(suback.granted, [0, 1]);
    assert.equal(broker.broker.inspector.counts().subscriptions, 1);
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    await publish(publisher, "a", "x", { qos: 2 });
    await receive(client, { qos: 1 });
    await client.expectNothing();
  },
);

testVersions("SUBSCRIBE takes hundreds of topic filters at once", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start();
  const client = await broker.connect({ clientId: "c", protocolVersion: version });
  const filters = Array.from({ length: 700 }, (_, index) => ({
    topic: `some/topic/${index}/+`,
    qos: index % 3 as QoS,
  }));
  const suback = await client.subscribe(filters);
  assert.deepEqual(suback.granted, filters.map(({ qos }) => qos));
  await client.publish("some/topic/699/x", "last");
  await client.expect("publish", { payload: "last" });
});

testVersions(
  "[MQTT-3.8.4-7] [MQTT-3.2.2-10] SUBACK grants no more than the broker's maximum QoS",
  [3, 4, 5],
  async (version) => {
    for (const maximumQoS of QOS_LEVELS) {
      await using broker = await TestBroker.start({ limits: { maximumQoS } });
      const client = await broker.connect({ clientId: "c", protocolVersion: version });
      const suback = await client.subscribe(QOS_LEVELS.map((qos) => ({ topic: `a/${qos}`, qos })));
      assert.deepEqual(suback.granted, QOS_LEVELS.map((qos) => Math.min(qos, maximumQoS)));
    }
  },
);

testVersions(
  "[MQTT-3.8.4-8] a message comes at the lower of its own and the granted QoS",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    for (const granted of QOS_LEVELS) {
      const subscriber = await broker.connect({
        clientId: `sub${granted}`,
        protocolVersion: version,
      });
      await subscriber.subscribe(`t/${granted}`, { qos: granted });
      for (const qos of QOS_LEVELS) {
        await publish(publisher, `t/${granted}`, `${qos}`, { qos });
        await receive(subscriber, { payload: `${qos}`, qos: Math.min(qos, granted) as QoS });
      }
      await subscriber.expectNothing();
    }
  },
);

testVersions(
  "[MQTT-3.8.4-8] a retained message comes at the lower of its own and the granted QoS",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    for (const qos of QOS_LEVELS) {
      await publish(publisher, `r/${qos}`, "r", { qos, retain: true });
    }
    for (const granted of QOS_LEVELS) {
      const subscriber = await broker.connect({
        clientId: `sub${granted}`,
        protocolVersion: version,
      });
      await subscriber.subscribe("r/+", { qos: granted });
      const found = await receiveAll(subscriber);
      assert.deepEqual(
        found.map(({ topic, qos }) => [topic, qos]).sort(),
        QOS_LEVELS.map((qos) => [`r/${qos}`, Math.min(qos, granted)]),
      );
    }
  },
);

testVersions(
  "[MQTT-3.8.4-3] the same topic filter again replaces the subscription and its QoS",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    for (const qos of [0, 2, 1, 0] as const) {
      await client.subscribe("a/+", { qos });
      assert.equal(broker.broker.inspector.counts().subscriptions, 1);
      await publish(publisher, "a/b", "x", { qos: 2 });
      await receive(client, { qos });
      await client.expectNothing();
    }
  },
);

testVersions(
  "[MQTT-3.8.4-3] only the identical topic filter is replaced, not one that means the same",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    await client.subscribe(["a/+", "a/#", "+/+", "a/b", "A/b", "a/b/"]);
    assert.equal(broker.broker.inspector.counts().subscriptions, 6);
  },
);

testVersions(
  "[MQTT-3.8.4-3] a subscription and a shared one with the same topic filter are two",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    await client.subscribe(["a", "$share/g/a", "$share/h/a"]);
    assert.equal(broker.broker.inspector.counts().subscriptions, 3);
    await client.publish("a", "x");
    for (let copy = 0; copy < 3; copy++) await client.expect("publish", { payload: "x" });
    await client.expectNothing();
  },
);

testVersions(
  "[MQTT-3.8.4-4] replacing a subscription sends retained messages again and loses none under way",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    await publisher.publish("t/r", "retained", { retain: true });
    await client.subscribe("t/#", { qos: 1 });
    await client.expect("publish", { payload: "retained", retain: true });
    const expected: string[] = [];
    for (let round = 0; round < 10; round++) {
      // Some of these are in flight, unacknowledged, while the subscription is replaced.
      for (let index = 0; index < 5; index++) {
        await publisher.publish("t/x", `${round}.${index}`, { qos: 1 });
        expected.push(`${round}.${index}`);
      }
      await client.send({
        cmd: "subscribe",
        messageId: 100 + round,
        subscriptions: [{ topic: "t/#", qos: 1 }],
      });
      await publisher.publish("t/x", `${round}.x`, { qos: 1 });
      expected.push(`${round}.x`);
    }
    const found = payloads(await receiveAll(client));
    assert.equal(found.filter((text) => text === "retained").length, 10);
    assert.deepEqual(found.filter((text) => text !== "retained"), expected);
  },
);

testVersions(
  "[MQTT-3.8.4-4] what waits for a full window survives the replacement, in order",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start({ limits: { inflightMax: 2 } });
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    await client.subscribe("t", { qos: 1 });
    for (let index = 0; index < 6; index++) await publisher.publish("t", `${index}`, { qos: 1 });
    const first = await client.expect("publish", { payload: "0" });
    const second = await client.expect("publish", { payload: "1" });
    await client.subscribe("t", { qos: 1 });
    for (const { messageId } of [first, second]) {
      await client.send({ cmd: "puback", messageId: messageId! });
    }
    assert.deepEqual(payloads(await receiveAll(client)), ["2", "3", "4", "5"]);
  },
);

testVersions("SUBACK comes before the retained messages that it causes", [3, 4, 5], async (v) => {
  await using broker = await TestBroker.start();
  const publisher = await broker.connect({ clientId: "pub", protocolVersion: v });
  for (let index = 0; index < 3; index++) {
    await publisher.publish(`r/${index}`, "r", { retain: true });
  }
  const client = await broker.connect({ clientId: "c", protocolVersion: v });
  // `subscribe` fails when anything but SUBACK comes first.
  await client.subscribe("r/#");
  assert.equal((await client.untilPing()).length, 3);
});

Deno.test("[MQTT-3.9.2-1] [MQTT-3.9.2-2] SUBACK has a Reason String only where it fits (5.0)", async () => {
  await using broker = await TestBroker.start();
  const roomy = await broker.connect({ clientId: "roomy" });
  const whole = await roomy.subscribe("not#valid");
  assert.match(String(whole.properties?.reasonString), /filter/);
  const wholeSize = roomy.lastBytes.length;
  for (const maximumPacketSize of [wholeSize, wholeSize - 1]) {
    const client = await broker.connect({
      clientId: `c${maximumPacketSize}`,
      properties: { maximumPacketSize },
    });
    const suback = await client.subscribe("not#valid");
    assert.equal(suback.properties?.reasonString !== undefined, maximumPacketSize === wholeSize);
    assert.equal(suback.properties?.userProperties, undefined);
    assert.ok(client.lastBytes.length <= maximumPacketSize);
    assert.deepEqual(suback.granted, [0x8f]);
  }
});

Deno.test("[MQTT-3.1.2-29] SUBACK has no Reason String without Request Problem Information (5.0)", async () => {
  await using broker = await TestBroker.start();
  const client = await broker.connect({ properties: { requestProblemInformation: false } });
  const suback = await client.subscribe("not#valid");
  assert.deepEqual([suback.granted, suback.properties?.reasonString], [[0x8f], undefined]);
});

Deno.test("SUBACK that grants everything has no Reason String (5.0)", async () => {
  await using broker = await TestBroker.start();
  const client = await broker.connect();
  const suback = await client.subscribe("a");
  assert.equal(suback.properties?.reasonString, undefined);
});

Deno.test("a Subscription Identifier of 0, or two of them, end the connection (5.0)", async () => {
  await using broker = await TestBroker.start();
  // Property 0x0B; SUBSCRIBE may have it once, from 1 on.
  for (const properties of ["02 0b00", "04 0b01 0b02"]) {
    const body = `0001 ${properties} 0001 61 00`.replace(/ /g, "");
    const client = await broker.connect();
    await client.sendBytes(`82 ${(body.length / 2).toString(16).padStart(2, "0")} ${body}`);
    await expectEnded(client, 0x82);
  }
});

Deno.test("User Properties of SUBSCRIBE change nothing (5.0)", async () => {
  await using broker = await TestBroker.start();
  const client = await broker.connect();
  const properties = { userProperties: { a: ["1", "2"], b: "3" } };
  const suback = await client.subscribe("a", { qos: 1, properties });
  assert.deepEqual([suback.granted, suback.properties?.userProperties], [[1], undefined]);
});
