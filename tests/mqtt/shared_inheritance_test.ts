/**
 * What becomes of the messages that a member of a share group was given, when it goes away, refuses
 * them, unsubscribes or ends: MQTT 5.0 section 4.8.2.
 */
import assert from "#assert";
import { FaultyStore } from "../../src/storage/faulty_store.ts";
import { MemoryStore } from "../../src/storage/memory.ts";
import { RESIDENT_WINDOW } from "../../src/session/queue.ts";
import {
  acknowledge,
  durable,
  payloads,
  publish,
  receive,
  receiveAll,
} from "../support/exchange.ts";
import type { RawClient } from "../support/raw_client.ts";
import { TestBroker, type TestBrokerOptions, testVersions } from "../support/test_broker.ts";

const GROUP = "$share/g/a";

/** A broker with a publisher; the accounts are checked when it goes. */
async function start(
  version: 3 | 4 | 5,
  options: TestBrokerOptions = {},
): Promise<{ broker: TestBroker; publisher: RawClient }> {
  const broker = await TestBroker.start(options);
  return { broker, publisher: await broker.connect({ clientId: "pub", protocolVersion: version }) };
}

async function join(
  broker: TestBroker,
  version: 3 | 4 | 5,
  clientId: string,
  qos: 0 | 1 | 2,
): Promise<RawClient> {
  const client = await broker.connect(durable(version, clientId));
  await client.subscribe(GROUP, { qos });
  return client;
}

/** The session ends for good, as its client wants it: a CONNECT with clean start. */
async function endSession(broker: TestBroker, version: 3 | 4 | 5, clientId: string): Promise<void> {
  const client = await broker.connect({ clientId, protocolVersion: version, clean: true });
  await client.disconnect();
}

async function publishMany(publisher: RawClient, count: number, qos: 1 | 2, first = 0) {
  for (let index = first; index < first + count; index++) {
    await publish(publisher, "a", `${index}`, { qos });
  }
}

const numbers = (first: number, count: number) =>
  Array.from({ length: count }, (_, index) => `${first + index}`);

testVersions(
  "[MQTT-4.8.2-4] what was sent to a member that goes away stays with it and is completed when it is back",
  [3, 4, 5],
  async (version) => {
    const { broker, publisher } = await start(version);
    await using _ = broker;
    const gone = await join(broker, version, "gone", 2);
    await publish(publisher, "a", "one", { qos: 1 });
    await publish(publisher, "a", "two", { qos: 2 });
    await publish(publisher, "a", "released", { qos: 2 });
    const one = await gone.expect("publish", { payload: "one" });
    const two = await gone.expect("publish", { payload: "two" });
    const released = await gone.expect("publish", { payload: "released" });
    await gone.send({ cmd: "pubrec", messageId: released.messageId! });
    await gone.expect("pubrel");
    const other = await join(broker, version, "other", 2);
    await gone.abort();
    await other.expectNothing();

    const back = await broker.connect(durable(version, "gone"));
    const repeated = await back.untilPing();
    assert.deepEqual(
      repeated.map(({ cmd, messageId }) => [cmd, messageId]).sort(),
      [
        ["publish", one.messageId],
        ["publish", two.messageId],
        ["pubrel", released.messageId],
      ],
    );
    for (const packet of repeated) if (packet.cmd === "publish") assert.ok(packet.dup);
    await back.send({ cmd: "pubcomp", messageId: released.messageId! });
    await acknowledge(back, one);
    await acknowledge(back, two);
    await back.expectNothing();
    await other.expectNothing();
  },
);

testVersions(
  "[MQTT-4.8.2-4] what is queued for a member that goes away waits for it, too",
  [3, 4, 5],
  async (version) => {
    const { broker, publisher } = await start(version, { limits: { inflightMax: 1 } });
    await using _ = broker;
    const gone = await join(broker, version, "gone", 1);
    await publishMany(publisher, 4, 1);
    await gone.expect("publish", { payload: "0" });
    const other = await join(broker, version, "other", 1);
    await gone.abort();
    await other.expectNothing();
    const back = await broker.connect(durable(version, "gone"));
    assert.deepEqual(payloads(await receiveAll(back)), ["0", "1", "2", "3"]);
    await other.expectNothing();
  },
);

