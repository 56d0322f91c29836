/** How many retained messages reach a new subscription: paced by the client, and none lost. */
import assert from "#assert";
import type { QoS } from "mqtt-packet";
import { Message } from "../../src/mqtt/message.ts";
import { acknowledge, durable, receiveAll } from "../support/exchange.ts";
import type { PacketOf, RawClient } from "../support/raw_client.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

const MANY = 10_000;
/** Enough for several slices, and more than is between the broker and a client. */
const SOME = 1_500;

/** What a test allows to lie between the broker and a client that does not read. */
const PACED = {
  limits: { outputHighWater: 8_192, outputLowWater: 2_048 },
  transport: { windowBytes: 2_048 },
};

/** Retains `count` messages `<prefix>/<index>` with their index as the payload. */
function retain(broker: TestBroker, count: number, qos: QoS = 0, prefix = "r"): void {
  const text = new TextEncoder();
  for (let index = 0; index < count; index++) {
    broker.broker.publish(
      new Message({
        topic: `${prefix}/${index}`,
        payload: text.encode(`${index}`),
        qos,
        retain: true,
        receivedAt: broker.clock.now(),
      }),
    );
  }
}

/** Sends SUBSCRIBE without waiting for its SUBACK. */
function sendSubscribe(client: RawClient, topic: string, qos: QoS = 0, messageId = 1) {
  return client.send({ cmd: "subscribe", messageId, subscriptions: [{ topic, qos }] });
}

/** Messages among the packets that come up to the next PINGRESP. */
async function publishes(client: RawClient): Promise<PacketOf<"publish">[]> {
  const packets = await client.untilPing();
  return packets.filter((packet): packet is PacketOf<"publish"> => packet.cmd === "publish");
}

/** All of `<prefix>/0` to `<prefix>/<count - 1>` are among `found`; how many come more than once. */
function assertComplete(found: readonly PacketOf<"publish">[], count: number): number {
  const seen = new Set(found.map(({ topic }) => topic));
  assert.equal(seen.size, count);
  return found.length - seen.size;
}

/** Lets the broker do what it can while nobody acts. */
async function settle(broker: TestBroker): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await broker.advance(0);
}

/** All that the broker has for a client that takes everything, until there is no more. */
async function receiveToTheEnd(
  broker: TestBroker,
  client: RawClient,
): Promise<PacketOf<"publish">[]> {
  const found: PacketOf<"publish">[] = [];
  for (;;) {
    await settle(broker);
    const part = await receiveAll(client);
    if (part.length === 0) return found;
    for (const publish of part) found.push(publish);
  }
}

for (const version of [4, 5] as const) {
  testVersions(
    "[MQTT-3.3.1-9] a client that does not read costs a bounded buffer, and gets all when it reads on (QoS 0)",
    [version],
    async () => {
      await using broker = await TestBroker.start(PACED);
      retain(broker, MANY);
      const other = await broker.connect({ clientId: "other", protocolVersion: version });
      const client = await broker.connect({ clientId: "c", protocolVersion: version });
      client.freeze();
      await sendSubscribe(client, "r/+");
      await settle(broker);
      // Ten bytes or more each: what the mark and the window hold, and one turn more.
      const { inspector } = broker.broker;
      const pulled = inspector.accounting().retained;
      assert.ok(pulled > 0 && pulled < 1_400, `${pulled} messages were pulled`);
      // Long after the grace period it still is no more, and nothing was dropped.
      await broker.advance(30_000);
      await settle(broker);
      assert.equal(inspector.accounting().retained, pulled);
      await other.ping();
      client.thaw();
      const found = await receiveToTheEnd(broker, client);
      assert.equal(assertComplete(found, MANY), 0);
      assert.ok(found.every(({ retain }) => retain));
    },
  );
}

