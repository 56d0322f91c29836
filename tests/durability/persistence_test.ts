/**
 * What survives the broker, stopped in order or crashed: sessions, subscriptions, queues, what was
 * under way, retained messages and wills; and what runs out while it is down.
 */
import assert from "#assert";
import { Buffer } from "node:buffer";
import { durable, payloads, publish, receive, receiveAll } from "../support/exchange.ts";
import type { ConnectOptions, RawClient } from "../support/raw_client.ts";
import { nextTurn } from "../support/test_broker.ts";
import { type Ending, RestartingBroker } from "./restarting_broker.ts";

type Version = 3 | 4 | 5;

const VERSION_NAMES = { 3: "3.1", 4: "3.1.1", 5: "5.0" } as const;
const MINUTE_MS = 60_000;
const WEEK_MS = 7 * 24 * 60 * MINUTE_MS;

/** A test for each version and each way in which the broker goes down. */
function testEndings(
  name: string,
  versions: readonly Version[],
  body: (broker: RestartingBroker, version: Version, ending: Ending) => Promise<void>,
  endings: readonly Ending[] = ["stopped", "crashed"],
): void {
  for (const version of versions) {
    for (const ending of endings) {
      Deno.test(`${name}, ${ending} (${VERSION_NAMES[version]})`, async () => {
        await using broker = await RestartingBroker.start();
        await body(broker, version, ending);
      });
    }
  }
}

/** Connects and says whether there was a session; what comes next is the test's. */
async function resume(broker: RestartingBroker, options: ConnectOptions) {
  const client = await broker.now.client(options.protocolVersion);
  const { sessionPresent } = await client.connect(options);
  return { client, sessionPresent };
}

/** 3.1 cannot say that there is a session. */
function assertPresent(version: Version, sessionPresent: boolean): void {
  assert.equal(sessionPresent, version !== 3, "session present");
}

/**
 * Everything that there is for a client, each exchange completed. What waits on the disk is read
 * meanwhile, so the answer to a PINGREQ alone does not say that it was all.
 */
async function receiveStored(broker: RestartingBroker, client: RawClient, clientId: string) {
  const found = await receiveAll(client);
  const left = () => {
    const { queued, inFlight } = broker.now.broker.inspector.session(clientId)!;
    return queued + inFlight;
  };
  while (left() > 0) {
    await nextTurn();
    found.push(...await receiveAll(client));
  }
  return found;
}

/** A client that connects for this alone publishes and completes the exchange. */
async function publishOnce(
  broker: RestartingBroker,
  ...message: Parameters<typeof publish> extends [RawClient, ...infer Rest] ? Rest : never
): Promise<void> {
  const publisher = await broker.connect({ clientId: "once" });
  await publish(publisher, ...message);
  await publisher.disconnect();
}

// The four scenarios

testEndings(
  "SessionPersistence_SubscriptionsRestoredAfterRestart",
  [3, 4, 5],
  async (broker, version, ending) => {
    const client = await broker.connect(durable(version, "sub"));
    await client.subscribe([
      { topic: "one/+", qos: 1 },
      { topic: "two/#", qos: 2 },
      { topic: "zero", qos: 0 },
      { topic: "gone", qos: 1 },
      { topic: "$share/group/shared", qos: 1 },
    ]);
    await client.unsubscribe("gone");
    await client.disconnect();
    await broker.goDown(ending);
    const topics = ["one/a", "two", "zero", "gone", "shared"];
    for (const topic of topics) await publishOnce(broker, topic, "before", { qos: 2 });
    const again = await resume(broker, durable(version, "sub"));
    assertPresent(version, again.sessionPresent);
    for (const topic of topics) await publishOnce(broker, topic, "after", { qos: 2 });
    const found = (await receiveStored(broker, again.client, "sub")).map((
      { topic, payload, qos },
    ) => `${topic} ${payload} ${qos}`);
    assert.deepEqual(found, [
      "one/a before 1",
      "two before 2",
      "shared before 1",
      "one/a after 1",
      "two after 2",
      "zero after 0",
      "shared after 1",
    ]);
  },
);

