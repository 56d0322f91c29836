import assert from "#assert";
import { SessionUnavailableError } from "../../src/cluster/cluster.ts";
import { StandaloneCluster } from "../../src/cluster/standalone.ts";
import { ReasonCode } from "../../src/mqtt/reason_code.ts";
import { FaultyStore } from "../../src/storage/faulty_store.ts";
import { MemoryStore } from "../../src/storage/memory.ts";
import { expectDisconnected, expectRefused } from "../support/endings.ts";
import type { ConnectOptions, RawClient } from "../support/raw_client.ts";
import { TestBroker, testVersions } from "../support/test_broker.ts";

/** CONNECT options of a session that outlives its connection by 100 s. */
function kept(version: 3 | 4 | 5, more: ConnectOptions = {}): ConnectOptions {
  return {
    clientId: "kept",
    clean: false,
    protocolVersion: version,
    ...(version === 5 ? { properties: { sessionExpiryInterval: 100 } } : {}),
    ...more,
  };
}

async function start(store = new FaultyStore(new MemoryStore())) {
  const broker = await TestBroker.start({ store, limits: { defaultExpirySeconds: 100 } });
  return { broker, store };
}

/** A session with one subscription and no connection. */
async function leaveSession(broker: TestBroker, version: 3 | 4 | 5): Promise<void> {
  const client = await broker.connect(kept(version));
  await client.subscribe("a", { qos: 1 });
  await client.disconnect();
}

async function isSubscribed(broker: TestBroker, client: RawClient): Promise<boolean> {
  const publisher = await broker.connect({ clientId: "publisher" });
  await publisher.publish("a", "x", { qos: 0 });
  await publisher.disconnect();
  return (await client.untilPing()).length > 0;
}

testVersions("CONNACK waits until the session is durable", [3, 4, 5], async (version) => {
  const { broker, store } = await start();
  await using _broker = broker;
  for (const again of [false, true]) {
    store.hold();
    const client = await broker.client(version);
    await client.sendConnect(kept(version));
    await broker.advance(1000);
    assert.equal(client.pending, 0);
    store.releaseAll();
    await client.expect("connack", { sessionPresent: again && version !== 3 });
    await client.disconnect();
  }
});

testVersions(
  "a session that ends with its connection does not touch the store",
  [3, 4, 5],
  async (version) => {
    const { broker, store } = await start();
    await using _broker = broker;
    const will = { topic: "will", payload: "gone" };
    const client = await broker.connect({ clientId: "c", protocolVersion: version, will });
    await client.subscribe("a", { qos: 1 });
    await client.send({ cmd: "publish", topic: "a", payload: "x", qos: 1, messageId: 1 });
    await client.expect("publish");
    await client.expect("puback");
    await client.abort();
    await broker.advance(0);
    assert.equal(store.commits, 0);
  },
);

testVersions("a new session that cannot be stored is refused", [3, 4, 5], async (version) => {
  const { broker, store } = await start();
  await using _broker = broker;
  const failures = [
    ["failed", ReasonCode.ServerUnavailable],
    ["full", ReasonCode.QuotaExceeded],
  ] as const;
  for (const [kind, reasonCode] of failures) {
    store.failNext(kind);
    const client = await broker.client(version);
    await client.sendConnect(kept(version));
    await expectRefused(client, reasonCode, 3);
    assert.equal(broker.broker.inspector.counts().sessions, 0);
  }
  const client = await broker.client(version);
  const { sessionPresent } = await client.connect(kept(version));
  assert.equal(sessionPresent, false);
});

testVersions(
  "a session that cannot be resumed stays as it was, for the time that it had left",
  [3, 4, 5],
  async (version) => {
    const { broker, store } = await start();
    await using _broker = broker;
    await leaveSession(broker, version);
    await broker.advance(60_000);
    store.failNext("failed");
    const refused = await broker.client(version);
    await refused.sendConnect(kept(version));
    await expectRefused(refused, ReasonCode.ServerUnavailable, 3);
    const client = await broker.connect(kept(version));
    assert.ok(await isSubscribed(broker, client), "the session has lost its subscription");
    await client.disconnect();
    await broker.advance(60_000);
    store.failNext("failed");
    const again = await broker.client(version);
    await again.sendConnect(kept(version));
    await expectRefused(again, ReasonCode.ServerUnavailable, 3);
    await broker.advance(39_999);
    assert.ok(broker.broker.inspector.session("kept"), "the session has ended early");
    await broker.advance(1);
    assert.equal(broker.broker.inspector.session("kept"), undefined);
  },
);