Deno.test("[MQTT-3.3.1-9] a client that acknowledges QoS 1 late has a bounded queue, and gets all in the end (5.0)", async () => {
  await using broker = await TestBroker.start();
  retain(broker, MANY, 1);
  const client = await broker.connect({ clientId: "c" });
  await sendSubscribe(client, "r/+", 1);
  await settle(broker);
  const { inspector } = broker.broker;
  assert.equal(inspector.session("c")?.inFlight, 100);
  assert.equal(inspector.session("c")?.queued, 500);
  await broker.advance(30_000);
  await settle(broker);
  assert.equal(inspector.accounting().retained, 600);
  const found: PacketOf<"publish">[] = [];
  while (found.length < MANY) {
    for (const packet of await publishes(client)) {
      found.push(packet);
      await acknowledge(client, packet);
    }
    await broker.advance(0);
    const { queued } = inspector.session("c")!;
    assert.ok(queued <= 500, `${queued} messages are queued`);
  }
  assert.equal(assertComplete(found, MANY), 0);
});

testVersions(
  "others are served between the slices of a long delivery",
  [4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    retain(broker, SOME);
    const other = await broker.connect({ clientId: "other", protocolVersion: version });
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    await sendSubscribe(client, "#");
    await client.expect("suback");
    await other.ping();
    const sent = broker.broker.inspector.accounting().retained;
    assert.ok(sent > 0 && sent < SOME / 2, `${sent} messages were sent first`);
  },
);

testVersions(
  "[MQTT-3.3.1-9] a session that loses its connection in the middle gets the rest when it is back",
  [3, 4, 5],
  async (version) => {
    const count = 1_000;
    await using broker = await TestBroker.start();
    retain(broker, count, 1);
    const client = await broker.connect(durable(version, "c"));
    await sendSubscribe(client, "r/+", 1);
    const found = await publishes(client);
    assert.ok(found.length > 0 && found.length < count);
    await client.abort();
    await settle(broker);
    const again = await broker.connect(durable(version, "c"));
    const rest = await receiveToTheEnd(broker, again);
    const repeated = assertComplete([...found, ...rest], count);
    assert.equal(repeated, rest.filter(({ dup }) => dup).length);
    assert.equal(broker.broker.inspector.accounting().retained, count);
  },
);

testVersions(
  "[MQTT-3.3.1-9] also when another connection takes the session over, at QoS 0 as well",
  [4, 5],
  async (version) => {
    await using broker = await TestBroker.start(PACED);
    retain(broker, SOME);
    const client = await broker.connect(durable(version, "c"));
    client.freeze();
    await sendSubscribe(client, "r/+");
    await settle(broker);
    const pulled = broker.broker.inspector.accounting().retained;
    assert.ok(pulled < SOME);
    const taken = await broker.connect(durable(version, "c"));
    const found = await receiveToTheEnd(broker, taken);
    // What the old connection was given is, at QoS 0, sent or lost with it, and does not come again.
    assert.equal(found.length, SOME - pulled);
  },
);

testVersions(
  "a session that ends with its connection gets no more, and leaves nothing behind",
  [4, 5],
  async (version) => {
    await using broker = await TestBroker.start(PACED);
    retain(broker, SOME, 1);
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    await sendSubscribe(client, "r/+", 1);
    await client.expect("suback");
    await client.abort();
    await settle(broker);
    const { inspector } = broker.broker;
    const { retained } = inspector.accounting();
    assert.ok(retained < SOME);
    const anew = await broker.connect({ clientId: "c", protocolVersion: version });
    await anew.expectNothing();
    assert.equal(inspector.accounting().retained, retained);
  },
);

testVersions(
  "what is replaced, cleared or added while a delivery runs comes as it is when its turn comes",
  [4, 5],
  async (version) => {
    await using broker = await TestBroker.start(PACED);
    retain(broker, SOME);
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    client.freeze();
    await sendSubscribe(client, "r/+");
    await broker.advance(1_000); // from now on publishers do not wait for it
    const last = `r/${SOME - 1}`;
    const gone = `r/${SOME - 2}`;
    await publisher.publish(last, "replaced", { retain: true });
    await publisher.publish(gone, "", { retain: true });
    await publisher.publish("r/new", "added", { retain: true });
    await publisher.ping();
    client.thaw();
    const found = await receiveToTheEnd(broker, client);
    const seen = (topic: string) =>
      found.filter((each) => each.topic === topic).map(({ payload, retain }) =>
        `${payload} ${retain}`
      );
    // Each also came as the new message that it was, without RETAIN.
    assert.deepEqual(seen(last).sort(), ["replaced false", "replaced true"]);
    assert.deepEqual(seen(gone), [" false"]);
    assert.deepEqual(seen("r/new"), ["added false"]);
    assert.equal(found.filter(({ retain }) => retain).length, SOME - 1);
  },
);