testEndings(
  "SessionPersistence_SubscriptionsRestoredAfterRestart: with all of their options",
  [5],
  async (broker, _version, ending) => {
    const client = await broker.connect(durable(5, "sub"));
    await client.subscribe([{ topic: "a", qos: 1, nl: true, rap: true }], {
      properties: { subscriptionIdentifier: 7 },
    });
    await broker.goDown(ending);
    const again = await resume(broker, durable(5, "sub"));
    await publish(again.client, "a", "own", { qos: 1 });
    await publishOnce(broker, "a", "other", { qos: 1, retain: true });
    const { properties } = await receive(again.client, { payload: "other", retain: true });
    assert.equal(properties?.subscriptionIdentifier, 7);
    await again.client.expectNothing();
  },
);

/** More than a window of the queue that is in memory. */
const QUEUED = 300;

testEndings(
  "SessionPersistence_OfflineQueueDeliveredAfterRestart",
  [3, 4, 5],
  async (broker, version, ending) => {
    const client = await broker.connect(durable(version, "sub"));
    await client.subscribe("a", { qos: 2 });
    await client.disconnect();
    const publisher = await broker.connect({ clientId: "pub", protocolVersion: version });
    const expected: string[] = [];
    for (let number = 1; number <= QUEUED; number++) {
      await publish(publisher, "a", `${number}`, { qos: number % 3 as 0 | 1 | 2 });
      if (number % 3 !== 0) expected.push(`${number}`);
    }
    await broker.goDown(ending);
    await publishOnce(broker, "a", "later", { qos: 1 });
    const again = await resume(broker, durable(version, "sub"));
    assertPresent(version, again.sessionPresent);
    assert.deepEqual(payloads(await receiveStored(broker, again.client, "sub")), [
      ...expected,
      "later",
    ]);
    await broker.goDown(ending);
    const last = await resume(broker, durable(version, "sub"));
    await last.client.expectNothing();
  },
);

testEndings(
  "SessionPersistence_OfflineQueueDeliveredAfterRestart: with all properties",
  [5],
  async (broker, _version, ending) => {
    const client = await broker.connect(durable(5, "sub"));
    await client.subscribe("a", { qos: 2 });
    await client.disconnect();
    const properties = {
      payloadFormatIndicator: true,
      contentType: "text/plain",
      responseTopic: "answers",
      correlationData: Buffer.from([0, 255]),
      userProperties: { colour: ["red", "blue"] },
    };
    await publishOnce(broker, "a", "text", { qos: 2, properties });
    await broker.goDown(ending);
    const again = await resume(broker, durable(5, "sub"));
    await receive(again.client, { payload: "text", qos: 2, dup: false, properties });
  },
);

testEndings(
  "SessionPersistence_CleanStartClearsSession",
  [3, 4, 5],
  async (broker, version, ending) => {
    const client = await broker.connect(durable(version, "sub"));
    await client.subscribe("a", { qos: 1 });
    await client.disconnect();
    await publishOnce(broker, "a", "queued", { qos: 1 });
    await broker.goDown(ending);
    const clean = await resume(broker, { ...durable(version, "sub"), clean: true });
    assert.equal(clean.sessionPresent, false);
    await publishOnce(broker, "a", "unheard", { qos: 1 });
    await clean.client.expectNothing();
    await clean.client.disconnect();
    // Gone for good.
    await broker.goDown(ending);
    const again = await resume(broker, durable(version, "sub"));
    // The session of 5.0 is the one that clean start has made: without subscriptions.
    assert.equal(again.sessionPresent, version === 5);
    await publishOnce(broker, "a", "unheard", { qos: 1 });
    await again.client.expectNothing();
  },
);

/** A watcher that gets what it has missed, if it is not away for an hour, and a client with a will. */
async function connectMortal(
  broker: RestartingBroker,
  version: Version,
  more: ConnectOptions = {},
): Promise<RawClient> {
  const watcher = await broker.connect(durable(version, "watcher"));
  await watcher.subscribe("will/#", { qos: 2 });
  await watcher.disconnect();
  return broker.connect({
    ...durable(version, "mortal"),
    will: { topic: "will/mortal", payload: "gone", qos: 2, retain: true },
    ...more,
  });
}

/** What the watcher has got since it was here last. */
async function watched(broker: RestartingBroker, version: Version): Promise<string[]> {
  const { client } = await resume(broker, durable(version, "watcher"));
  const found = payloads(await receiveStored(broker, client, "watcher"));
  await client.disconnect();
  return found;
}