testVersions(
  "[MQTT-4.8.2-5] QoS 2 messages in flight end with their session, at each stage of the exchange",
  [3, 4, 5],
  async (version) => {
    const { broker, publisher } = await start(version);
    await using _ = broker;
    const gone = await join(broker, version, "gone", 2);
    await publish(publisher, "a", "published", { qos: 2 });
    await publish(publisher, "a", "released", { qos: 2 });
    await gone.expect("publish", { payload: "published" });
    const released = await gone.expect("publish", { payload: "released" });
    await gone.send({ cmd: "pubrec", messageId: released.messageId! });
    await gone.expect("pubrel");
    const other = await join(broker, version, "other", 2);
    await gone.abort();
    await endSession(broker, version, "gone");
    await other.expectNothing();
    assert.equal(broker.broker.inspector.accounting().discarded, 2);
  },
);

testVersions(
  "[MQTT-4.8.2-5] also when the session ends together with its connection",
  [3, 4, 5],
  async (version) => {
    const { broker, publisher } = await start(version);
    await using _ = broker;
    const gone = await broker.connect({ clientId: "gone", protocolVersion: version });
    await gone.subscribe(GROUP, { qos: 2 });
    await publish(publisher, "a", "x", { qos: 2 });
    await gone.expect("publish", { payload: "x", qos: 2 });
    const other = await join(broker, version, "other", 2);
    await gone.abort();
    await other.expectNothing();
    assert.equal(broker.broker.inspector.accounting().discarded, 1);
  },
);

testVersions(
  "an unacknowledged QoS 1 message goes to another member when its session ends, as a new one",
  [3, 4, 5],
  async (version) => {
    const { broker, publisher } = await start(version);
    await using _ = broker;
    const gone = await join(broker, version, "gone", 1);
    await publishMany(publisher, 3, 1);
    const first = await gone.expect("publish", { payload: "0" });
    await acknowledge(gone, first);
    await gone.expect("publish", { payload: "1" });
    await gone.expect("publish", { payload: "2" });
    const other = await join(broker, version, "other", 2);
    await gone.ping();
    await gone.abort();
    await other.expectNothing();
    await endSession(broker, version, "gone");
    for (const payload of ["1", "2"]) await receive(other, { payload, qos: 1, dup: false });
    await other.expectNothing();
    const { delivered, discarded } = broker.broker.inspector.accounting();
    assert.deepEqual([delivered, discarded], [3, 0]);
  },
);

testVersions(
  "a member that leaves cleanly, without a session to come back to, leaves its QoS 1 messages to others",
  [3, 4, 5],
  async (version) => {
    const { broker, publisher } = await start(version, { limits: { inflightMax: 2 } });
    await using _ = broker;
    const gone = await broker.connect({ clientId: "gone", protocolVersion: version });
    await gone.subscribe(GROUP, { qos: 1 });
    await publishMany(publisher, 5, 1);
    await gone.expect("publish", { payload: "0" });
    await gone.expect("publish", { payload: "1" });
    const other = await join(broker, version, "other", 1);
    await gone.disconnect();
    assert.deepEqual(payloads(await receiveAll(other)), numbers(0, 5));
  },
);

testVersions(
  "queued QoS 2 messages, not started yet, go to another member, each once",
  [3, 4, 5],
  async (version) => {
    const { broker, publisher } = await start(version, { limits: { inflightMax: 1 } });
    await using _ = broker;
    const gone = await join(broker, version, "gone", 2);
    await publishMany(publisher, 4, 2);
    await gone.expect("publish", { payload: "0" });
    const other = await join(broker, version, "other", 2);
    await gone.abort();
    await endSession(broker, version, "gone");
    const found = await receiveAll(other);
    assert.deepEqual(payloads(found), ["1", "2", "3"]); // "0" was in flight
    assert.ok(found.every(({ qos, dup }) => qos === 2 && !dup));
  },
);

testVersions(
  "a session that expires leaves its messages to another member, at that very time",
  [3, 4, 5],
  async (version) => {
    const { broker, publisher } = await start(version, { limits: { defaultExpirySeconds: 3600 } });
    await using _ = broker;
    const gone = await join(broker, version, "gone", 1);
    await gone.abort();
    await publishMany(publisher, 3, 1);
    const other = await join(broker, version, "other", 1);
    await broker.advance(3_599_999);
    await other.expectNothing();
    await broker.advance(1);
    assert.deepEqual(payloads(await receiveAll(other)), ["0", "1", "2"]);
    assert.equal(broker.broker.inspector.session("gone"), undefined);
  },
);

