/** UNSUBSCRIBE and UNSUBACK: MQTT 5.0 sections 3.10 and 3.11. */
import assert from "#assert";
import {
  acknowledge,
  durable,
  expectEnded,
  payloads,
  publish,
  receiveAll,
} from "../support/exchange.ts";
import type { RawClient } from "../support/raw_client.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

/** UNSUBSCRIBE from "a" with packet id 1. */
function unsubscribeBytes(version: number, firstByte: number): Uint8Array {
  const properties = version === 5 ? [0] : [];
  const body = [0, 1, ...properties, 0, 1, 0x61];
  return new Uint8Array([firstByte, body.length, ...body]);
}

/** UNSUBACK says what it has to say in 5.0 only. */
async function expectUnsuback(
  client: RawClient,
  messageId: number,
  reasonCodes: number[],
): Promise<void> {
  const unsuback = await client.expect("unsuback", { messageId });
  if (client.protocolVersion === 5) assert.deepEqual(unsuback.granted, reasonCodes);
  else assert.deepEqual([...client.lastBytes], [0xb0, 2, messageId >> 8, messageId & 0xff]);
}

testVersions(
  "[MQTT-3.10.1-1] UNSUBSCRIBE with any flags but 0010 ends the connection",
  [4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    for (let flags = 0; flags < 16; flags++) {
      const client = await broker.connect({ protocolVersion: version });
      await client.sendBytes(unsubscribeBytes(version, 0xa0 | flags));
      if (flags === 2) await expectUnsuback(client, 1, [0x11]);
      else await expectEnded(client, 0x81);
    }
  },
);

Deno.test("UNSUBSCRIBE of 3.1 is a QoS 1 packet, which DUP may repeat (3.1)", async () => {
  await using broker = await TestBroker.start();
  const client = await broker.connect({ clientId: "c", protocolVersion: 3 });
  await client.sendBytes(unsubscribeBytes(3, 0xaa));
  await expectUnsuback(client, 1, []);
  await client.sendBytes(unsubscribeBytes(3, 0xa4));
  await client.expectClosed();
});

testVersions(
  "[MQTT-3.10.3-1] a topic filter that is not well-formed UTF-8 ends the connection",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const properties = version === 5 ? "00" : "";
    for (const text of ["ff", "eda080", "00", "e282"]) {
      const client = await broker.connect({ clientId: "c", protocolVersion: version });
      await client.subscribe("a");
      const filter = `00 ${(text.length / 2).toString(16).padStart(2, "0")} ${text}`;
      const body = `0001 ${properties} 0001 61 ${filter}`.replace(/ /g, "");
      await client.sendBytes(`a2 ${(body.length / 2).toString(16).padStart(2, "0")} ${body}`);
      await expectEnded(client, 0x81);
    }
  },
);

testVersions(
  "[MQTT-3.10.3-2] UNSUBSCRIBE without a topic filter ends the connection",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    await client.sendBytes(version === 5 ? "a2 03 0001 00" : "a2 02 0001");
    await expectEnded(client, 0x82);
  },
);

testVersions("UNSUBSCRIBE with packet id 0 ends the connection", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start();
  const client = await broker.connect({ clientId: "c", protocolVersion: version });
  await client.sendBytes(version === 5 ? "a2 06 0000 00 0001 61" : "a2 05 0000 0001 61");
  await expectEnded(client, 0x82);
});

testVersions(
  "[MQTT-3.10.4-1] [MQTT-3.10.4-2] UNSUBSCRIBE deletes the subscription with exactly this filter",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    await client.subscribe(["a/b"]);
    // All of these match the topic, or look alike; none is the filter.
    const others = ["a/+", "a/#", "#", "A/b", "a/b/", "/a/b", "a/b/#", "$share/g/a/b"];
    await client.unsubscribe(others);
    await client.publish("a/b", "still");
    await client.expect("publish", { payload: "still" });
    await client.unsubscribe("a/b");
    await client.publish("a/b", "no more");
    await client.expectNothing();
    assert.equal(broker.broker.inspector.counts().subscriptions, 0);
  },
);

testVersions(
  "[MQTT-3.10.4-1] a filter with wildcards is compared as text and leaves what it matches alone",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    await client.subscribe(["a/b", "a/+", "a/#"]);
    await client.unsubscribe("a/#");
    await client.unsubscribe("a/+");
    await client.publish("a/b", "x");
    await client.expect("publish", { topic: "a/b" });
    await client.publish("a/c", "x");
    await client.expectNothing();
  },
);

testVersions(
  "[MQTT-3.10.4-1] other clients keep the same subscription",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const leaving = await broker.connect({ clientId: "leaving", protocolVersion: version });
    const staying = await broker.connect({ clientId: "staying", protocolVersion: version });
    await leaving.subscribe("a");
    await staying.subscribe("a");
    await leaving.unsubscribe("a");
    await leaving.publish("a", "x");
    await staying.expect("publish", { payload: "x" });
    await leaving.expectNothing();
  },
);

testVersions(
  "[MQTT-3.10.4-1] unsubscribing from one share group leaves the others and the ordinary one",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    await client.subscribe(["a", "$share/g/a", "$share/h/a"]);
    await client.unsubscribe("$share/g/a");
    await client.publish("a", "x");
    await client.expect("publish", { payload: "x" });
    await client.expect("publish", { payload: "x" });
    await client.expectNothing();
    await client.unsubscribe(["$share/h/a", "a"]);
    await client.publish("a", "x");
    await client.expectNothing();
  },
);