testEndings(
  "SessionPersistence_WillMessagePersisted",
  [3, 4, 5],
  async (broker, version, ending) => {
    await connectMortal(broker, version);
    await broker.goDown(ending);
    assert.deepEqual(await watched(broker, version), ["gone"]);
    const reader = await broker.connect({ clientId: "reader", protocolVersion: version });
    await reader.subscribe("will/#");
    await reader.expect("publish", { payload: "gone", retain: true });
    await broker.goDown(ending);
    assert.deepEqual(await watched(broker, version), [], "it is published once");
  },
);

testEndings(
  "SessionPersistence_WillMessagePersisted: none after DISCONNECT",
  [3, 4, 5],
  async (broker, version, ending) => {
    const mortal = await connectMortal(broker, version);
    await mortal.disconnect();
    await broker.goDown(ending);
    assert.deepEqual(await watched(broker, version), []);
  },
);

// What was under way

/** Leaves a subscriber with one message of each QoS that it has not acknowledged. */
async function leaveUnacknowledged(broker: RestartingBroker, version: Version) {
  const subscriber = await broker.connect(durable(version, "sub"));
  await subscriber.subscribe("a", { qos: 2 });
  await publishOnce(broker, "a", "one", { qos: 1 });
  const one = await subscriber.expect("publish", { payload: "one", qos: 1, dup: false });
  await publishOnce(broker, "a", "two", { qos: 2 });
  const two = await subscriber.expect("publish", { payload: "two", qos: 2, dup: false });
  return { subscriber, one: one.messageId!, two: two.messageId! };
}

testEndings(
  "[MQTT-4.4.0-1] PUBLISH that was not acknowledged is sent again with DUP and its packet id",
  [3, 4, 5],
  async (broker, version, ending) => {
    const { one, two } = await leaveUnacknowledged(broker, version);
    await broker.goDown(ending);
    const { client } = await resume(broker, durable(version, "sub"));
    await client.expect("publish", { payload: "one", qos: 1, dup: true, messageId: one });
    await client.expect("publish", { payload: "two", qos: 2, dup: true, messageId: two });
    // These ids are in use.
    await publishOnce(broker, "a", "three", { qos: 1 });
    const three = await client.expect("publish", { payload: "three", dup: false });
    assert.ok(![one, two].includes(three.messageId!), `${three.messageId} is in use`);
  },
);

testEndings(
  "[MQTT-4.4.0-1] after PUBREC only PUBREL is sent again, and PUBCOMP ends it for good",
  [3, 4, 5],
  async (broker, version, ending) => {
    const { subscriber, one, two } = await leaveUnacknowledged(broker, version);
    await subscriber.send({ cmd: "puback", messageId: one });
    await subscriber.send({ cmd: "pubrec", messageId: two });
    await subscriber.expect("pubrel", { messageId: two });
    await broker.goDown(ending);
    const { client } = await resume(broker, durable(version, "sub"));
    await client.expect("pubrel", { messageId: two });
    await client.expectNothing();
    await client.send({ cmd: "pubcomp", messageId: two });
    await client.ping();
    await broker.goDown(ending);
    const again = await resume(broker, durable(version, "sub"));
    await again.client.expectNothing();
  },
);

testEndings(
  "[MQTT-4.3.3-10] a QoS 2 PUBLISH that comes again after PUBREC is not delivered again",
  [3, 4, 5],
  async (broker, version, ending) => {
    const subscriber = await broker.connect(durable(version, "sub"));
    await subscriber.subscribe("a", { qos: 2 });
    await subscriber.disconnect();
    const publisher = await broker.connect(durable(version, "pub"));
    await publisher.publish("a", "once", { qos: 2, messageId: 9 });
    await broker.goDown(ending);
    const again = await resume(broker, durable(version, "pub"));
    assertPresent(version, again.sessionPresent);
    await again.client.publish("a", "once", { qos: 2, messageId: 9, dup: true });
    await again.client.release(9);
    // PUBCOMP has made the id free, whatever happens now.
    await broker.goDown(ending);
    const last = await resume(broker, durable(version, "pub"));
    await publish(last.client, "a", "another", { qos: 2, messageId: 9 });
    const { client } = await resume(broker, durable(version, "sub"));
    assert.deepEqual(payloads(await receiveStored(broker, client, "sub")), ["once", "another"]);
  },
);

