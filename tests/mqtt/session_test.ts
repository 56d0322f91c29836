import assert from "#assert";
import { SESSION_EXPIRY_NEVER } from "../../src/storage/store.ts";
import type { ConnectOptions } from "../support/raw_client.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

const MINUTE_MS = 60_000;
const YEAR_MS = 365 * 24 * 60 * MINUTE_MS;
/** So that years pass in one step. */
const NO_SWEEP = { expirySweepMs: 1000 * YEAR_MS };

/** CONNECT options of a session that outlives its connection: by a minute in 5.0, a week in 3.x. */
function kept(version: 3 | 4 | 5, more: ConnectOptions = {}): ConnectOptions {
  return {
    clientId: "kept",
    clean: false,
    protocolVersion: version,
    ...(version === 5 ? { properties: { sessionExpiryInterval: 60 } } : {}),
    ...more,
  };
}

/** Connects a client that has nothing but its CONNACK. */
async function connack(broker: TestBroker, version: 3 | 4 | 5, more: ConnectOptions = {}) {
  const client = await broker.client(version);
  const { sessionPresent } = await client.connect(kept(version, more));
  return { client, sessionPresent };
}

/** [first clean start, asked expiry, milliseconds away, second clean start] and whether it lived. */
const MATRIX_5: { first: boolean; expiry: number | undefined; away: number; lives: boolean }[] = [];
for (const first of [false, true]) {
  for (const expiry of [undefined, 0]) {
    for (const away of [0, MINUTE_MS]) MATRIX_5.push({ first, expiry, away, lives: false });
  }
  MATRIX_5.push(
    { first, expiry: 60, away: 0, lives: true },
    { first, expiry: 60, away: MINUTE_MS - 1, lives: true },
    { first, expiry: 60, away: MINUTE_MS, lives: false },
    { first, expiry: SESSION_EXPIRY_NEVER, away: 100 * YEAR_MS, lives: true },
  );
}

for (const { first, expiry, away, lives } of MATRIX_5) {
  for (const second of [false, true]) {
    const present = lives && !second;
    const id = second ? "[MQTT-3.1.2-4] [MQTT-3.2.2-2]" : "[MQTT-3.2.2-3]";
    testVersions(
      `${id} clean start ${+first}, expiry ${expiry ?? "absent"}, ${away / 1000} s away, then ` +
        `clean start ${+second}: session present ${+present}`,
      [5],
      async () => {
        await using broker = await TestBroker.start({ limits: NO_SWEEP });
        const properties = expiry === undefined ? {} : { sessionExpiryInterval: expiry };
        const before = await connack(broker, 5, { clean: first, properties });
        assert.equal(before.sessionPresent, false);
        await before.client.subscribe("a");
        await before.client.disconnect();
        await broker.advance(away);
        const after = await connack(broker, 5, { clean: second });
        assert.equal(after.sessionPresent, present);
        await after.client.publish("a", "x");
        if (present) await after.client.expect("publish", { topic: "a" });
        await after.client.expectNothing();
      },
    );
  }
}

for (const first of [false, true]) {
  for (const second of [false, true]) {
    for (const away of [0, 100_000 - 1, 100_000]) {
      const lives = !first && away < 100_000;
      const present = lives && !second;
      const id = second ? "[MQTT-3.1.2-4] [MQTT-3.2.2-2]" : "[MQTT-3.2.2-3]";
      testVersions(
        `${id} clean session ${+first}, ${away / 1000} s away of 100, then clean session ` +
          `${+second}: session ${present ? "kept" : "new"}`,
        [3, 4],
        async (version) => {
          await using broker = await TestBroker.start({ limits: { defaultExpirySeconds: 100 } });
          const before = await connack(broker, version, { clean: first });
          assert.equal(before.sessionPresent, false);
          await before.client.subscribe("a");
          await before.client.disconnect();
          await broker.advance(away);
          const after = await connack(broker, version, { clean: second });
          // 3.1 has no Session Present, but the session is kept all the same.
          assert.equal(after.sessionPresent, present && version !== 3);
          await after.client.publish("a", "x");
          if (present) await after.client.expect("publish", { topic: "a" });
          await after.client.expectNothing();
        },
      );
    }
  }
}