testVersions(
  "[MQTT-3.10.4-3] a QoS 1 message that was started is completed after UNSUBSCRIBE",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    const client = await broker.connect(durable(version, "c"));
    await client.subscribe("a", { qos: 1 });
    await publisher.publish("a", "x", { qos: 1 });
    const { messageId } = await client.expect("publish", { payload: "x", dup: false });
    await client.unsubscribe("a");
    await client.abort();
    // Unacknowledged: it has to come again although nothing is subscribed any more.
    const again = await broker.connect(durable(version, "c"));
    const repeated = await again.expect("publish", { payload: "x", dup: true, messageId });
    await acknowledge(again, repeated);
    await again.expectNothing();
    assert.equal(broker.broker.inspector.session("c")?.inFlight, 0);
  },
);

testVersions(
  "[MQTT-3.10.4-3] a QoS 2 message that was started is completed after UNSUBSCRIBE, at each stage",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    const client = await broker.connect(durable(version, "c"));
    await client.subscribe("a", { qos: 2 });
    await publish(publisher, "a", "published", { qos: 2 });
    await publish(publisher, "a", "released", { qos: 2 });
    const published = await client.expect("publish", { payload: "published" });
    const released = await client.expect("publish", { payload: "released" });
    await client.send({ cmd: "pubrec", messageId: released.messageId! });
    await client.expect("pubrel", { messageId: released.messageId! });
    await client.unsubscribe("a");
    await client.abort();

    const again = await broker.connect(durable(version, "c"));
    const repeated = await again.untilPing();
    assert.deepEqual(
      repeated.map(({ cmd, messageId }) => [cmd, messageId]).sort(),
      [["publish", published.messageId], ["pubrel", released.messageId]],
    );
    await again.send({ cmd: "pubcomp", messageId: released.messageId! });
    await acknowledge(again, published);
    await again.expectNothing();
    assert.equal(broker.broker.inspector.session("c")?.inFlight, 0);
  },
);

testVersions(
  "UNSUBSCRIBE leaves what is queued for the session, but nothing is added",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start({ limits: { inflightMax: 1 } });
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    await client.subscribe("a", { qos: 1 });
    for (const text of ["1", "2", "3"]) await publisher.publish("a", text, { qos: 1 });
    const first = await client.expect("publish", { payload: "1" });
    await client.unsubscribe("a");
    await publisher.publish("a", "4", { qos: 1 });
    await acknowledge(client, first);
    assert.deepEqual(payloads(await receiveAll(client)), ["2", "3"]);
  },
);

testVersions(
  "[MQTT-3.10.4-4] [MQTT-3.10.4-5] [MQTT-2.2.1-6] UNSUBACK answers with the packet id, also when " +
    "nothing was subscribed",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    await client.subscribe("a");
    for (const [messageId, reasonCode] of [[1, 0], [2, 0x11], [0x0100, 0x11], [0xffff, 0x11]]) {
      await client.send({ cmd: "unsubscribe", messageId: messageId!, unsubscriptions: ["a"] });
      await expectUnsuback(client, messageId!, [reasonCode!]);
    }
    await client.expectNothing();
  },
);

testVersions(
  "[MQTT-3.10.4-6] [MQTT-3.11.3-1] [MQTT-3.11.3-2] one UNSUBACK has the code of each filter in its place",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    await client.subscribe(["a", "b", "c/#", "$share/g/d", "keep"]);
    const filters = ["b", "x", "c/#", "not/#/valid", "$share/g/d", "$share/g", "", "a", "a"];
    await client.send({ cmd: "unsubscribe", messageId: 77, unsubscriptions: filters });
    await expectUnsuback(client, 77, [0, 0x11, 0, 0x8f, 0, 0x8f, 0x8f, 0, 0x11]);
    await client.expectNothing();
    for (const topic of ["a", "b", "c/x", "d"]) await client.publish(topic, "x");
    await client.expectNothing();
    await client.publish("keep", "x");
    await client.expect("publish", { topic: "keep" });
    assert.equal(broker.broker.inspector.session("c")?.subscriptions, 1);
  },
);

testVersions("UNSUBSCRIBE takes hundreds of filters at once", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start();
  const client = await broker.connect({ clientId: "c", protocolVersion: version });
  const filters = Array.from({ length: 700 }, (_, index) => `some/topic/${index}/+`);
  await client.subscribe(filters);
  await client.send({ cmd: "unsubscribe", messageId: 7, unsubscriptions: filters });
  await expectUnsuback(client, 7, filters.map(() => 0));
  assert.equal(broker.broker.inspector.counts().subscriptions, 0);
});

testVersions("what was unsubscribed can be subscribed again", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start();
  const client = await broker.connect({ clientId: "c", protocolVersion: version });
  for (let round = 0; round < 3; round++) {
    await client.subscribe("a");
    await client.publish("a", `${round}`);
    await client.expect("publish", { payload: `${round}` });
    await client.unsubscribe("a");
    await client.publish("a", "nobody");
    await client.expectNothing();
  }
});

Deno.test("[MQTT-3.11.2-1] [MQTT-3.11.2-2] UNSUBACK grows beyond the Maximum Packet Size by no property (5.0)", async () => {
  await using broker = await TestBroker.start();
  const bareSize = 2 + 2 + 1 + 3;
  const connackSize = 30;
  // Less would leave no room for CONNACK.
  const client = await broker.connect({
    clientId: "c",
    properties: { maximumPacketSize: connackSize },
  });
  const unsuback = await client.unsubscribe(["a", "b", "not#valid"]);
  assert.deepEqual(unsuback.granted, [0x11, 0x11, 0x8f]);
  assert.ok(client.lastBytes.length <= connackSize);
  const many = Array.from({ length: connackSize - bareSize + 3 }, (_, index) => `${index}`);
  const largest = await client.unsubscribe(many);
  assert.equal(largest.granted.length, many.length);
  assert.equal(client.lastBytes.length, connackSize);
});