testEndings(
  "retained messages are those of before, the removed ones too",
  [3, 4, 5],
  async (broker, version, ending) => {
    await publishOnce(broker, "kept/1", "old", { qos: 1, retain: true });
    await publishOnce(broker, "kept/1", "new", { qos: 1, retain: true });
    await publishOnce(broker, "kept/2", "removed", { qos: 1, retain: true });
    await publishOnce(broker, "kept/2", "", { qos: 1, retain: true });
    await publishOnce(broker, "kept/3", "unacknowledged", { qos: 0, retain: true });
    await broker.goDown(ending);
    const reader = await broker.connect({ clientId: "reader", protocolVersion: version });
    await reader.subscribe("kept/#", { qos: 1 });
    assert.deepEqual(payloads(await receiveAll(reader)).sort(), ["new", "unacknowledged"]);
  },
);

// What runs out

/** [expiry in seconds, milliseconds that the broker is down] and whether the session is there. */
const EXPIRIES = [
  [60, MINUTE_MS - 1, true],
  [60, MINUTE_MS, false],
  [60, WEEK_MS, false],
] as const;

for (const [sessionExpiryInterval, downMs, there] of EXPIRIES) {
  testEndings(
    `[MQTT-4.1.0-2] expiry ${sessionExpiryInterval} s, ${downMs} ms down: session present ${+there}`,
    [5],
    async (broker, _version, ending) => {
      const options = { ...durable(5, "sub"), properties: { sessionExpiryInterval } };
      const client = await broker.connect(options);
      await client.subscribe("a", { qos: 1 });
      await client.disconnect();
      await publishOnce(broker, "a", "queued", { qos: 1 });
      await broker.goDown(ending, downMs);
      const { client: again, sessionPresent } = await resume(broker, options);
      assert.equal(sessionPresent, there);
      assert.deepEqual(
        payloads(await receiveStored(broker, again, "sub")),
        there ? ["queued"] : [],
      );
    },
  );
}

testEndings(
  "a 3.x session expires while the broker is down, after the configured time",
  [3, 4],
  async (broker, version, ending) => {
    const client = await broker.connect(durable(version, "sub"));
    await client.subscribe("a", { qos: 1 });
    await client.disconnect();
    await broker.goDown(ending, WEEK_MS - 1);
    await publishOnce(broker, "a", "queued", { qos: 1 });
    assert.equal(broker.now.broker.inspector.session("sub")?.queued, 1);
    await broker.advance(1);
    assert.equal(broker.now.broker.inspector.session("sub"), undefined);
    await broker.goDown(ending, 0);
    const { client: again, sessionPresent } = await resume(broker, durable(version, "sub"));
    assert.equal(sessionPresent, false);
    await again.expectNothing();
  },
);

testEndings(
  "[MQTT-4.1.0-2] session expiry goes on across a restart, and ends the session without its client",
  [5],
  async (broker, _version, ending) => {
    const properties = { sessionExpiryInterval: 60 };
    const client = await broker.connect({ ...durable(5, "sub"), properties });
    await client.subscribe("a", { qos: 1 });
    await client.disconnect();
    await broker.advance(20_000);
    await broker.goDown(ending, 15_000);
    const session = () => broker.now.broker.inspector.session("sub");
    await broker.advance(24_999);
    assert.ok(session(), "ended early");
    await broker.advance(1);
    assert.equal(session(), undefined);
    assert.equal(await broker.now.store.sessions.get("sub"), undefined);
    assert.deepEqual(await broker.now.store.subscriptions.list("sub"), []);
  },
);

testEndings(
  "a client that was connected when the broker crashed has its whole expiry interval from the start",
  [5],
  async (broker, _version, ending) => {
    const options = { ...durable(5, "sub"), properties: { sessionExpiryInterval: 60 } };
    await broker.connect(options);
    await broker.goDown(ending, WEEK_MS);
    await broker.advance(MINUTE_MS - 1);
    assert.equal((await resume(broker, options)).sessionPresent, true);
  },
  ["crashed"],
);

