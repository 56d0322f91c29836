/** PUBLISH that a client is not allowed: by the authorizer, and to the broker's own topics. */
import assert from "#assert";
import type { QoS } from "mqtt-packet";
import type { Authorizer } from "../../src/auth/auth.ts";
import { ReasonCode } from "../../src/mqtt/reason_code.ts";
import { FaultyStore } from "../../src/storage/faulty_store.ts";
import { MemoryStore } from "../../src/storage/memory.ts";
import { expectDisconnected } from "../support/endings.ts";
import { durable, publish, receive } from "../support/exchange.ts";
import type { RawClient } from "../support/raw_client.ts";
import {
  nextTurn,
  TestBroker,
  type TestBrokerOptions,
  testVersions,
} from "../support/test_broker.ts";

type Version = 3 | 4 | 5;

/** Allows everything but what is published to "secret", which `answer` decides about. */
function secretive(answer: () => boolean | Promise<boolean>): Authorizer {
  return {
    publish: (_identity, topic) => topic === "secret" ? answer() : true,
    subscribe: () => true,
  };
}

const ANSWERS: readonly [what: string, answer: () => boolean | Promise<boolean>][] = [
  ["says no", () => false],
  ["says no later", () => Promise.resolve(false)],
  ["fails", () => Promise.reject(new Error("no directory"))],
];

async function pair(
  broker: TestBroker,
  protocolVersion: Version,
): Promise<{ subscriber: RawClient; publisher: RawClient }> {
  const subscriber = await broker.connect({ clientId: "sub", protocolVersion });
  await subscriber.subscribe(["#", "$SYS/#", "$other/#", "$SYSTEM"], { qos: 2 });
  return { subscriber, publisher: await broker.connect({ clientId: "pub", protocolVersion }) };
}

/** Nothing of what was refused can be seen. */
async function assertRefused(
  broker: TestBroker,
  subscriber: RawClient,
  count: number,
): Promise<void> {
  await subscriber.expectNothing();
  const { inspector } = broker.broker;
  assert.equal(inspector.counts().retainedMessages, 0);
  assert.equal(inspector.accounting().matched, 0);
  assert.equal(inspector.statistics.publishRefused, count);
}

for (const [what, answer] of ANSWERS) {
  const authorizer = secretive(answer);

  Deno.test(`When the authorizer ${what}, 5.0 gets 0x87, and silence at QoS 0 (5.0)`, async () => {
    await using broker = await TestBroker.start({ authorizer });
    const { subscriber, publisher } = await pair(broker, 5);
    await publisher.publish("secret", "x", { retain: true });
    for (const qos of [1, 2] as const) {
      const refusal = await publisher.publish("secret", "x", { qos, retain: true });
      assert.equal(refusal!.reasonCode, ReasonCode.NotAuthorized);
      assert.equal(refusal!.properties!.reasonString, "not authorized");
    }
    await publisher.expectNothing();
    await assertRefused(broker, subscriber, 3);
  });

  testVersions(`When the authorizer ${what}, 3.x is disconnected`, [3, 4], async (version) => {
    for (const qos of [0, 1, 2] as const) {
      await using broker = await TestBroker.start({ authorizer });
      const { subscriber, publisher } = await pair(broker, version);
      await publisher.send({ cmd: "publish", topic: "secret", qos, messageId: 1, retain: true });
      await publisher.expectClosed();
      await assertRefused(broker, subscriber, 1);
    }
  });

  testVersions(
    `When the authorizer ${what}, 3.x is told nothing where acknowledge is configured`,
    [3, 4],
    async (version) => {
      await using broker = await TestBroker.start({
        authorizer,
        limits: { v3RefusedPublish: "acknowledge" },
      });
      const { subscriber, publisher } = await pair(broker, version);
      await publisher.publish("secret", "x", { retain: true });
      await publisher.publish("secret", "x", { qos: 1, retain: true });
      await publisher.publish("secret", "x", { qos: 2, messageId: 7, retain: true });
      await publisher.publish("secret", "x", { qos: 2, messageId: 7, dup: true, retain: true });
      await publisher.release(7);
      await assertRefused(broker, subscriber, 3);
    },
  );
}