testVersions(
  "a refused CONNECT does not change the expiry of the session",
  [5],
  async () => {
    const { broker, store } = await start();
    await using _broker = broker;
    await leaveSession(broker, 5);
    store.failNext("failed");
    const refused = await broker.client();
    await refused.sendConnect(kept(5, { properties: {} }));
    await expectRefused(refused, ReasonCode.ServerUnavailable, undefined);
    await broker.advance(99_999);
    const back = await broker.client();
    const { sessionPresent } = await back.connect(kept(5));
    assert.equal(sessionPresent, true);
  },
);

testVersions(
  "the old connection of a takeover that fails is gone, its session waits for the next try",
  [3, 4, 5],
  async (version) => {
    const { broker, store } = await start();
    await using _broker = broker;
    const old = await broker.connect(kept(version));
    await old.subscribe("a");
    // The first write records the end of the old connection.
    store.hold();
    const refused = await broker.client(version);
    await refused.sendConnect(kept(version));
    await broker.advance(0);
    store.failHeld("failed", store.held);
    store.releaseAll();
    await expectDisconnected(old, ReasonCode.SessionTakenOver);
    await expectRefused(refused, ReasonCode.ServerUnavailable, 3);
    const client = await broker.connect(kept(version));
    assert.ok(await isSubscribed(broker, client));
  },
);

testVersions("a delayed will outlives a CONNECT that is refused", [5], async () => {
  for (const [delay, left] of [[50, 20_000], [30, 0]] as const) {
    const { broker, store } = await start();
    await using _broker = broker;
    const watcher = await broker.connect({ clientId: "watcher" });
    await watcher.subscribe("will");
    const will = { topic: "will", payload: "gone", properties: { willDelayInterval: delay } };
    const client = await broker.connect(kept(5, { will }));
    await client.abort();
    await broker.advance(20_000);
    store.hold();
    const refused = await broker.client();
    await refused.sendConnect(kept(5));
    // Until it is decided the delay may pass; the will is held back for so long.
    await broker.advance(10_000);
    await watcher.expectNothing();
    store.failHeld("failed", store.held);
    store.releaseAll();
    await expectRefused(refused, ReasonCode.ServerUnavailable, undefined);
    if (left > 0) {
      await broker.advance(left - 1);
      await watcher.expectNothing();
    }
    await broker.advance(1);
    await watcher.expect("publish", { topic: "will" });
  }
});

testVersions(
  "a will with a delay outlives a takeover that is refused",
  [5],
  async () => {
    const { broker, store } = await start();
    await using _broker = broker;
    const watcher = await broker.connect({ clientId: "watcher" });
    await watcher.subscribe("will");
    const will = { topic: "will", payload: "gone", properties: { willDelayInterval: 30 } };
    const old = await broker.connect(kept(5, { will }));
    store.hold();
    const refused = await broker.client();
    await refused.sendConnect(kept(5));
    await broker.advance(0);
    store.failHeld("failed", store.held);
    store.releaseAll();
    await expectDisconnected(old, ReasonCode.SessionTakenOver);
    await expectRefused(refused, ReasonCode.ServerUnavailable, undefined);
    await broker.advance(29_999);
    await watcher.expectNothing();
    await broker.advance(1);
    await watcher.expect("publish", { topic: "will" });
  },
);