testVersions(
  "[MQTT-3.8.4-5] each filter of a SUBSCRIBE is served wholly before the next one",
  [4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    for (const prefix of ["a", "b", "c"]) retain(broker, 700, 0, prefix);
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    await client.subscribe(["b/+", "c/+"]);
    await sendSubscribe(client, "a/+", 0, 9);
    const found = await receiveToTheEnd(broker, client);
    assert.deepEqual(
      found.map(({ topic }) => topic[0]),
      ["b", "c", "a"].flatMap((prefix) => Array(700).fill(prefix)),
    );
  },
);

testVersions(
  "[MQTT-3.10.4-2] UNSUBSCRIBE ends a delivery that is under way",
  [4, 5],
  async (version) => {
    await using broker = await TestBroker.start({ limits: { inflightMax: 10 } });
    retain(broker, SOME, 1);
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    await sendSubscribe(client, "r/+", 1);
    await settle(broker);
    await client.send({ cmd: "unsubscribe", messageId: 2, unsubscriptions: ["r/+"] });
    const before = broker.broker.inspector.accounting().retained;
    // Also not when the filter is subscribed again without retained messages.
    if (version === 5) {
      await client.send({
        cmd: "subscribe",
        messageId: 3,
        subscriptions: [{ topic: "r/+", qos: 1, rh: 2 }],
      });
    }
    const found = await receiveToTheEnd(broker, client);
    // What was queued at that moment is still delivered.
    assert.equal(found.length, before);
    await settle(broker);
    assert.equal(broker.broker.inspector.accounting().retained, before);
  },
);

testVersions(
  "[MQTT-3.8.4-4] subscribing again starts over, however often: all come, and the rest once",
  [4, 5],
  async (version) => {
    await using broker = await TestBroker.start(PACED);
    retain(broker, SOME);
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    client.freeze();
    for (let index = 1; index <= 50; index++) await sendSubscribe(client, "r/+", 0, index);
    await settle(broker);
    const pulled = broker.broker.inspector.accounting().retained;
    client.thaw();
    const found = await receiveToTheEnd(broker, client);
    // Not 50 times: a client cannot pile up work here faster than it takes the results.
    assert.ok(assertComplete(found, SOME) <= pulled);
  },
);

testVersions(
  "a filter that is subscribed again has its turn after the others that wait",
  [4, 5],
  async (version) => {
    await using broker = await TestBroker.start({
      limits: { inflightMax: 1, queue: { messagesMax: 20, bytesMax: 1_000_000 } },
    });
    for (const prefix of ["a", "b"]) retain(broker, 50, 1, prefix);
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    await sendSubscribe(client, "a/+", 1, 1);
    await sendSubscribe(client, "b/+", 1, 2);
    await settle(broker);
    const first = broker.broker.inspector.accounting().retained;
    assert.ok(first < 50);
    await sendSubscribe(client, "a/+", 1, 3);
    const found = await receiveToTheEnd(broker, client);
    const order = found.map(({ topic }) => topic[0]).join("");
    assert.equal(order, "a".repeat(first) + "b".repeat(50) + "a".repeat(50));
  },
);

Deno.test("[MQTT-3.8.4-4] a replacement that wants no retained messages does not end a delivery that is under way (5.0)", async () => {
  await using broker = await TestBroker.start({ limits: { inflightMax: 10 } });
  retain(broker, 2_000, 1);
  const client = await broker.connect({ clientId: "c" });
  await sendSubscribe(client, "r/+", 1);
  await settle(broker);
  await client.send({
    cmd: "subscribe",
    messageId: 2,
    subscriptions: [{ topic: "r/+", qos: 1, rh: 1 }],
  });
  const found = await receiveToTheEnd(broker, client);
  assert.equal(assertComplete(found, 2_000), 0);
});