testVersions(
  "[MQTT-3.1.2-6] [MQTT-3.2.2-3] clean start 0 without a session makes a new one",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const { client, sessionPresent } = await connack(broker, version);
    assert.equal(sessionPresent, false);
    await client.subscribe("a");
    await client.publish("a", "x");
    await client.expect("publish", { topic: "a" });
    await client.disconnect();
    assert.equal(broker.broker.inspector.session("kept")?.subscriptions, 1);
  },
);

/** Leaves a session with everything that a session can have, in both directions. */
async function leaveFullSession(broker: TestBroker, version: 3 | 4 | 5): Promise<void> {
  const { client } = await connack(broker, version);
  await client.subscribe("a", { qos: 2 });
  const publisher = await broker.connect({ clientId: "publisher" });
  await publisher.publish("a", "unacknowledged", { qos: 1 });
  await client.expect("publish", { payload: "unacknowledged", messageId: 1, dup: false });
  await publisher.publish("a", "released", { qos: 2, messageId: 1 });
  await publisher.release(1);
  await client.expect("publish", { payload: "released", messageId: 2, qos: 2 });
  await client.send({ cmd: "pubrec", messageId: 2 });
  await client.expect("pubrel", { messageId: 2 });
  await client.publish("b", "received", { qos: 2, messageId: 77 });
  await client.disconnect();
  await publisher.publish("a", "queued", { qos: 1 });
  await publisher.disconnect();
}

testVersions(
  "[MQTT-3.1.2-5] [MQTT-3.1.2-23] a session comes back whole: subscriptions, both directions in flight, queue",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const watcher = await broker.connect({ clientId: "watcher" });
    await watcher.subscribe("b");
    await leaveFullSession(broker, version);
    await watcher.expect("publish", { payload: "received" });
    const view = broker.broker.inspector.session("kept")!;
    assert.deepEqual(
      [view.subscriptions, view.inFlight, view.queued, view.received],
      [1, 2, 1, 1],
    );
    const { client } = await connack(broker, version);
    await client.expect("pubrel", { messageId: 2 });
    await client.expect("publish", { payload: "unacknowledged", messageId: 1, dup: true });
    await client.expect("publish", { payload: "queued", messageId: 3, dup: false });
    // Its QoS 2 message was taken before: not a second time.
    await client.publish("b", "received", { qos: 2, messageId: 77, dup: true });
    await client.release(77);
    await client.publish("a", "subscribed");
    await client.expect("publish", { payload: "subscribed" });
    await watcher.expectNothing();
  },
);

testVersions(
  "[MQTT-3.1.2-4] [MQTT-3.1.4-4] clean start leaves nothing of the old session",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const watcher = await broker.connect({ clientId: "watcher" });
    await watcher.subscribe("b");
    await leaveFullSession(broker, version);
    await watcher.expect("publish", { payload: "received" });
    const { client, sessionPresent } = await connack(broker, version, { clean: true });
    assert.equal(sessionPresent, false);
    await client.publish("a", "nobody's");
    await client.expectNothing();
    // The packet id of the old session's QoS 2 message is a new message here.
    await client.publish("b", "received", { qos: 2, messageId: 77 });
    await watcher.expect("publish", { payload: "received" });
    await client.release(77);
    // And the first packet id of the broker is free again.
    await client.subscribe("a", { qos: 1 });
    await watcher.publish("a", "new", { qos: 1 });
    await client.expect("publish", { payload: "new", messageId: 1, dup: false });
  },
);