testVersions(
  "[MQTT-3.1.2-4] clean start that the store does not take refuses, and nothing old comes back",
  [3, 4, 5],
  async (version) => {
    const memory = new MemoryStore();
    const { broker, store } = await start(new FaultyStore(memory));
    {
      await using stopping = { [Symbol.asyncDispose]: () => broker.stop() };
      void stopping;
      await leaveSession(broker, version);
      store.failNext("failed");
      const refused = await broker.client(version);
      await refused.sendConnect(kept(version, { clean: true }));
      await expectRefused(refused, ReasonCode.ServerUnavailable, 3);
      const client = await broker.client(version);
      const { sessionPresent } = await client.connect(kept(version));
      assert.equal(sessionPresent, false);
      assert.ok(!await isSubscribed(broker, client));
      await client.subscribe("new");
      await client.disconnect();
      await broker.connect(kept(version));
    }
    // Nor out of the store, which has the new one.
    await using after = await TestBroker.start({ store: memory, clock: broker.clock });
    const client = await after.connect(kept(version));
    assert.ok(!await isSubscribed(after, client), "the old subscription is back");
    assert.equal(after.broker.inspector.session("kept")?.subscriptions, 1);
  },
);

testVersions(
  "[MQTT-4.1.0-2] a session that expires while the store fails does not come back",
  [3, 4, 5],
  async (version) => {
    const memory = new MemoryStore();
    const { broker, store } = await start(new FaultyStore(memory));
    {
      await using stopping = { [Symbol.asyncDispose]: () => broker.stop() };
      void stopping;
      await leaveSession(broker, version);
      store.failNext("failed", 100);
      await broker.advance(100_000);
      assert.equal(broker.broker.inspector.session("kept"), undefined);
      const refused = await broker.client(version);
      await refused.sendConnect(kept(version));
      await expectRefused(refused, ReasonCode.ServerUnavailable, 3);
    }
    await using after = await TestBroker.start({ store: memory, clock: broker.clock });
    const client = await after.client(version);
    const { sessionPresent } = await client.connect(kept(version));
    assert.equal(sessionPresent, false);
    assert.ok(!await isSubscribed(after, client));
  },
);

testVersions(
  "[MQTT-3.1.2-23] the store knows when a connection ended and what DISCONNECT said",
  [5],
  async () => {
    const { broker, store } = await start();
    await using _broker = broker;
    const client = await broker.connect(kept(5, { username: "user" }));
    const connected = await store.sessions.get("kept");
    assert.deepEqual(
      [connected?.connected, connected?.expiryInterval, connected?.username],
      [true, 100, "user"],
    );
    await broker.advance(5000);
    await client.disconnect({ properties: { sessionExpiryInterval: 7 } });
    const left = await store.sessions.get("kept");
    assert.deepEqual(
      [left?.connected, left?.expiryInterval, left?.disconnectedAt],
      [false, 7, broker.clock.now()],
    );
  },
);

/** A cluster that does not give sessions out while it is told not to. */
class Unwilling extends StandaloneCluster {
  willing = true;

  override claim(...args: Parameters<StandaloneCluster["claim"]>) {
    if (this.willing) return super.claim(...args);
    return Promise.reject(new SessionUnavailableError("the test wants it"));
  }
}

testVersions(
  "a session that its node does not give out is refused, and stays as it was",
  [3, 4, 5],
  async (version) => {
    const cluster = new Unwilling("unwilling");
    await using broker = await TestBroker.start({ cluster, limits: { defaultExpirySeconds: 100 } });
    await leaveSession(broker, version);
    await broker.advance(50_000);
    cluster.willing = false;
    for (const clean of [false, true]) {
      const refused = await broker.client(version);
      await refused.sendConnect(kept(version, { clean }));
      await expectRefused(refused, ReasonCode.ServerUnavailable, 3);
    }
    await broker.advance(49_999);
    assert.ok(broker.broker.inspector.session("kept"), "the session has ended early");
    await broker.advance(1);
    assert.equal(broker.broker.inspector.session("kept"), undefined);
  },
);

testVersions(
  "a claim that fails takes no place among the most sessions",
  [3, 4, 5],
  async (version) => {
    const cluster = new Unwilling("unwilling");
    await using broker = await TestBroker.start({ cluster, limits: { sessionsMax: 1 } });
    cluster.willing = false;
    const refused = await broker.client(version);
    await refused.sendConnect(kept(version));
    await expectRefused(refused, ReasonCode.ServerUnavailable, 3);
    cluster.willing = true;
    await broker.connect(kept(version, { clientId: "other" }));
  },
);
