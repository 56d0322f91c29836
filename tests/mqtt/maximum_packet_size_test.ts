/** Messages that are larger than the client takes: MQTT 5.0 section 3.1.2.11.4. */
import assert from "#assert";
import type { QoS } from "mqtt-packet";
import { MemoryStore } from "../../src/storage/memory.ts";
import { durable, payloads, publish, receive, receiveAll } from "../support/exchange.ts";
import type { ConnectOptions, RawClient } from "../support/raw_client.ts";
import { TestBroker } from "../support/test_broker.ts";

const LIMIT = 100;

function taking(maximumPacketSize: number | undefined, more = {}): ConnectOptions {
  const options = durable(5, "sub");
  const size = maximumPacketSize === undefined ? {} : { maximumPacketSize };
  return { ...options, properties: { ...options.properties, ...size, ...more } };
}

/** A payload with which a PUBLISH to "a" has exactly `size` bytes (for a client of 5.0). */
function payloadFor(size: number, qos: QoS): Uint8Array {
  const header = 2 + 3 + 1 + (qos === 0 ? 0 : 2);
  return new Uint8Array(size - header).fill(0x78);
}

async function pair(
  broker: TestBroker,
  maximumPacketSize: number | undefined,
): Promise<{ subscriber: RawClient; publisher: RawClient }> {
  const subscriber = await broker.connect(taking(maximumPacketSize));
  await subscriber.subscribe("a", { qos: 2 });
  return { subscriber, publisher: await broker.connect({ clientId: "pub" }) };
}

function accounting(broker: TestBroker) {
  return broker.broker.inspector.accounting();
}

for (const qos of [0, 1, 2] as const) {
  Deno.test(`[MQTT-3.1.2-24] A packet of exactly the maximum is sent, one byte more is not, at QoS ${qos} (5.0)`, async () => {
    await using broker = await TestBroker.start();
    const { subscriber, publisher } = await pair(broker, LIMIT);
    await publish(publisher, "a", payloadFor(LIMIT, qos), { qos });
    await receive(subscriber, { qos });
    await publish(publisher, "a", payloadFor(LIMIT + 1, qos), { qos });
    await subscriber.expectNothing();
    await publish(publisher, "a", payloadFor(LIMIT, qos), { qos });
    await subscriber.expect("publish");
    assert.equal(subscriber.lastBytes.length, LIMIT);
    assert.equal(accounting(broker).dropped.packet_too_large, 1);
  });

  Deno.test(`[MQTT-3.1.2-25] A message that is too large is done as if it had been sent, at QoS ${qos} (5.0)`, async () => {
    await using broker = await TestBroker.start({ limits: { inflightMax: 1 } });
    const { subscriber, publisher } = await pair(broker, LIMIT);
    for (let index = 0; index < 5; index++) {
      const answer = await publisher.publish("a", new Uint8Array(LIMIT), { qos });
      assert.equal(answer?.reasonCode ?? 0, 0);
      if (qos === 2) await publisher.release(answer!.messageId!);
    }
    // Neither the window nor the queue nor a packet id is taken.
    await publish(publisher, "a", "small", { qos: 1 });
    await receive(subscriber, { payload: "small", messageId: 1 });
    const { dropped, inFlight, queued } = accounting(broker);
    assert.deepEqual([dropped.packet_too_large, inFlight, queued], [5, 0, 0]);
    assert.equal(broker.broker.inspector.session("sub")!.dropped, 5);
  });
}

Deno.test("[MQTT-3.1.2-24] The other receivers get the message (5.0)", async () => {
  await using broker = await TestBroker.start();
  const { subscriber, publisher } = await pair(broker, LIMIT);
  const other = await broker.connect({ clientId: "other" });
  await other.subscribe("a", { qos: 1 });
  const v4 = await broker.connect({ clientId: "v4", protocolVersion: 4 });
  await v4.subscribe("a", { qos: 1 });
  for (const qos of [0, 1] as const) {
    await publish(publisher, "a", new Uint8Array(LIMIT), { qos });
    await receive(other, { qos });
    await receive(v4, { qos });
  }
  await subscriber.expectNothing();
});