testEndings(
  "a session that was to end with its connection ends with the broker, and its will is published",
  [5],
  async (broker, _version, ending) => {
    const kept = await broker.connect(durable(5, "mortal"));
    await kept.disconnect();
    // The session is stored; from now on it is not to outlive the connection.
    await connectMortal(broker, 5, { properties: { sessionExpiryInterval: 0 } });
    await broker.goDown(ending);
    assert.deepEqual(await watched(broker, 5), ["gone"]);
    assert.equal((await resume(broker, durable(5, "mortal"))).sessionPresent, false);
  },
);

testEndings(
  "[MQTT-3.3.2-5] a message that runs out while the broker is down is not delivered",
  [5],
  async (broker, _version, ending) => {
    const client = await broker.connect(durable(5, "sub"));
    await client.subscribe("a", { qos: 1 });
    await client.disconnect();
    for (const messageExpiryInterval of [30, 31, 90]) {
      const properties = { messageExpiryInterval };
      const payload = `${messageExpiryInterval}`;
      await publishOnce(broker, "a", payload, { qos: 1, properties });
      await publishOnce(broker, `kept/${payload}`, payload, { qos: 1, retain: true, properties });
    }
    await broker.goDown(ending, 30_000);
    const { client: again } = await resume(broker, durable(5, "sub"));
    // [MQTT-3.3.2-6]: what is left of the interval.
    await receive(again, { payload: "31", properties: { messageExpiryInterval: 1 } });
    await receive(again, { payload: "90", properties: { messageExpiryInterval: 60 } });
    await again.expectNothing();
    const reader = await broker.connect({ clientId: "reader" });
    await reader.subscribe("kept/#");
    const found = await receiveAll(reader);
    assert.deepEqual(payloads(found).sort(), ["31", "90"]);
  },
);

const DELAYED: ConnectOptions = {
  will: { topic: "will/mortal", payload: "gone", qos: 2, properties: { willDelayInterval: 100 } },
};

testEndings(
  "[MQTT-3.1.2-8] a will delay goes on across a restart",
  [5],
  async (broker, _version, ending) => {
    const mortal = await connectMortal(broker, 5, DELAYED);
    await mortal.abort();
    await broker.advance(40_000);
    await broker.goDown(ending, 20_000);
    await broker.advance(39_999);
    assert.deepEqual(await watched(broker, 5), []);
    await broker.advance(1);
    assert.deepEqual(await watched(broker, 5), ["gone"]);
    await broker.goDown(ending);
    assert.deepEqual(await watched(broker, 5), []);
  },
);

testEndings(
  "[MQTT-3.1.2-8] a will whose delay has passed while the broker was down is published at the start",
  [5],
  async (broker, _version, ending) => {
    const mortal = await connectMortal(broker, 5, DELAYED);
    await mortal.abort();
    await broker.goDown(ending, 100_000);
    assert.deepEqual(await watched(broker, 5), ["gone"]);
  },
);

testEndings(
  "[MQTT-3.1.3-9] a client that is back within the delay, across a restart, has no will published",
  [5],
  async (broker, _version, ending) => {
    const mortal = await connectMortal(broker, 5, DELAYED);
    await mortal.abort();
    await broker.advance(40_000);
    await broker.goDown(ending, 59_999);
    const back = await resume(broker, durable(5, "mortal"));
    assert.equal(back.sessionPresent, true);
    await broker.advance(10 * MINUTE_MS);
    assert.deepEqual(await watched(broker, 5), []);
  },
);

testEndings(
  "[MQTT-3.1.2-8] the end of the session publishes a delayed will, across a restart",
  [5],
  async (broker, _version, ending) => {
    const properties = { sessionExpiryInterval: 60 };
    const mortal = await connectMortal(broker, 5, { ...DELAYED, properties });
    await mortal.abort();
    await broker.advance(10_000);
    await broker.goDown(ending, 20_000);
    await broker.advance(29_999);
    assert.deepEqual(await watched(broker, 5), []);
    await broker.advance(1);
    assert.deepEqual(await watched(broker, 5), ["gone"]);
  },
);

testEndings(
  "the will delay of a client that was connected when the broker crashed starts with the broker",
  [5],
  async (broker, _version, ending) => {
    await connectMortal(broker, 5, DELAYED);
    await broker.goDown(ending, 10 * MINUTE_MS);
    await broker.advance(99_999);
    assert.deepEqual(await watched(broker, 5), []);
    await broker.advance(1);
    assert.deepEqual(await watched(broker, 5), ["gone"]);
  },
  ["crashed"],
);