testVersions(
  "QoS 2 that was refused and acknowledged stays unrouted on the next connection",
  [3, 4],
  async (version) => {
    let allowed = false;
    const store = new FaultyStore(new MemoryStore());
    await using broker = await TestBroker.start({
      store,
      authorizer: secretive(() => allowed),
      limits: { v3RefusedPublish: "acknowledge" },
    });
    const { subscriber } = await pair(broker, version);
    const first = await broker.connect(durable(version, "durable pub"));
    store.hold();
    await first.send({ cmd: "publish", topic: "secret", payload: "x", qos: 2, messageId: 7 });
    await nextTurn();
    assert.deepEqual([store.held, first.pending], [1, 0], "PUBREC waits for the id to be stored");
    store.releaseAll();
    await first.expect("pubrec", { messageId: 7 });
    await first.close();
    allowed = true;
    const second = await broker.connect(durable(version, "durable pub"));
    await second.publish("secret", "x", { qos: 2, messageId: 7, dup: true });
    await second.release(7);
    await subscriber.expectNothing();
    await publish(second, "secret", "y", { qos: 2, messageId: 7 });
    await receive(subscriber, { payload: "y" });
  },
);

testVersions("An authorizer that says yes later lets the message through", [3, 4, 5], async (v) => {
  await using broker = await TestBroker.start({
    authorizer: secretive(() => Promise.resolve(true)),
  });
  const { subscriber, publisher } = await pair(broker, v);
  for (const qos of [0, 1, 2] as const) {
    await publish(publisher, "secret", `${qos}`, { qos });
    await receive(subscriber, { payload: `${qos}`, qos });
  }
});

testVersions(
  "While the authorizer thinks, its client waits and keeps its order, others do not",
  [3, 4, 5],
  async (version) => {
    const thinking = Promise.withResolvers<boolean>();
    await using broker = await TestBroker.start({ authorizer: secretive(() => thinking.promise) });
    const { subscriber, publisher } = await pair(broker, version);
    await publisher.send({ cmd: "publish", topic: "secret", payload: "1", qos: 1, messageId: 1 });
    await publisher.send({ cmd: "publish", topic: "open", payload: "2", qos: 1, messageId: 2 });
    await publisher.send({ cmd: "pingreq" });
    const other = await broker.connect({ clientId: "other", protocolVersion: version });
    await publish(other, "open", "0", { qos: 1 });
    await receive(subscriber, { payload: "0" });
    assert.equal(publisher.pending, 0);
    thinking.resolve(true);
    await publisher.expect("puback", { messageId: 1 });
    await publisher.expect("puback", { messageId: 2 });
    await publisher.expect("pingresp");
    await receive(subscriber, { payload: "1" });
    await receive(subscriber, { payload: "2" });
  },
);

testVersions(
  "A client that has gone before the authorizer decides has not published",
  [3, 4, 5],
  async (version) => {
    const thinking = Promise.withResolvers<boolean>();
    await using broker = await TestBroker.start({ authorizer: secretive(() => thinking.promise) });
    const { subscriber, publisher } = await pair(broker, version);
    for (const qos of [0, 1, 2] as const) {
      await publisher.send({ cmd: "publish", topic: "secret", qos, messageId: qos + 1 });
    }
    await nextTurn();
    await publisher.abort();
    thinking.resolve(true);
    await assertRefused(broker, subscriber, 0);
  },
);

testVersions("The authorizer sees who publishes what, and how", [3, 4, 5], async (version) => {
  const seen: unknown[] = [];
  const authorizer: Authorizer = {
    publish(identity, topic, qos, retain) {
      seen.push([identity.clientId, identity.username, topic, qos, retain]);
      return true;
    },
    subscribe: () => true,
  };
  await using broker = await TestBroker.start({ authorizer });
  const publisher = await broker.connect({
    clientId: "pub",
    protocolVersion: version,
    username: "ann",
  });
  await publish(publisher, "a", "x", { qos: 2, retain: true });
  await publish(publisher, "b", "x", { qos: 0 });
  await publisher.ping();
  assert.deepEqual(seen, [["pub", "ann", "a", 2, true], ["pub", "ann", "b", 0, false]]);
});