Deno.test("[MQTT-3.1.2-24] Everything counts: properties, identifiers, what is left of the expiry (5.0)", async () => {
  await using broker = await TestBroker.start();
  const subscriber = await broker.connect(taking(LIMIT));
  await subscriber.subscribe("a", { qos: 1, properties: { subscriptionIdentifier: 7 } });
  const publisher = await broker.connect({ clientId: "pub" });
  const properties = { userProperties: { name: "value" }, messageExpiryInterval: 60 };
  const extra = 2 + 5 + (1 + 2 + 4 + 2 + 5);
  for (const qos of [0, 1] as const) {
    await publish(publisher, "a", payloadFor(LIMIT - extra, qos), { qos, properties });
    await receive(subscriber, { qos });
    assert.equal(subscriber.lastBytes.length, LIMIT);
    await publish(publisher, "a", payloadFor(LIMIT - extra + 1, qos), { qos, properties });
    await subscriber.expectNothing();
  }
});

Deno.test("[MQTT-3.1.2-24] There is room for an alias that is set with the topic (5.0)", async () => {
  await using broker = await TestBroker.start();
  const subscriber = await broker.connect(taking(LIMIT, { topicAliasMaximum: 1 }));
  await subscriber.subscribe("a", { qos: 1 });
  const publisher = await broker.connect({ clientId: "pub" });
  const sizes: number[] = [];
  for (let round = 0; round < 4; round++) {
    for (let size = LIMIT - 6; size <= LIMIT + 3; size++) {
      await publish(publisher, "a", payloadFor(size, 1), { qos: 1 });
      sizes.push(...await takeSizes(subscriber));
    }
  }
  assert.ok(sizes.every((size) => size <= LIMIT), `${sizes}`);
  assert.equal(sizes[1], LIMIT - 5 + 3, "the second one sets the alias");
});

/** Bytes of each PUBLISH that has come; each is acknowledged. */
async function takeSizes(subscriber: RawClient): Promise<number[]> {
  const sizes: number[] = [];
  await subscriber.send({ cmd: "pingreq" });
  for (;;) {
    const packet = await subscriber.next();
    if (packet.cmd === "pingresp") return sizes;
    sizes.push(subscriber.lastBytes.length);
    await subscriber.send({ cmd: "puback", messageId: packet.messageId! });
  }
}

Deno.test("[MQTT-3.1.2-25] A queued message that the next connection does not take makes way (5.0)", async () => {
  await using broker = await TestBroker.start();
  const { subscriber, publisher } = await pair(broker, undefined);
  await subscriber.disconnect();
  for (const [payload, qos] of [["1", 1], [new Uint8Array(LIMIT), 2], ["3", 1]] as const) {
    await publish(publisher, "a", payload, { qos });
  }
  const small = await broker.connect(taking(LIMIT));
  assert.deepEqual(payloads(await receiveAll(small)), ["1", "3"]);
  assert.equal(accounting(broker).dropped.packet_too_large, 1);
  assert.equal((await broker.store.queue.summary("sub")).count, 0);
});

Deno.test("[MQTT-3.1.2-25] What was sent and is now too large to be sent again makes way (5.0)", async () => {
  for (const restart of [false, true]) {
    const store = new MemoryStore();
    let broker = await TestBroker.start({ store });
    const { subscriber, publisher } = await pair(broker, undefined);
    for (const [payload, qos] of [["1", 1], [new Uint8Array(LIMIT), 2], ["3", 2]] as const) {
      await publish(publisher, "a", payload, { qos });
      await subscriber.expect("publish");
    }
    await subscriber.close();
    if (restart) {
      await broker.stop();
      broker = await TestBroker.start({ store });
    }
    await using running = broker;
    const small = await running.connect(taking(LIMIT));
    assert.deepEqual(payloads(await receiveAll(small)), ["1", "3"]);
    assert.equal(accounting(running).dropped.packet_too_large, 1);
    assert.deepEqual(await store.inflight.list("sub"), []);
  }
});

Deno.test("[MQTT-3.1.2-24] A retained message that is too large is left out (5.0)", async () => {
  await using broker = await TestBroker.start();
  const publisher = await broker.connect({ clientId: "pub" });
  await publish(publisher, "a/1", new Uint8Array(LIMIT), { retain: true });
  await publish(publisher, "a/2", "small", { retain: true });
  await publisher.ping();
  const subscriber = await broker.connect(taking(LIMIT));
  await subscriber.subscribe("a/#", { qos: 1 });
  assert.deepEqual(payloads(await receiveAll(subscriber)), ["small"]);
  assert.equal(accounting(broker).dropped.packet_too_large, 1);
});