testVersions(
  "an administrator who removes a session leaves its messages to another member",
  [3, 4, 5],
  async (version) => {
    const { broker, publisher } = await start(version);
    await using _ = broker;
    const gone = await join(broker, version, "gone", 1);
    await publishMany(publisher, 2, 1);
    await gone.expect("publish", { payload: "0" });
    await gone.expect("publish", { payload: "1" });
    const other = await join(broker, version, "other", 1);
    await broker.broker.inspector.removeSession("gone", 0x98, "the test wants it");
    assert.deepEqual(payloads(await receiveAll(other)), ["0", "1"]);
  },
);

testVersions(
  "several members inherit in turns, each at the QoS that it was granted",
  [3, 4, 5],
  async (version) => {
    const { broker, publisher } = await start(version);
    await using _ = broker;
    const gone = await join(broker, version, "gone", 2);
    await gone.abort();
    await publishMany(publisher, 6, 2);
    const heirs: RawClient[] = [];
    for (const qos of [0, 1, 2] as const) {
      heirs.push(await join(broker, version, `heir${qos}`, qos));
    }
    await endSession(broker, version, "gone");
    const found = [];
    for (const heir of heirs) {
      found.push((await receiveAll(heir)).map(({ payload, qos }) => `${payload}@${qos}`));
    }
    assert.deepEqual(found, [["0@0", "3@0"], ["1@1", "4@1"], ["2@2", "5@2"]]);
  },
);

testVersions(
  "members that are away inherit as well, when nobody else is there",
  [3, 4, 5],
  async (version) => {
    const { broker, publisher } = await start(version);
    await using _ = broker;
    const gone = await join(broker, version, "gone", 1);
    await gone.abort();
    await publishMany(publisher, 3, 1);
    const heir = await join(broker, version, "heir", 1);
    await heir.disconnect();
    await endSession(broker, version, "gone");
    assert.equal(broker.broker.inspector.session("heir")?.queued, 3);
    const back = await broker.connect(durable(version, "heir"));
    assert.deepEqual(payloads(await receiveAll(back)), ["0", "1", "2"]);
  },
);

testVersions(
  "messages of an ordinary subscription, and of a group without other members, end with the session",
  [3, 4, 5],
  async (version) => {
    const { broker, publisher } = await start(version);
    await using _ = broker;
    const gone = await broker.connect(durable(version, "gone"));
    await gone.subscribe(["a", GROUP, "$share/alone/a"], { qos: 1 });
    await gone.abort();
    await publishMany(publisher, 2, 1);
    const other = await broker.connect(durable(version, "other"));
    await other.subscribe(GROUP, { qos: 1 });
    await endSession(broker, version, "gone");
    assert.deepEqual(payloads(await receiveAll(other)), ["0", "1"]);
    assert.equal(broker.broker.inspector.accounting().discarded, 4);
  },
);

testVersions(
  "a client that starts anew does not inherit from itself",
  [3, 4, 5],
  async (version) => {
    const { broker, publisher } = await start(version);
    await using _ = broker;
    const old = await join(broker, version, "c", 1);
    await publishMany(publisher, 2, 1);
    const anew = await broker.connect({ ...durable(version, "c"), clean: true });
    await old.expect("publish", { payload: "0" });
    await old.expect("publish", { payload: "1" });
    await anew.subscribe(GROUP, { qos: 1 });
    await anew.expectNothing();
    assert.equal(broker.broker.inspector.accounting().discarded, 2);
  },
);

testVersions(
  "[MQTT-4.8.2-4] a taken over session is the same session: nobody inherits",
  [3, 4, 5],
  async (version) => {
    const { broker, publisher } = await start(version);
    await using _ = broker;
    await join(broker, version, "c", 1);
    await publishMany(publisher, 2, 1);
    const other = await join(broker, version, "other", 1);
    const next = await broker.connect(durable(version, "c"));
    const found = await receiveAll(next);
    assert.deepEqual(found.map(({ payload, dup }) => `${payload} ${dup}`), ["0 true", "1 true"]);
    await other.expectNothing();
  },
);