testVersions(
  "[MQTT-3.1.2-4] what clean start has discarded does not come back later",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    await leaveFullSession(broker, version);
    const clean = await connack(broker, version, { clean: true });
    await clean.client.disconnect();
    const { client, sessionPresent } = await connack(broker, version);
    // In 5.0 the clean session was asked to live on as well.
    assert.equal(sessionPresent, version === 5);
    await client.publish("a", "nobody's");
    await client.expectNothing();
  },
);

testVersions(
  "[MQTT-4.1.0-1] a session lives as long as its connection is open, however long that is",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start({ limits: NO_SWEEP });
    const options = version === 5 ? { properties: { sessionExpiryInterval: 1 } } : { clean: true };
    const { client } = await connack(broker, version, options);
    await client.subscribe("a", { qos: 1 });
    const publisher = await broker.connect({ clientId: "publisher" });
    await publisher.publish("a", "first", { qos: 1 });
    await client.expect("publish", { payload: "first", messageId: 1 });
    await broker.advance(YEAR_MS);
    await publisher.publish("a", "second", { qos: 1 });
    // Subscribed still, and the packet id of the first is in use still.
    await client.expect("publish", { payload: "second", messageId: 2 });
    await client.send({ cmd: "puback", messageId: 1 });
    await client.expectNothing();
  },
);

testVersions(
  "[MQTT-3.1.2-5] a session resumes with what the new CONNECT asks for",
  [5],
  async () => {
    await using broker = await TestBroker.start();
    const first = await connack(broker, 5, {
      properties: { sessionExpiryInterval: 60, receiveMaximum: 1 },
    });
    await first.client.subscribe("a", { qos: 1 });
    const publisher = await broker.connect({ clientId: "publisher" });
    for (const payload of ["1", "2", "3"]) await publisher.publish("a", payload, { qos: 1 });
    await first.client.expect("publish", { payload: "1" });
    await first.client.expectNothing();
    await first.client.disconnect();
    const second = await connack(broker, 5, {
      properties: { sessionExpiryInterval: 60, receiveMaximum: 2 },
    });
    await second.client.expect("publish", { payload: "1", dup: true });
    await second.client.expect("publish", { payload: "2", dup: false });
    await second.client.expectNothing();
  },
);

testVersions("[MQTT-3.1.2-5] a session can go on in another version", [5], async () => {
  await using broker = await TestBroker.start();
  const old = await connack(broker, 4);
  await old.client.subscribe("a", { qos: 1 });
  await old.client.disconnect();
  const publisher = await broker.connect({ clientId: "publisher" });
  const properties = { contentType: "text/plain" };
  await publisher.publish("a", "one", { qos: 1, properties });
  const young = await connack(broker, 5);
  assert.equal(young.sessionPresent, true);
  await young.client.expect("publish", { payload: "one", properties });
  await young.client.disconnect();
  const older = await connack(broker, 3);
  await older.client.expect("publish", { payload: "one", dup: true });
  await older.client.expectNothing();
});

testVersions(
  "a session that was kept ends with its connection when the client asks for that on resuming it",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const first = await connack(broker, version);
    await first.client.disconnect();
    const second = await connack(
      broker,
      version,
      version === 5 ? { properties: {} } : {
        clean: true,
      },
    );
    assert.equal(second.sessionPresent, version === 5);
    await second.client.disconnect();
    assert.equal(broker.broker.inspector.session("kept"), undefined);
    assert.equal(await broker.store.sessions.count(), 0);
  },
);

testVersions(
  "QoS 0 messages are not kept for a client that is away",
  [3, 4, 5],
  async (version) => {
    await using broker = await TestBroker.start();
    const first = await connack(broker, version);
    await first.client.subscribe("a", { qos: 2 });
    await first.client.disconnect();
    const publisher = await broker.connect({ clientId: "publisher" });
    await publisher.publish("a", "missed");
    await publisher.ping();
    const second = await connack(broker, version);
    await second.client.expectNothing();
    assert.equal(broker.broker.inspector.accounting().dropped.qos0_offline, 1);
  },
);