testVersions(
  "retained messages wait for room in a queue that is full of others",
  [4, 5],
  async (version) => {
    await using broker = await TestBroker.start({
      limits: { inflightMax: 2, queue: { messagesMax: 20, bytesMax: 1_000_000 } },
    });
    retain(broker, 50, 1);
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    const away = await broker.connect(durable(version, "c"));
    await away.subscribe("live", { qos: 1 });
    await away.abort();
    for (let index = 0; index < 20; index++) await publisher.publish("live", "x", { qos: 1 });
    const client = await broker.connect(durable(version, "c"));
    await sendSubscribe(client, "r/+", 1);
    await settle(broker);
    const found = await receiveToTheEnd(broker, client);
    assert.equal(found.filter(({ topic }) => topic === "live").length, 20);
    assert.equal(found.filter(({ retain }) => retain).length, 50);
    assert.equal(broker.broker.inspector.accounting().dropped.queue_full, 0);
  },
);

testVersions(
  "a queue that is full in bytes holds publishers back as one that is full in messages does",
  [4, 5],
  async (version) => {
    await using broker = await TestBroker.start({
      limits: { inflightMax: 1, queue: { messagesMax: 1_000, bytesMax: 100_000 } },
    });
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    const client = await broker.connect({ clientId: "c", protocolVersion: version });
    await client.subscribe("a", { qos: 1 });
    const payload = "x".repeat(10_000);
    for (let messageId = 1; messageId <= 30; messageId++) {
      void publisher.send({ cmd: "publish", topic: "a", payload, qos: 1, messageId });
    }
    await settle(broker);
    const { inspector } = broker.broker;
    assert.ok(inspector.session("c")!.queuedBytes <= 100_000);
    assert.equal((await receiveToTheEnd(broker, client)).length, 30);
    assert.equal(inspector.accounting().dropped.queue_full, 0);
    await publisher.untilPing();
  },
);

testVersions(
  "publishers are held back, too, for a queue that was full when its client came back",
  [4, 5],
  async (version) => {
    await using broker = await TestBroker.start({
      limits: { inflightMax: 1, queue: { messagesMax: 1_000, bytesMax: 10_000 } },
    });
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    const away = await broker.connect(durable(version, "c"));
    await away.subscribe("a", { qos: 1 });
    await away.abort();
    const small = "x".repeat(1_000);
    for (let index = 0; index < 9; index++) await publisher.publish("a", small, { qos: 1 });
    const client = await broker.connect(durable(version, "c"));
    // What the first one leaves behind in the queue is no room for these.
    const large = "x".repeat(3_000);
    for (let messageId = 101; messageId <= 110; messageId++) {
      void publisher.send({ cmd: "publish", topic: "a", payload: large, qos: 1, messageId });
    }
    const found = await receiveToTheEnd(broker, client);
    assert.equal(found.length, 19);
    assert.equal(broker.broker.inspector.accounting().dropped.queue_full, 0);
    await publisher.untilPing();
  },
);

testVersions(
  "a retained message that expires while it waits for its turn is left out",
  [5],
  async () => {
    await using broker = await TestBroker.start({ limits: { inflightMax: 1 } });
    const publisher = await broker.connect({ clientId: "pub" });
    retain(broker, 600, 1);
    await publisher.publish("r/short", "x", {
      qos: 1,
      retain: true,
      properties: { messageExpiryInterval: 10 },
    });
    const client = await broker.connect({ clientId: "c" });
    await sendSubscribe(client, "r/+", 1);
    await settle(broker);
    await broker.advance(10_000);
    const found = await receiveToTheEnd(broker, client);
    assert.equal(found.length, 600);
    assert.ok(found.every(({ topic }) => topic !== "r/short"));
    await client.expectNothing();
  },
);