for (const [name, qos, answer] of [["PUBACK", 1, "puback"], ["PUBREC", 2, "pubrec"]] as const) {
  Deno.test(`[MQTT-4.8.2-6] [MQTT-4.4.0-2] a message refused by ${name} is not tried elsewhere, now or later (5.0)`, async () => {
    const { broker, publisher } = await start(5);
    await using _ = broker;
    const refusing = await join(broker, 5, "refusing", qos);
    await publish(publisher, "a", "x", { qos });
    const { messageId } = await refusing.expect("publish", { payload: "x" });
    const other = await join(broker, 5, "other", qos);
    await refusing.send({ cmd: answer, messageId: messageId!, reasonCode: 0x97 });
    await refusing.expectNothing();
    await other.expectNothing();
    await refusing.abort();
    await endSession(broker, 5, "refusing");
    await other.expectNothing();
    const { dropped, delivered } = broker.broker.inspector.accounting();
    assert.deepEqual([dropped.refused_by_receiver, delivered], [1, 0]);
  });
}

testVersions(
  "[MQTT-3.10.4-3] a member that unsubscribes completes what it was given, and keeps what waits for it",
  [3, 4, 5],
  async (version) => {
    const { broker, publisher } = await start(version, { limits: { inflightMax: 1 } });
    await using _ = broker;
    const leaving = await join(broker, version, "leaving", 2);
    await publishMany(publisher, 3, 2);
    const first = await leaving.expect("publish", { payload: "0" });
    const other = await join(broker, version, "other", 2);
    await leaving.unsubscribe(GROUP);
    await publish(publisher, "a", "new", { qos: 2 });
    await receive(other, { payload: "new" });
    await acknowledge(leaving, first);
    assert.deepEqual(payloads(await receiveAll(leaving)), ["1", "2"]);
    await other.expectNothing();
  },
);

testVersions(
  "what a member kept after it unsubscribed goes to the group when its session ends",
  [3, 4, 5],
  async (version) => {
    const { broker, publisher } = await start(version, { limits: { inflightMax: 1 } });
    await using _ = broker;
    const leaving = await join(broker, version, "leaving", 1);
    await publishMany(publisher, 3, 1);
    await leaving.expect("publish", { payload: "0" });
    await leaving.unsubscribe(GROUP);
    const other = await join(broker, version, "other", 1);
    await leaving.abort();
    await endSession(broker, version, "leaving");
    assert.deepEqual(payloads(await receiveAll(other)), ["0", "1", "2"]);
  },
);

testVersions(
  "a queue that is mostly in the store only is inherited whole and in order",
  [3, 4, 5],
  async (version) => {
    const { broker, publisher } = await start(version);
    await using _ = broker;
    const count = 2 * RESIDENT_WINDOW + 50;
    const gone = await join(broker, version, "gone", 1);
    await gone.abort();
    await publishMany(publisher, count, 1);
    const other = await join(broker, version, "other", 1);
    await endSession(broker, version, "gone");
    assert.deepEqual(payloads(await receiveAll(other)), numbers(0, count));
    const { matched, delivered, discarded } = broker.broker.inspector.accounting();
    assert.deepEqual([matched, delivered, discarded], [count, count, 0]);
    assert.deepEqual(await broker.store.queue.page("gone", 0, 1), []);
    assert.deepEqual(await broker.store.queue.page("other", 0, 1), []);
  },
);

testVersions(
  "also of a member that had begun to take it, and after a restart",
  [3, 4, 5],
  async (version) => {
    const store = new MemoryStore();
    const count = 2 * RESIDENT_WINDOW;
    {
      const { broker, publisher } = await start(version, { store });
      const gone = await join(broker, version, "gone", 1);
      await gone.abort();
      await publishMany(publisher, count, 1);
      await broker.stop();
    }
    const { broker } = await start(version, { store, limits: { inflightMax: 10 } });
    await using _ = broker;
    const gone = await broker.connect(durable(version, "gone"));
    for (let index = 0; index < 5; index++) {
      await acknowledge(gone, await gone.expect("publish", { payload: `${index}` }));
    }
    assert.equal((await gone.untilPing()).length, 10); // unacknowledged
    const other = await join(broker, version, "other", 1);
    await gone.abort();
    await endSession(broker, version, "gone");
    assert.deepEqual(payloads(await receiveAll(other)), numbers(5, count - 5));
  },
);