testVersions("Observers and counters see what was refused", [3, 4, 5], async (version) => {
  const seen: unknown[] = [];
  const options: TestBrokerOptions = {
    authorizer: secretive(() => false),
    observer: { publishDenied: (...args) => seen.push(args) },
    limits: { v3RefusedPublish: "acknowledge" },
  };
  await using broker = await TestBroker.start(options);
  const { publisher } = await pair(broker, version);
  await publisher.publish("secret", "x", { qos: 1 });
  await publisher.publish("$SYS/x", "x");
  await publisher.ping();
  assert.deepEqual(seen, [
    ["pub", "secret", "not authorized"],
    ["pub", "$SYS/x", "not authorized"],
  ]);
  const { publishRefused, authorizationErrors } = broker.broker.inspector.statistics;
  assert.deepEqual([publishRefused, authorizationErrors], [2, 2]);
});

// Topics of the broker

const RESERVED = ["$SYS", "$SYS/", "$SYS/broker/version", "$SYS//"];
const FREE = ["$other/a", "$SYSTEM", "$sys/x", "/$SYS/x", "a/$SYS", "$share/g/a", "$queue/a", "$"];

testVersions("Only the broker publishes to $SYS", [3, 4, 5], async (version) => {
  for (const topic of RESERVED) {
    await using broker = await TestBroker.start();
    const { subscriber, publisher } = await pair(broker, version);
    if (version === 5) {
      const refusal = await publisher.publish(topic, "x", { qos: 1, retain: true });
      assert.equal(refusal!.reasonCode, ReasonCode.NotAuthorized);
    } else {
      await publisher.send({ cmd: "publish", topic, qos: 1, messageId: 1, retain: true });
      await publisher.expectClosed();
    }
    await assertRefused(broker, subscriber, 1);
  }
});

testVersions("Other topics that begin with $ are the clients'", [3, 4, 5], async (version) => {
  await using broker = await TestBroker.start();
  const subscriber = await broker.connect({ clientId: "sub", protocolVersion: version });
  await subscriber.subscribe(["$other/#", "$SYSTEM", "$sys/#", "/#", "a/#", "$queue/#", "$"], {
    qos: 1,
  });
  const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
  for (const topic of FREE) {
    for (const qos of [0, 1] as readonly QoS[]) {
      await publish(publisher, topic, "x", { qos });
      if (topic.startsWith("$share")) continue; // no filter can name it
      await receive(subscriber, { topic, qos });
    }
  }
  await subscriber.expectNothing();
});

testVersions("An alias does not open $SYS", [5], async () => {
  await using broker = await TestBroker.start();
  const { subscriber, publisher } = await pair(broker, 5);
  const properties = { topicAlias: 1 };
  for (const topic of ["$SYS/x", ""]) {
    const refusal = await publisher.publish(topic, "x", { qos: 1, properties });
    assert.equal(refusal!.reasonCode, ReasonCode.NotAuthorized);
  }
  await assertRefused(broker, subscriber, 2);
});

// What cannot be told in a PUBACK

for (const v3RefusedPublish of ["disconnect", "acknowledge"] as const) {
  testVersions(
    `What a client was told not to do ends its connection, also with ${v3RefusedPublish}`,
    [3, 4, 5],
    async (version) => {
      await using broker = await TestBroker.start({ limits: { v3RefusedPublish, maximumQoS: 0 } });
      const { subscriber, publisher } = await pair(broker, version);
      await publisher.send({ cmd: "publish", topic: "a", qos: 1, messageId: 1 });
      await expectDisconnected(publisher, ReasonCode.QoSNotSupported);
      await assertRefused(broker, subscriber, 0);
    },
  );
}

Deno.test("a message with more than 5,000 User Properties is refused, and so is such a will (5.0)", async () => {
  await using broker = await TestBroker.start();
  const many = (count: number) => ({ a: Array.from({ length: count }, () => "") });
  const client = await broker.connect({ clientId: "c" });
  const publish = (count: number) =>
    client.publish("t", "", { qos: 1, properties: { userProperties: many(count) } });
  assert.equal((await publish(5_000))?.reasonCode, 0x10);
  const refused = await publish(5_001);
  assert.equal(refused?.reasonCode, 0x97);
  await client.expectNothing();
  const other = await broker.client();
  const connack = await other.connect({
    clientId: "w",
    will: {
      topic: "t",
      payload: new Uint8Array(1),
      qos: 0,
      retain: false,
      properties: { userProperties: many(5_001) },
    },
  });
  assert.equal(connack.reasonCode, 0x97);
  await other.expectClosed();
});