testVersions(
  "what the heirs have no room for is dropped, counted",
  [3, 4, 5],
  async (version) => {
    const limits = { queue: { messagesMax: 5, bytesMax: 1_000_000 } };
    const { broker, publisher } = await start(version, { limits });
    await using _ = broker;
    const gone = await join(broker, version, "gone", 1);
    await gone.abort();
    await publishMany(publisher, 5, 1);
    const heir = await join(broker, version, "heir", 1);
    await heir.subscribe("own", { qos: 1 });
    await heir.disconnect();
    for (let index = 0; index < 3; index++) await publisher.publish("own", "x", { qos: 1 });
    await endSession(broker, version, "gone");
    const { dropped, queued } = broker.broker.inspector.accounting();
    assert.deepEqual([dropped.queue_full, queued], [3, 5]);
  },
);

Deno.test("an expired message is not inherited, and counted as expired (5.0)", async () => {
  const { broker, publisher } = await start(5);
  await using _ = broker;
  const gone = await join(broker, 5, "gone", 1);
  await gone.abort();
  await publisher.publish("a", "short", { qos: 1, properties: { messageExpiryInterval: 10 } });
  await publisher.publish("a", "long", { qos: 1, properties: { messageExpiryInterval: 100 } });
  await broker.advance(20_000);
  const other = await join(broker, 5, "other", 1);
  await endSession(broker, 5, "gone");
  const long = await receive(other, { payload: "long" });
  assert.equal(long.properties?.messageExpiryInterval, 80);
  await other.expectNothing();
  assert.equal(broker.broker.inspector.accounting().expired, 1);
});

testVersions(
  "PUBACK of a message that only an absent member gets waits until it is stored for that member",
  [3, 4, 5],
  async (version) => {
    const store = new FaultyStore(new MemoryStore());
    const { broker, publisher } = await start(version, { store });
    await using _ = broker;
    const away = await join(broker, version, "away", 1);
    await away.abort();
    const other = await broker.connect({ clientId: "other", protocolVersion: version });
    store.hold();
    await publisher.send({ cmd: "publish", topic: "a", qos: 1, messageId: 5 });
    await other.ping();
    assert.equal(publisher.pending, 0);
    store.releaseAll();
    await publisher.expect("puback", { messageId: 5 });
  },
);

testVersions(
  "a session that ends while its stored queue cannot be read is gone all the same, counted",
  [3, 4, 5],
  async (version) => {
    const store = new FaultyStore(new MemoryStore());
    const { broker, publisher } = await start(version, { store });
    await using _ = broker;
    const count = RESIDENT_WINDOW + 10;
    const gone = await join(broker, version, "gone", 1);
    await gone.abort();
    await publishMany(publisher, count, 1);
    const other = await join(broker, version, "other", 1);
    store.failReads("failed");
    await endSession(broker, version, "gone");
    store.failReads(undefined);
    // What is in memory is inherited; the rest cannot be.
    assert.deepEqual(payloads(await receiveAll(other)), numbers(0, RESIDENT_WINDOW));
    assert.equal(broker.broker.inspector.accounting().discarded, 10);
    assert.equal(await store.sessions.get("gone"), undefined);
    assert.equal(broker.broker.inspector.session("gone"), undefined);
  },
);

testVersions(
  "heirs whose writes fail have lost what they inherited, counted, and are not sent it",
  [3, 4, 5],
  async (version) => {
    const store = new FaultyStore(new MemoryStore());
    const { broker, publisher } = await start(version, { store });
    await using _ = broker;
    const gone = await join(broker, version, "gone", 2);
    await gone.abort();
    await publishMany(publisher, 3, 2);
    const heir = await join(broker, version, "heir", 2);
    store.failNext("full");
    await endSession(broker, version, "gone");
    await heir.expectNothing();
    assert.equal(broker.broker.inspector.accounting().dropped.store_failed, 3);
    assert.equal(broker.broker.inspector.session("heir")?.inFlight, 0);
    await publishMany(publisher, 1, 2, 7);
    await receive(heir, { payload: "7" });
  },
);
